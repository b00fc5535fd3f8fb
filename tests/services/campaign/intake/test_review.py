"""Measurements are looked at beside others: what stands out waits for a person, or for what the definition declares."""

from __future__ import annotations

import numpy as np
import pytest

from services.campaign.intake.arrivals import arrivals_in
from services.campaign.intake.review import POLICY
from services.campaign.posting import open_intake
from services.campaign.written import read_table
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements
from tests.services.campaign.tiny import TINY
from tests.services.campaign.workers import SetClock, begin, here

FIRST = "PP01-C001-01"
X = np.linspace(400, 4000, 900)


def spectrum(seed: int, *, shift: float = 0.0, height: float = 1.0, session: str = "", spike: float = 0.0) -> bytes:
    """A spectrum of three bands with noise of its own."""
    rng = np.random.default_rng(seed)
    bands = ((1460, 30, 1.0), (1376, 20, 0.7), (2920, 60, 1.4))
    y = 0.05 + sum(height * h * np.exp(-(((X - x - shift) / w) ** 2)) for x, w, h in bands)
    y = y + rng.normal(0, 0.004, len(X))
    y[400] += spike
    head = f"# Session: {session}\n# Date: 2026-03-{seed % 28 + 1:02d} 10:00:00\n" if session else ""
    rows = "".join(f"{a:.3f},{b:.6f}\n" for a, b in zip(X, y, strict=True))
    return f"{head}wavenumber [cm-1],absorbance\n{rows}".encode()


class Lab:
    def __init__(self, database, folder, text=TINY):
        self.folder, self.database = folder / "data", database
        self.folder.mkdir()
        service = begin(database, text, SetClock())
        service.propose("PP01")
        service.approve("PP01")
        self.blobs, self.store = Blobs(folder / "blobs"), SqlMeasurements(database)

    def take(self, **files: bytes):
        """Take files in, each of the first proposal, and look at them beside others."""
        paths = []
        for name, data in files.items():
            path = self.folder / f"{FIRST} {name}.csv"
            path.write_bytes(data)
            paths.append(path)
        return self.look(paths)

    def look(self, paths=()):
        intake = open_intake(self.database, blobs=self.blobs, sandbox=here(), clock=SetClock(), actor="suzuki")
        for _ in intake.take(arrivals_in(paths, read_table)):
            pass
        return list(intake.review())

    def stands(self, name: str):
        [file] = [file for file in self.store.files() if file.name == f"{FIRST} {name}.csv"]
        [one] = self.store.measurements(file=file.hash)
        return one


@pytest.fixture
def lab(database, tmp_path):
    return Lab(database, tmp_path)


def test_replicates_that_agree_count(lab):
    assert lab.take(a=spectrum(1), b=spectrum(2, height=1.03), c=spectrum(3)) == []
    assert {m.judgement for m in lab.store.measurements()} == {"kept"}


def test_one_that_stands_out_of_its_replicates_waits_and_the_others_count(lab):
    """A wrong pellet: its bands stand elsewhere."""
    [told] = lab.take(a=spectrum(1), b=spectrum(2), c=spectrum(3), d=spectrum(4, shift=45), e=spectrum(5))
    assert "outlier" in told
    assert {name: lab.stands(name).judgement for name in "abcde"} == {**dict.fromkeys("abce", "kept"), "d": "doubted"}
    [decision] = lab.store.decisions(lab.stands("d").id)
    assert (decision.what, decision.actor) == ("doubted", POLICY)


def test_looking_again_says_nothing_new_and_a_persons_word_stands(lab):
    """Kept by a person, it stays kept also when more replicates come."""
    lab.take(a=spectrum(1), b=spectrum(2), c=spectrum(3), d=spectrum(4, shift=45))
    assert lab.look() == []
    one = lab.stands("d")
    lab.store.decide(
        one.id,
        one.model_copy(update={"judgement": "kept"}),
        what="kept",
        actor="suzuki",
        at=SetClock().now(),
        reason="ok",
    )
    assert lab.take(e=spectrum(5)) == []
    assert lab.stands("d").judgement == "kept"
    assert lab.stands("d").doubts


def test_what_was_booked_and_not_looked_at_is_looked_at_by_the_next_start(lab):
    """The plug was pulled in between."""
    paths = []
    for name, data in {"a": spectrum(1), "b": spectrum(2), "c": spectrum(3), "d": spectrum(4, shift=45)}.items():
        path = lab.folder / f"{FIRST} {name}.csv"
        path.write_bytes(data)
        paths.append(path)
    intake = open_intake(lab.database, blobs=lab.blobs, sandbox=here(), clock=SetClock(), actor="suzuki")
    for _ in intake.take(arrivals_in(paths, read_table)):
        pass
    assert lab.stands("d").judgement == "kept"
    assert len(lab.look()) == 1
    assert lab.stands("d").judgement == "doubted"


def test_a_spike_is_seen_in_one_measurement_alone(lab):
    lab.take(a=spectrum(1, spike=0.9))
    assert [kind for kind, _ in lab.stands("a").doubts] == ["spikes"]


@pytest.mark.parametrize(("answer", "judgement"), [("keep", "kept"), ("exclude", "excluded"), ("wait", "doubted")])
def test_a_declared_policy_decides_where_nobody_is_asked(database, tmp_path, answer, judgement):
    """Kept ones keep their doubt; each is logged with the policy's name."""
    lab = Lab(database, tmp_path, TINY + f"quality: {{spikes: {answer}}}\n")
    lab.take(a=spectrum(1, spike=0.9))
    one = lab.stands("a")
    assert (one.judgement, len(one.doubts)) == (judgement, 1)
    [decision] = lab.store.decisions(one.id)
    assert (decision.what, decision.actor) == (judgement, POLICY)
    assert "spikes" in decision.reason


@pytest.mark.parametrize("modality", ["FTIR", "FT-IR"])
def test_a_session_whose_control_drifted_is_doubted_as_a_whole(database, tmp_path, modality):
    """The control is measured in every session; in the sixth the axis stands elsewhere, for all measured then.

    Whether people write the modality as files do, or with a hyphen.
    """
    plan = f"modalities: {{{modality}: {{probe: light, control: {FIRST}}}}}\n"
    lab = Lab(database, tmp_path, TINY + plan)
    for n in range(1, 7):
        drift = 25.0 if n == 6 else 0.0
        lab.take(**{f"control{n}": spectrum(n, session=f"S{n}", shift=drift)})
        other = lab.folder / f"PP01-C001-02 {n}.csv"
        other.write_bytes(spectrum(100 + n, session=f"S{n}", shift=drift, height=1 + n / 5))
        lab.look([other])
    doubted = {m.session for m in lab.store.measurements() if m.judgement == "doubted"}
    assert doubted == {"S6"}
    assert {m.proposal for m in lab.store.measurements() if m.judgement == "doubted"} == {FIRST, "PP01-C001-02"}


def test_a_new_modality_is_added_by_yaml_alone(database, tmp_path):
    """Acoustic resonance: a profile says how its export looks, the definition what can be."""
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "acoustic.yaml").write_text(
        "schema: 1\nprofile: acoustic\ntitle: Acoustic resonance\nmodality: acoustic\n"
        "knows: {lines: ['^Resonance test']}\n"
        "columns:\n  - {quantity: frequency, header: '^f', unit: kHz}\n"
        "  - {quantity: amplitude, header: '^amp', unit: mV}\n"
        "axis: [frequency]\n"
        "fields: {specimen: ['^bar$']}\n"
    )
    plan = "modalities: {acoustic: {probe: sound, ranges: {frequency: {kHz: [1, 100]}}, saturates: [amplitude]}}\n"
    lab = Lab(database, tmp_path, TINY + plan)

    def export(lowest: float) -> bytes:
        f = np.linspace(lowest, lowest + 30, 300)
        amplitude = 3 / (1 + ((f - lowest - 12) / 0.8) ** 2) + np.random.default_rng(1).normal(0, 0.01, 300)
        rows = "\r\n".join(f"{a:.3f};{b:.4f}".replace(".", ",") for a, b in zip(f, amplitude, strict=True))
        return f"Resonance test\r\nbar: {FIRST}-S1\r\nf;amp\r\n{rows}\r\n".encode("utf-16")

    from services.compute.serial import SerialEngine
    from services.ingest.sandbox import Sandbox

    sandbox = Sandbox(engine=SerialEngine(n_attempts=1), profiles=profiles)
    intake = open_intake(database, blobs=lab.blobs, sandbox=sandbox, clock=SetClock(), actor="suzuki")
    (lab.folder / "1.txt").write_bytes(export(5))
    (lab.folder / "2.txt").write_bytes(export(90))
    fine, wrong = intake.take(arrivals_in([lab.folder], read_table))
    [one] = fine.measurements
    assert (one.modality, one.specimen, one.judgement) == ("acoustic", f"{FIRST}-S1", "kept")
    assert [(q, u, n) for q, u, n, *_ in one.content.curves[0]] == [("frequency", "kHz", 300), ("amplitude", "mV", 300)]
    assert [kind for kind, _ in wrong.measurements[0].doubts] == ["axis out of range"]
