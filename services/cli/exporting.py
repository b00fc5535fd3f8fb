"""Write what a campaign holds to a file that is not there yet, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from services.campaign.errors import CampaignError
from services.campaign.service import CampaignService
from services.campaign.wiring import Opened
from services.disk import write_whole
from services.records.table import Table

__all__ = ["write"]

_TABLES: Mapping[str, Callable[[CampaignService, str], Table]] = {
    "specimens": CampaignService.specimen_table,
    "recipes": CampaignService.recipe_sheet,
    "results": CampaignService.result_sheet,
}
_EMPTY = {
    "specimens": "{campaign} has no specimen yet",
    "recipes": "{campaign} has no approved proposal to make: meguri propose {campaign}, then meguri approve {campaign}",
    "results": "{campaign} awaits no result: meguri propose {campaign}, then meguri approve {campaign}",
}
_SUFFIX = {"journal": ".jsonl", "definition": ".yaml"}


def write(opened: Opened, campaign: str, what: str, *, to: Path | None, replace: bool) -> Path:
    """Write one thing and return where it is: `to`, else a new file in the outbox.

    Raises
    ------
    CampaignError
        If there is nothing to write, or the file is there already and `replace` was not asked for.
    """
    service = opened.service
    state = service.state(campaign)
    path = to or _free(opened.workspace.outbox, f"{campaign}-{what}", _SUFFIX.get(what, ".xlsx"))
    if path.exists() and not replace:
        raise CampaignError(f"{path} is there already and is kept; give another name, or --replace")
    if what in _TABLES:
        table = _TABLES[what](service, campaign)
        if not table.n_rows:
            raise CampaignError(_EMPTY[what].format(campaign=campaign))
        return opened.write_table(table, path)
    if what == "journal":
        text = "".join(f"{entry.model_dump_json()}\n" for entry in service.log(campaign))
    else:
        text = state.definitions[-1].text
    return write_whole(path, text.encode(), what)


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """Find a name that no file has: a sheet that somebody fills in is never written over."""
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
