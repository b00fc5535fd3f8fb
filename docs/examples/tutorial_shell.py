"""Let the tutorial's cells hold commands as they are typed, and show sheets as Excel would.

A line that begins with ``meguri`` runs the real command line in a shell of its own. A command that fails stops the
build, so that nothing in the tutorial can go stale unseen.
"""

from __future__ import annotations

import difflib
import html
import os
import subprocess
from pathlib import Path

from IPython import get_ipython
from IPython.display import HTML
from openpyxl import load_workbook

__all__ = ["begin", "change", "run", "show_sheet"]

COLUMNS = 96
"""Characters in a line of output: what a page has room for."""


def begin() -> None:
    """Take commands from now on, in an environment that nothing on the building machine leaks into."""
    os.environ |= {"COLUMNS": str(COLUMNS), "MEGURI_ACTOR": "tanaka", "PYTHONWARNINGS": "ignore"}
    for name in ("MEGURI_HOME", "FORCE_COLOR", "CLICOLOR_FORCE"):  # a kernel asks for colours, as on a terminal
        os.environ.pop(name, None)
    get_ipython().input_transformers_cleanup.append(_commands)


def change(file: str, wanted: str) -> None:
    """Edit a text file as a person would in an editor, until it reads as another does, and print what changed."""
    before, after = (Path(name).read_text(encoding="utf-8") for name in (file, wanted))
    Path(file).write_text(after, encoding="utf-8")
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=3, lineterm="")
    shown = [" …" if line.startswith("@@") else line for line in lines if not line.startswith(("---", "+++"))]
    print("\n".join(shown[1:]))


def show_sheet(file: str, *, last_row: int | None = None) -> HTML:
    """Show a workbook's first sheet as a table, merged cells merged."""
    sheet = load_workbook(file).worksheets[0]
    merged = {
        (m.min_row, m.min_col): (m.max_row - m.min_row + 1, m.max_col - m.min_col + 1) for m in sheet.merged_cells
    }
    hidden = {cell for m in sheet.merged_cells for cell in m.cells} - set(merged)
    rows = []
    for row in sheet.iter_rows(max_row=last_row):
        cells = []
        for cell in row:
            place = (cell.row, cell.column)
            if place in hidden:
                continue
            high, wide = merged.get(place, (1, 1))
            if cell.column == 1 and cell.value is not None and all(other.value is None for other in row[1:]):
                wide = len(row)
            tag = "th" if cell.font.bold else "td"
            text = "" if cell.value is None else html.escape(str(cell.value))
            cells.append(f'<{tag} rowspan="{high}" colspan="{wide}">{text}</{tag}>')
            if wide == len(row):
                break
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return HTML(f'<div class="sheet"><table>{"".join(rows)}</table></div>')


def run(command: str) -> None:
    """Run a command in a shell and print what it says; RuntimeError where it fails."""
    done = subprocess.run(command, shell=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    print(done.stdout.rstrip())
    if done.returncode:
        raise RuntimeError(f"{command}: exit code {done.returncode}")


def _commands(lines: list[str]) -> list[str]:
    return [f"tutorial_shell.run({line.rstrip()!r})\n" if line.startswith("meguri ") else line for line in lines]
