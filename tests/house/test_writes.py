"""Every write that a crash could cut in two stands between two crash points, in the few files that may write."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.modules import sources

MAY_WRITE = {"services.disk.files", "services.store.engine"}
"""The only modules that flush, rename, remove, link or commit anything."""
NOT_KEPT = {"services.cli.stdout", "services.compute.cluster"}
"""Modules that open streams of this process, or scratch of a cluster that goes with it: nothing that is kept."""

OF_THE_DISK = {"fsync", "fdatasync", "rename", "renames", "link", "symlink", "hardlink_to", "symlink_to", "unlink"}
OF_A_DATABASE = {"commit"}
OF_THE_WORLD = {"hand_over"}
WRITES_TEXT = {"write_text", "write_bytes", "touch", "savefig", "to_csv", "to_excel", "to_parquet"}
MODULES_THAT_WRITE = {"shutil", "tempfile"}
STREAMS = {"savefig"}
"""May write into memory: looked at only where the first argument is a path, which these never are here."""


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, list[ast.AST]]]:
    """Every call with all that it stands in, from the outside."""

    def walk(node: ast.AST, around: list[ast.AST]) -> Iterator[tuple[ast.Call, list[ast.AST]]]:
        if isinstance(node, ast.Call):
            yield node, around
        for child in ast.iter_child_nodes(node):
            yield from walk(child, [*around, node])

    yield from walk(tree, [])


def name_of(call: ast.Call) -> str:
    """The last word of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def opens_for_writing(call: ast.Call) -> bool:
    """Whether a call opens a file to write, append or create."""
    if name_of(call) not in ("open", "fdopen"):
        return False
    modes = [a.value for a in [*call.args, *(k.value for k in call.keywords)] if isinstance(a, ast.Constant)]
    return any(isinstance(mode, str) and set(mode) & set("wax+") and len(mode) <= 3 for mode in modes)


def is_durable(call: ast.Call) -> bool:
    """Whether a call is a step that a crash could fall before or behind: a flush, a rename, a commit, a delivery."""
    renames = name_of(call) == "replace" and len(call.args) == 1 and isinstance(call.func, ast.Attribute)
    return renames or name_of(call) in OF_THE_DISK | OF_A_DATABASE | OF_THE_WORLD


def is_between_crash_points(around: list[ast.AST]) -> bool:
    """Whether a ``with crash_point(...)`` stands around."""
    return any(
        isinstance(node, ast.With)
        and any(isinstance(i.context_expr, ast.Call) and name_of(i.context_expr) == "crash_point" for i in node.items)
        for node in around
    )


def clears_up(around: list[ast.AST]) -> bool:
    """Whether it stands where something failed: only a part that nobody sees is removed there."""
    return any(isinstance(node, ast.ExceptHandler) for node in around)


def faults(module: str, text: str) -> list[str]:
    """What a module writes without permission, or without crash points."""
    found = []
    for call, around in calls(ast.parse(text)):
        where, name = f"{module}:{call.lineno}", name_of(call)
        is_write = opens_for_writing(call) or name in WRITES_TEXT - STREAMS or _is_of(call, MODULES_THAT_WRITE)
        if module not in MAY_WRITE | NOT_KEPT and (is_write or (is_durable(call) and name not in OF_THE_WORLD)):
            found.append(f"{where}: {name}: files are written by services.disk, databases by services.store.engine")
        if is_durable(call) and not is_between_crash_points(around) and not clears_up(around):
            found.append(f"{where}: {name} stands between no crash points")
    return found


def _is_of(call: ast.Call, modules: set[str]) -> bool:
    target = call.func
    return isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id in modules


@pytest.mark.parametrize("module", sorted(m for m in sources() if ".migrations" not in m))
def test_every_write_stands_between_crash_points(module):
    """No flush, rename, removal, commit or delivery elsewhere, and none without a point before and after it."""
    assert faults(module, sources()[module].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "path.write_text('x')",
        "open(path, 'w').write('x')",
        "path.open('ab')",
        "os.fsync(handle)",
        "part.replace(path)",
        "path.rename(other)",
        "path.unlink()",
        "transaction.commit()",
        "shutil.move(a, b)",
        "tempfile.mkstemp()",
        "hand_over(order)",
    ],
)
def test_a_planted_write_is_found(line):
    """In a module of its own each is refused; where writing is allowed, it still needs its crash points."""
    assert faults("services.campaign.service", f"def f():\n    {line}\n")


def test_what_writes_nothing_is_left_alone():
    """Reading, texts that are replaced, and values that are changed are no writes."""
    text = "path.open()\npath.open('rb')\n'a'.replace('a', 'b')\nreplace(record, state=1)\npath.read_text()\n"
    assert faults("services.campaign.service", text) == []


def test_a_write_between_crash_points_is_fine_where_writing_is_allowed():
    """And is found as soon as the points go."""
    text = "with crash_point('rename file'):\n    part.replace(path)\n"
    assert faults("services.disk.files", text) == []
    assert faults("services.disk.files", "part.replace(path)\n") != []
