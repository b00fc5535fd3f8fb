"""Read the project's own source: which module imports which."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOP = ("loop", "services", "campaigns")


@cache
def sources() -> dict[str, Path]:
    """Every module of the project by dotted name."""
    found = {}
    for top in TOP:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(module: str) -> frozenset[str]:
    """Every module of the project that one imports, wherever in the file the import stands."""
    return frozenset(_imports(module, everywhere=True))


@cache
def imports_at_top(module: str) -> frozenset[str]:
    """Every module of any origin that is imported when this one is."""
    return frozenset(_imports(module, everywhere=False))


def _imports(module: str, *, everywhere: bool) -> set[str]:
    path = sources()[module]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if everywhere else iter(_top_level(tree))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports name their module in full"
            assert node.module is not None
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in sources() else node.module for name in names}
    return {name for name in found if name in sources()} if everywhere else found


def _top_level(tree: ast.Module) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        found += [node] if not isinstance(node, (ast.If, ast.Try)) else [*ast.walk(node)]  # type: ignore[list-item]
    return found
