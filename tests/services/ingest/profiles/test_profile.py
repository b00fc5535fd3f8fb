"""A profile says what is wrong with it by file, line and field; a new modality is data; a workspace has its own."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from services.ingest.errors import IngestError, UnreadableFile
from services.ingest.profiles.catalogue import catalogue
from services.ingest.profiles.profile import Profile, ProfileError, read_profile
from services.ingest.profiles.reading import apply_profile
from services.ingest.readers.base import Source
from services.ingest.readers.profiles import NamedProfileReader
from services.ingest.reading import read_source

ACOUSTIC = r"""
schema: 1
profile: acoustic_emission
title: Acoustic emission, decaying bursts
modality: acoustic
knows:
  lines: ['^# AE burst']
columns:
  - {quantity: time, header: '^t_us$', unit: μs}
  - {quantity: amplitude, header: '^ch1$', unit: mV}
  - {quantity: trigger, header: '^trig$', required: false}
axis: [time]
fields:
  specimen: ['^piece$']
  conditions:
    threshold: {field: '^thr$', unit: dB}
claims:
  points: '^samples$'
end: '^# end of burst'
"""

RING = "".join(f"{k * 0.5:.1f}\t{np.exp(-k / 40) * np.cos(k / 3):.5f}\t{int(k > 4)}\n" for k in range(120))
BURST = f"# AE burst\n# piece = PP-3\n# thr = 40\n# samples = 120\nt_us\tch1\ttrig\n{RING}# end of burst 1\n"


def test_a_new_modality_is_a_file_of_yaml(tmp_path):
    """Written into the workspace's folder, it is read like any other, with its own checks."""
    (tmp_path / "acoustic.yaml").write_text(ACOUSTIC, encoding="utf-8")
    read = read_source(Source("burst.dat", BURST.encode(), tmp_path))
    (reading,) = read.readings
    (curve,) = reading.curves
    assert (reading.modality, reading.facts.specimen, len(curve)) == ("acoustic", "PP-3", 120)
    assert [(c.quantity, c.unit) for c in (curve.axis, *curve.channels)] == [
        ("time", "μs"),
        ("amplitude", "mV"),
        ("trigger", ""),
    ]
    assert (reading.facts.conditions["threshold"].value, reading.facts.conditions["threshold"].unit) == (40, "dB")
    assert [claim.kind for claim in reading.claims] == ["points"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("samples = 120", "samples = 121", "points of samples: the file says 121, it holds 120"),
        ("# end of burst 1\n", "", "the line that ends its numbers"),
        ("t_us\t", "t_ns\t", "needs a column of time"),
    ],
)
def test_what_a_profile_declares_is_checked(tmp_path, old, new, said):
    (tmp_path / "acoustic.yaml").write_text(ACOUSTIC, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=said):
        read_source(Source("burst.dat", BURST.replace(old, new).encode(), tmp_path), "profile:acoustic_emission")


def test_a_unit_that_contradicts_the_profile_is_refused():
    """K where the profile says °C: neither is believed."""
    profile = read_profile(
        "schema: 1\nprofile: a\ntitle: A\ncolumns: [{quantity: temperature, unit: °C}, {quantity: mass}]\n"
    )
    data = b"Temperature [K],Mass [mg]\n" + b"".join(b"%d,%d\n" % (300 + k, 50 - k) for k in range(20))
    with pytest.raises(UnreadableFile, match=r"'Temperature \[K\]' is in K, the profile says °C"):
        apply_profile(profile, "a.csv", data)


@pytest.mark.parametrize(
    ("old", "new", "field", "line", "said"),
    [
        ("profile: acoustic_emission", "profile: Acoustic Emission", "profile", 3, "is not written as it has to be"),
        ("shape: curve", "shape: curves", "shape", 6, "did you mean curve?"),
        ("  - {quantity: time, header: '^t_us$', unit: μs}", "  - {quantity: time, heder: '^t'}", "columns.0.heder", 10,
         "did you mean header?"),
        ("'^t_us$'", "'(t_us'", "columns.0.header", 10, "is no regular expression"),
        ("required: false", "position: 3", "columns.2.header", 12, "give one of them"),
        ("{quantity: amplitude", "{quantity: time", "columns", 9, "'time' stands twice"),
        ("schema: 1", "schema: 2", "schema", 2, "write 1"),
        ("title: Acoustic emission, decaying bursts\n", "", "title", 1, "is required"),
        ("  specimen:", "  date_format: '%Q'\n  specimen:", "fields.date_format", 15, "is no format of dates"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_field_and_what_would_be_right(old, new, field, line, said):
    text = ACOUSTIC.replace("modality: acoustic\n", "modality: acoustic\nshape: curve\n")
    assert old in text
    with pytest.raises(ProfileError) as refused:
        read_profile(text.replace(old, new), file_name="acoustic.yaml")
    fault = next(fault for fault in refused.value.faults if fault.field == field)
    assert (fault.file, fault.line) == ("acoustic.yaml", line)
    assert said in str(fault)


def test_every_shipped_profile_is_valid_and_lies_in_the_package():
    """Ten at least, of the kinds that laboratories have."""
    folder = files("services.ingest.profiles").joinpath("shipped")
    names = {path.name.removesuffix(".yaml") for path in folder.iterdir() if path.name.endswith(".yaml")}
    entries = catalogue().entries
    assert {entry.profile.profile for entry in entries} == names
    assert len(names) >= 10
    assert {"TG", "DSC", "tensile", "GPC", "XRF", "Raman", "FTIR", "WAXS", "MFR", "density", "ash"} <= {
        entry.profile.modality for entry in entries
    }


def test_no_shipped_profile_of_bare_numbers_takes_a_file_by_itself_but_the_one_that_claims_nothing():
    """tg_plain is asked for by name."""
    for entry in catalogue().entries:
        if entry.profile.is_headerless and not entry.profile.knows.only_by_name:
            assert not entry.profile.modality
            assert not any(rule.unit for rule in entry.profile.columns)


def test_a_workspaces_own_profile_comes_before_a_shipped_one(tmp_path):
    """Of the same file."""
    text = catalogue().named("tg").text.replace("modality: TG", "modality: STA").replace("profile: tg", "profile: ours")
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    data = b"Time (s),Temperature (K),Mass (mg)\n" + b"".join(b"%d,%d,%d\n" % (k, 300 + k, 90 - k) for k in range(20))
    assert read_source(Source("a.csv", data, tmp_path)).readings[0].modality == "STA"
    assert read_source(Source("a.csv", data)).readings[0].modality == "TG"


def test_two_profiles_that_fit_alike_are_left_to_a_person(tmp_path):
    """Which is meant is nobody's guess."""
    for name in ("one", "two"):
        text = catalogue().named("tg").text.replace("profile: tg", f"profile: {name}")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    data = b"Time (s),Temperature (K),Mass (mg)\n" + b"".join(b"%d,%d,%d\n" % (k, 300 + k, 90 - k) for k in range(20))
    with pytest.raises(UnreadableFile, match="the profiles one and two know it equally well"):
        read_source(Source("a.csv", data, tmp_path))


def test_a_broken_profile_in_the_workspace_stops_no_other(tmp_path):
    """It is told where profiles are listed, and where it is asked for."""
    (tmp_path / "broken.yaml").write_text("schema: 1\nprofile: broken\ntitel: x\n", encoding="utf-8")
    found = catalogue(tmp_path)
    assert len(found.errors) == 1
    assert found.named("tg").profile.modality == "TG"
    with pytest.raises(IngestError, match=r"broken\.yaml:3: titel: unknown key"):
        found.named("broken")
    with pytest.raises(IngestError, match="there is no profile 'broken'"):
        NamedProfileReader("broken").read(Source("a.csv", b"1,2\n3,4\n", tmp_path))


def test_a_profile_with_every_default_is_the_smallest_one():
    """Three keys and a column."""
    profile = read_profile("schema: 1\nprofile: a\ntitle: A\ncolumns: [{quantity: time}]\n")
    assert isinstance(profile, Profile)
    assert profile.required == ("time",)
