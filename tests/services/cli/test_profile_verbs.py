"""From an unknown export to a profile that the workspace keeps: drafted, shown, written, checked."""

from __future__ import annotations

import pytest

ROWS = "".join(f"{k};{25 + k / 2:.1f};{9.5 - k / 100:.2f}\n".replace(".", ",") for k in range(40))
EXPORT = (
    f"Gerät;TG 7\nProbe;PP-3\n\nZeit [s];Temperatur [°C];Masse [mg];Gasfluss\n{ROWS.replace(chr(10), ';50' + chr(10))}"
)


def test_a_draft_shows_the_profile_and_what_it_reads(shell, write):
    """Result on stdout, the way on on stderr."""
    path = write("lauf.csv", EXPORT)
    done = shell("profile", "guess", str(path))
    assert "modality: TG  # by its columns" in done.stdout
    assert "# 'Gasfluss'; ? unit: …, the file says none" in done.stdout
    assert "40 points" in done.stdout
    assert "the file says: specimen PP-3, instrument TG 7" in done.stdout
    assert "the shipped profile tg reads this file already" in done.stderr
    assert done.stderr.strip().endswith("--write")


def test_a_draft_is_kept_in_the_workspace_and_comes_before_the_shipped_ones(shell, write):
    """Written once; a second one of that name is refused."""
    path = write("lauf.csv", EXPORT)
    shell("init")
    done = shell("profile", "guess", str(path), "--write")
    kept = shell.folder / "profiles" / "lauf.yaml"
    assert kept.is_file()
    assert "meguri profile check" in done.stderr
    assert shell("profile", "list").stdout.splitlines()[2].split()[:3] == ["lauf", "TG", "lauf.yaml"]
    assert shell("profile", "show", "lauf").stdout.strip() == kept.read_text(encoding="utf-8").strip()
    assert "40 points" in shell("profile", "check", str(kept), str(path)).stdout
    again = shell("profile", "guess", str(path), "--write", code=1)
    assert "is there already" in again.stderr
    assert "the own profile lauf reads this file already" in again.stderr


def test_without_a_workspace_nothing_is_written(shell, write):
    path = write("lauf.csv", EXPORT)
    assert "make one with meguri init" in shell("profile", "guess", str(path), "--write", code=1).stderr
    assert not (shell.folder / "profiles").exists()


def test_a_fault_of_a_profile_is_told_with_its_line(shell, write):
    """Exit code 1, and what would be right."""
    path = write("ours.yaml", "schema: 1\nprofile: ours\ntitle: Ours\nmodalty: TG\ncolumns: [{quantity: time}]\n")
    assert "ours.yaml:4: modalty: unknown key (did you mean modality?)" in shell(
        "profile", "check", str(path), code=1
    ).stderr.replace("\n", " ")


def test_a_valid_profile_is_told_and_an_export_that_it_does_not_read(shell, write):
    path = write("ours.yaml", "schema: 1\nprofile: ours\ntitle: Ours\ncolumns: [{quantity: stress}]\n")
    assert "ours is valid" in shell("profile", "check", str(path)).stdout
    export = write("lauf.csv", EXPORT)
    assert "needs a column of stress" in shell("profile", "check", str(path), str(export), code=1).stderr


def test_profiles_that_cannot_be_used_are_told_in_the_list(shell, write):
    shell("init")
    (shell.folder / "profiles").mkdir()
    write("profiles/broken.yaml", "schema: 1\n")
    done = shell("profile", "list")
    assert "cannot be used" in done.stderr
    assert "tensile" in done.stdout


@pytest.mark.parametrize("words", [("guess", "nowhere.csv"), ("check", "nowhere.yaml"), ("show", "nothing")])
def test_what_is_not_there_is_said(shell, words):
    assert shell("profile", *words, code=1).stderr
