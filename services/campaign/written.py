"""Read what people write: definitions with the candidate tables beside them, and tables in the formats they keep."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from loop.values import Setting
from services.campaign.definition import CampaignDefinition, read_campaign_definition
from services.campaign.definition_checks import written_names
from services.campaign.errors import CampaignError
from services.campaign.sheet_columns import find_column
from services.records.table import Table
from services.records.yaml_source import read_yaml

__all__ = ["read_definition", "read_table"]


def read_definition(path: Path) -> CampaignDefinition:
    """Read a definition file, and the candidate table that it may name beside itself.

    Raises
    ------
    CampaignError
        If the file cannot be opened, or is no UTF-8 text.
    DefinitionError
        With one fault for each thing wrong, each with file, line and field.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CampaignError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CampaignError(f"{path} is no UTF-8 text (byte {error.start}): save it as UTF-8") from error

    def candidates(file: str) -> Sequence[Mapping[str, Setting]]:
        return _rows(path.parent / file, written_names(read_yaml(text).data))

    return read_campaign_definition(text, file_name=path.name, read_table=candidates)


def read_table(
    path: Path,
    *,
    sheet: str | None = None,
    detection_limits: Mapping[str, float] | None = None,
    decimal: str | None = None,
    numbers: Collection[str] = (),
) -> Table:
    """Read a table as people keep it: CSV, Excel or Parquet.

    Parameters
    ----------
    sheet
        Which sheet of a workbook; the only one with a table where left out.
    detection_limits
        What ``n.d.`` means in a column: below this limit, in the column's unit.
    decimal
        ``.`` or ``,`` where the file leaves it open.
    numbers
        Columns that hold numbers, however many of their cells hold words; as a sheet of two where one specimen broke.

    Raises
    ------
    UnreadableTable
        If the file is no table, holds several, or can be read in two ways.
    CampaignError
        If `decimal` is neither mark.
    """
    from services.ingest.tables import read_table as read

    match decimal:
        case None | "." | ",":
            return read(path, sheet=sheet, detection_limits=detection_limits, decimal=decimal, numbers=numbers)
    raise CampaignError(f"the decimal mark is '.' or ',', got {decimal!r}")


def _rows(path: Path, names: Sequence[str]) -> list[dict[str, Setting]]:
    """Read a candidate table row by row; cells without a value are left out. ValueError where it cannot be read.

    Columns that are no parameter, as results are, are left out; all are kept where a parameter has none, so that the
    fault can say what there is.
    """
    from services.ingest.errors import UnreadableTable

    try:
        table = read_table(path)
    except UnreadableTable as error:
        raise ValueError(error.reason + (f" ({error.hint})" if error.hint else "")) from error
    found = {name: find_column(table, name) for name in names}
    whole = None not in found.values()
    columns = {n: c for n, c in found.items() if c is not None} if whole else {c.name: c for c in table.columns}
    return [
        {name: value for name, column in columns.items() if (value := column.cells[index].value) is not None}
        for index in range(table.n_rows)
    ]
