"""XRDML of both generations; its XML is not trusted."""

from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks.ingest.files import pattern, xrdml_2
from services.ingest.errors import UnreadableFile
from tests.services.ingest.readers.harness import broken, only, read_as, reader_that_knows, real_bytes

NAMESPACE = 'xmlns="http://www.xrdml.com/XRDMeasurement/1.6"'


def scan(body: str, axis: str = "Gonio") -> bytes:
    inner = f'<xrdMeasurement><scan scanAxis="{axis}"><dataPoints>{body}</dataPoints></scan></xrdMeasurement>'
    return f'<?xml version="1.0"?><xrdMeasurements {NAMESPACE} status="Completed">{inner}</xrdMeasurements>'.encode()


ENDS = "<startPosition>10.0</startPosition><endPosition>20.0</endPosition>"
TWO_THETA = f'<positions axis="2Theta" unit="deg">{ENDS}</positions>'
COUNTS = '<intensities unit="counts">1 2 3</intensities>'


def test_raw_counts_are_multiplied_by_their_attenuator():
    """Version 2 keeps counts as the detector had them; the note says what was done."""
    assert reader_that_knows(xrdml_2()) == "xrdml"
    reading = only("xrdml", xrdml_2())
    x, y = pattern()
    factors = np.where(y > 2000, 10.0, 1.0)
    assert reading.curves[0].axis.values == pytest.approx(x)
    assert reading.curves[0].channel("intensity").values == pytest.approx(np.round(y / factors) * factors)
    assert "attenuation factors" in reading.notes[0]
    assert reading.facts.specimen == "PP01-C003-02-S1"


def test_corrected_intensities_are_left_as_they_are():
    """Version 1 has corrected them already."""
    factors = "<beamAttenuationFactors>1 10 1</beamAttenuationFactors>"
    reading = only("xrdml", scan(TWO_THETA + factors + COUNTS))
    assert list(reading.curves[0].channel("intensity").values) == [1, 2, 3]


def test_omega_goes_half_the_way_of_2theta():
    """An end that was changed is told by the other axis."""
    data = real_bytes("XRD-918-16_10.xrdml")
    for old, new in ((b">69.99936587<", b">69.99936597<"), (b">2.00328257<", b">2.10328257<")):
        assert old in data
        assert broken("xrdml", data.replace(old, new)) & {"first", "last"}


def test_lists_beside_the_intensities_are_as_long():
    """Positions, factors and counting times."""
    listed = '<positions axis="2Theta" unit="deg"><listPositions>1 2 3 4</listPositions></positions>'
    times = "<countingTimes>1 1</countingTimes>"
    assert broken("xrdml", scan(listed + COUNTS)) == {"points"}
    assert broken("xrdml", scan(TWO_THETA + times + COUNTS)) == {"points"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (TWO_THETA, "neither"),
        (COUNTS, "no axis moves"),
        (TWO_THETA + COUNTS + COUNTS, "twice"),
        (TWO_THETA + TWO_THETA + COUNTS, "twice"),
        (TWO_THETA + '<intensities unit="counts">1 2 x</intensities>', "else than numbers"),
        (TWO_THETA + '<intensities unit="counts">1 2 inf</intensities>', "finite"),
        (f'<positions axis="2Theta">{ENDS}<startPosition>1</startPosition></positions>' + COUNTS, "2 times"),
    ],
)
def test_contradictions_are_refused_with_their_reason(body, reason):
    """Nothing stands twice, nothing is left out."""
    with pytest.raises(UnreadableFile, match=reason):
        read_as("xrdml", scan(body))


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
        + "]>",
        '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_entities_are_refused_at_once(bomb):
    """A billion laughs, or somebody else's file."""
    begun = time.perf_counter()
    data = f'<?xml version="1.0"?>{bomb}<xrdMeasurements {NAMESPACE}>&a;</xrdMeasurements>'.encode()
    with pytest.raises(UnreadableFile, match="no sound XML"):
        read_as("xrdml", data)
    assert time.perf_counter() - begun < 1
