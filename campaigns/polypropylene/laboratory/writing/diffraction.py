"""Files of diffractometers: XRDML of PANalytical, RAS of Rigaku, and plain columns. Whole counts over ° 2θ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

__all__ = ["Scan", "ras", "ras_of", "xrdml", "xy"]

_CU_ALPHA_1, _CU_ALPHA_2 = 1.5405980, 1.5444260  # Å


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scan:
    """One scan: ° 2θ rising evenly, counts, and what the file says of it."""

    label: str
    operator: str
    instrument: str
    session: str
    at: datetime
    two_theta: np.ndarray
    counts: np.ndarray
    seconds: float


def xrdml(scan: Scan) -> bytes:
    """Return a scan as XRDML 1.6."""
    first, last = float(scan.two_theta[0]), float(scan.two_theta[-1])
    counts = " ".join(map(str, scan.counts.astype(int).tolist()))
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.6" status="Completed">
<comment><entry>{scan.session}</entry></comment>
<sample type="To be analyzed">
<id>{scan.label}</id>
<name>{scan.label}</name>
<preparedBy>{scan.operator}</preparedBy>
</sample>
<xrdMeasurement measurementType="Scan" status="Completed">
<usedWavelength intended="K-Alpha">
<kAlpha1 unit="Angstrom">{_CU_ALPHA_1:.7f}</kAlpha1>
<kAlpha2 unit="Angstrom">{_CU_ALPHA_2:.7f}</kAlpha2>
<ratioKAlpha2KAlpha1>0.5000</ratioKAlpha2KAlpha1>
</usedWavelength>
<scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed">
<header>
<startTimeStamp>{scan.at.isoformat(timespec="seconds")}</startTimeStamp>
<author><name>{scan.operator}</name></author>
</header>
<dataPoints>
<positions axis="2Theta" unit="deg">
<startPosition>{first:.5f}</startPosition>
<endPosition>{last:.5f}</endPosition>
</positions>
<positions axis="Omega" unit="deg">
<startPosition>{first / 2:.5f}</startPosition>
<endPosition>{last / 2:.5f}</endPosition>
</positions>
<commonCountingTime unit="seconds">{scan.seconds:.3f}</commonCountingTime>
<intensities unit="counts">{counts}</intensities>
</dataPoints>
</scan>
</xrdMeasurement>
</xrdMeasurements>
"""
    return text.encode()


def ras(scan: Scan) -> bytes:
    """Return a scan as RAS."""
    x = scan.two_theta
    said = {
        "FILE_SAMPLE": scan.label,
        "FILE_OPERATOR": scan.operator,
        "FILE_COMMENT": scan.session,
        "HW_I_INSTRUMENT_NAME": scan.instrument,
        "HW_XG_WAVE_LENGTH_ALPHA1": f"{_CU_ALPHA_1:.6f}",
        "HW_XG_WAVE_LENGTH_ALPHA2": f"{_CU_ALPHA_2:.6f}",
        "MEAS_DATA_COUNT": str(len(x)),
        "MEAS_SCAN_AXIS_X": "TwoThetaTheta",
        "MEAS_SCAN_AXIS_X_INTERNAL": "TwoThetaTheta",
        "MEAS_SCAN_START": f"{x[0]:.4f}",
        "MEAS_SCAN_START_TIME": f"{scan.at:%m/%d/%Y %H:%M:%S}",
        "MEAS_SCAN_STEP": f"{x[1] - x[0]:.4f}",
        "MEAS_SCAN_STOP": f"{x[-1]:.4f}",
        "MEAS_SCAN_UNIT_X": "deg",
        "MEAS_SCAN_UNIT_Y": "counts",
    }
    return ras_of(x, scan.counts, said)


def ras_of(
    x: np.ndarray,
    y: np.ndarray,
    said: Mapping[str, str],
    *,
    attenuator: float = 1.0,
    n_scans: int = 1,
    line_end: str = "\r\n",
) -> bytes:
    """Return a RAS file.

    Parameters
    ----------
    x, y
        ° 2θ and counts, shape (n,) each.
    said
        The header, by field and in order.
    attenuator
        Factor in the third column, by which counts are to be multiplied.
    n_scans
        How often the scan stands in the file.
    """
    points = [f"{a:.4f} {b:.4f} {attenuator:.4f}" for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    lines = ["*RAS_DATA_START"]
    for _ in range(n_scans):
        lines += ["*RAS_HEADER_START", *(f'*{name} "{value}"' for name, value in said.items()), "*RAS_HEADER_END"]
        lines += ["*RAS_INT_START", *points, "*RAS_INT_END"]
    return (line_end.join([*lines, "*RAS_DATA_END"]) + line_end).encode("cp932")


def xy(scan: Scan) -> bytes:
    """Return a scan as two columns."""
    lines = [f"Sample: {scan.label}", f"Session: {scan.session}", "2theta (°)\tIntensity (counts)"]
    lines += [f"{a:.2f}\t{b:.0f}" for a, b in zip(scan.two_theta.tolist(), scan.counts.tolist(), strict=True)]
    return ("\r\n".join(lines) + "\r\n").encode()
