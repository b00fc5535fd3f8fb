"""The door says clearly when another package stands in the way of ours, before anything of it runs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from campaigns.door import check_packages

ROOT = Path(__file__).resolve().parents[2]
ENTER = "import sys; sys.argv = ['meguri', '--version']; from campaigns.door import run; run()"


def enter(*places: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Start the command line in a process of its own, with folders first on the path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places)), "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        [sys.executable, "-c", ENTER], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_our_own_packages_pass():
    """Here and now nothing is shadowed."""
    check_packages()


@pytest.mark.parametrize("name", ["loop", "services"])
def test_a_package_of_our_name_first_on_the_path_is_named_with_the_way_out(name, tmp_path):
    """Both places and what to do; the other package's code never runs."""
    other = tmp_path / "other" / name
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("print('the other one ran')\n")
    done = enter(tmp_path / "other", ROOT, folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"the package '{name}' of meguri is shadowed" in done.stderr
    assert str(ROOT / name / "__init__.py") in done.stderr
    assert str(other / "__init__.py") in done.stderr
    assert f"take {tmp_path / 'other'} off PYTHONPATH" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plain_folder_of_our_name_shadows_nothing(tmp_path):
    """Python prefers our package to a folder without __init__.py, so there is nothing to say."""
    (tmp_path / "loop").mkdir()
    done = enter(tmp_path, ROOT, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("meguri ")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The project as an installation leaves it: the wheel, unpacked into a folder on the path."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = "from hatchling.build import build_wheel; import sys; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def install(site: Path, name: str, files: dict[str, str]) -> None:
    """Put a second distribution into the same folder, the way installers do: its files win."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    for file, text in files.items():
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text(text)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in [*files, f"{info.name}/RECORD"]))


def test_an_installation_passes_and_one_that_was_overwritten_names_who_did_it(installed, tmp_path):
    """A second distribution with a package of our name, installed over ours: found by the recorded hash."""
    done = enter(installed, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    install(installed, "microservices", {"services/__init__.py": "NAME = 'microservices'\n", "services/rpc.py": ""})
    done = enter(installed, folder=tmp_path)
    assert done.returncode == 1
    assert "the package 'services' of meguri was overwritten by microservices" in done.stderr
    assert "an environment of its own" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_distribution_first_on_the_path_is_named(tmp_path):
    """Not only its folder: who brought it."""
    site = tmp_path / "site"
    site.mkdir()
    install(site, "eventloop", {"loop/__init__.py": ""})
    done = enter(site, ROOT, folder=tmp_path)
    assert done.returncode == 1
    assert "(of the distribution eventloop)" in done.stderr
    assert "without that distribution" in done.stderr
