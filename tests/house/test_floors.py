"""The house stands: imports go down, nothing goes in circles, importing does nothing."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.house.modules import ROOT, imports, sources

FLOORS = [
    ["loop"],
    ["services.records", "services.compute", "services.disk"],
    ["services.preprocessing", "services.curation", "services.features"],
    ["services.property", "services.store", "services.ingest", "services.report"],
    ["services.campaign"],
    ["services.api", "services.dashboard", "services.cli"],
    ["campaigns"],
]
FLOOR_OF = {package: floor for floor, packages in enumerate(FLOORS) for package in packages}


def package_of(module: str) -> str | None:
    """Name the package of the house that a module lives in."""
    return next((p for p in FLOOR_OF if module == p or module.startswith(p + ".")), None)


def test_every_module_lives_on_a_floor():
    """No module stands outside the plan, but for the two words at the door."""
    homeless = [m for m in sources() if package_of(m) is None and m != "services"]
    assert homeless == []


@pytest.mark.parametrize("module", sorted(sources()))
def test_imports_go_down_only(module):
    """A module imports its own package and packages of lower floors, never a neighbour or one above."""
    home = package_of(module)
    for other in imports(module):
        there = package_of(other)
        if home is None or there is None or there == home:
            continue
        assert FLOOR_OF[there] < FLOOR_OF[home], (
            f"{module} (floor {FLOOR_OF[home]}) imports {other} (floor {FLOOR_OF[there]})"
        )


def test_no_module_imports_itself_in_a_circle():
    """The import graph has no cycle."""
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail[trail.index(module) :], module))
        if module in done:
            return
        for other in sorted(imports(module)):
            visit(other, (*trail, module))
        done.add(module)

    for module in sources():
        visit(module, ())


THEIRS = (
    "matplotlib, plotly, sklearn.gaussian_process, torch, "
    "botorch.acquisition.logei, botorch.acquisition.multi_objective.logei"
)
"""Other people's modules whose own import may do what ours may not."""

SILENT = """
import logging, os, random, sys, threading
import {module}


def seen():
    logs = tuple(logging.root.handlers), logging.root.level
    return set(os.environ.items()), logs, threading.active_count(), random.getstate()


before = seen()
for name in {modules}:
    __import__(name)
after = seen()
assert before[1:] == after[1:], (before[1:3], after[1:3])
print(sorted(m for m in sys.modules if m.split(".")[0] in {heavy}))
"""


def run_python(code: str, folder) -> str:
    """Run code in a process of its own, in an empty folder."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_loop_brings_no_torch(tmp_path):
    """`import loop` and its values stay light: no torch, no plotting, no database."""
    heavy = ("torch", "botorch", "gpytorch", "scipy", "sklearn", "matplotlib", "plotly", "sqlalchemy", "pandas")
    light = ["loop", "loop.definition", "loop.journal", "loop.commands", "loop.agent", "loop.surrogates"]
    out = run_python(SILENT.format(module="loop", modules=light, heavy=heavy), tmp_path)
    assert out.strip() == "[]"


def test_looking_at_a_campaign_waits_for_no_solver_and_no_migration(tmp_path):
    """What status and log import: a database and numbers, nothing that takes a second to begin."""
    heavy = {"torch", "scipy", "sklearn", "matplotlib", "plotly", "pandas", "alembic", "openpyxl", "services.ingest"}
    light = "services.cli.main, services.cli.pages, services.campaign.wiring, services.campaign.viewing"
    out = run_python(f"import sys, {light}\nprint(*sys.modules)", tmp_path)
    assert heavy & set(out.split()) == set()


def test_importing_does_nothing(tmp_path):
    """Importing every module writes no file, starts no thread, sets no logging and no seed."""
    entry_points = {"campaigns.compound.__main__"}
    modules = sorted(
        m for m in sources() if ".migrations" not in m and not m.endswith("__main__") and m not in entry_points
    )
    run_python(SILENT.format(module=THEIRS, modules=modules, heavy=("nothing",)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_wheel_holds_three_packages_and_no_more():
    """pyproject names loop, services and campaigns, and nothing else, for the wheel."""
    import tomllib

    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["loop", "services", "campaigns"]


PUBLIC = sorted(m for m in sources() if ".migrations" not in m)


@pytest.mark.parametrize("module", PUBLIC)
def test_every_module_says_what_it_is_for_and_promises_sorted_names(module):
    """A module has a docstring; what it promises is sorted and there."""
    tree = ast.parse(sources()[module].read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{module} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            names = ast.literal_eval(node.value)
            assert names == sorted(
                names, key=lambda n: (not n.isupper(), n.islower() or ("_" in n and n[0].islower()), n)
            ), f"{module}.__all__ is not sorted"


def test_the_project_names_no_machine():
    """No file that is kept names a path of somebody's machine or a package registry's host."""
    import re

    listed = subprocess.run(
        ["git", "ls-files", ":!tests"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    told = re.compile(r"(?<![\w.])/(?:work|root|home|farm)/|pypi\.org|registry\.npmjs")
    found = []
    kept = {".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".html", ".j2"}
    for name in listed:
        path = ROOT / name
        is_text = path.suffix in kept or name in ("Makefile", ".ci/run")
        if is_text and told.search(path.read_text(encoding="utf-8", errors="replace")):
            found.append(name)
    assert found == []
