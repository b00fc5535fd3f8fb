"""Tables as Excel workbooks: a title over the names, numbers as numbers, days as days. One table, the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

__all__ = ["workbook"]

_NO_TIME = (1980, 1, 1, 0, 0, 0)  # what a zip's clock begins with


def workbook(title: str, names: Sequence[str], rows: Sequence[Sequence[str | float | date]], at: datetime) -> bytes:
    """Return a workbook of one sheet.

    Parameters
    ----------
    title
        Stands above the names, over two merged cells, and names the sheet.
    at
        When it says that it was saved.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(title)
    sheet.append([title])
    sheet.merge_cells("A1:B1")
    sheet.append([])
    sheet.append(list(names))
    for row in rows:
        sheet.append(list(row))
    saved = io.BytesIO()
    book.save(saved)
    return _without_clock(saved.getvalue(), at)


def _without_clock(data: bytes, at: datetime) -> bytes:
    """Pack a workbook again with the times of its parts as given, not as the machine's clock has them."""
    packed = io.BytesIO()
    stamp = at.replace(tzinfo=None, microsecond=0).isoformat() + "Z"
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "docProps/core.xml":
                content = _stamped(content.decode(), stamp).encode()
            new.writestr(zipfile.ZipInfo(member.filename, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _stamped(xml: str, stamp: str) -> str:
    return re.sub(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rf"\g<1>{stamp}", xml)
