"""Files of instruments' formats, written here: where no real file is at hand, and for forms that none of them uses.

Written from descriptions of the formats, without the readers' code.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from campaigns.polypropylene.laboratory.writing.diffraction import ras_of
from campaigns.polypropylene.laboratory.writing.jcamp import jcamp_of

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "raw"


def pattern(n: int = 801, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A diffractogram: 10 to 30 degrees, whole counts over some lines."""
    rng = np.random.default_rng(seed)
    x = np.round(10 + 0.025 * np.arange(n), 4)
    mean = 200 + sum(
        h * np.exp(-(((x - c) / 0.2) ** 2)) for c, h in ((14.1, 4000), (16.9, 2500), (18.5, 1800), (21.8, 2600))
    )
    return x, rng.poisson(mean).astype(float)


def ras(
    n: int = 801,
    *,
    attenuator: float = 1.0,
    end: str = "\r\n",
    parts: int = 1,
    points: tuple[np.ndarray, np.ndarray] | None = None,
    **changed: str,
) -> bytes:
    """A Rigaku RAS file of one scan or several; `changed` are fields of the header by name."""
    x, y = pattern(n) if points is None else points
    n = len(x)
    said = {
        "FILE_SAMPLE": "PP01-C003-02-S1",
        "FILE_OPERATOR": "Sato",
        "HW_XG_WAVE_LENGTH_ALPHA1": "1.540593",
        "MEAS_COND_XG_CURRENT": "30",
        "MEAS_COND_XG_VOLTAGE": "40",
        "MEAS_DATA_COUNT": str(n),
        "MEAS_SCAN_AXIS_X": "TwoThetaTheta",
        "MEAS_SCAN_AXIS_X_INTERNAL": "TwoThetaTheta",
        "MEAS_SCAN_SPEED": "5.0000",
        "MEAS_SCAN_START": f"{x[0]:.4f}",
        "MEAS_SCAN_START_TIME": "11/21/2025 08:32:31",
        "MEAS_SCAN_STEP": f"{x[1] - x[0]:.4f}",
        "MEAS_SCAN_STOP": f"{x[-1]:.4f}",
        "MEAS_SCAN_UNIT_X": "deg",
        "MEAS_SCAN_UNIT_Y": "counts",
    } | {name.replace("__", "-"): value for name, value in changed.items()}
    return ras_of(x, y, said, attenuator=attenuator, n_scans=parts, line_end=end)


def xrdml_2(n: int = 801) -> bytes:
    """An XRDML 2.x file: raw counts beside their attenuation factors, and positions one by one."""
    x, y = pattern(n)
    factors = np.where(y > 2000, 10.0, 1.0)
    counts = np.round(y / factors)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/2.1" status="Completed">
<sample type="To be analyzed">
<id>PP01-C003-02-S1</id>
</sample>
<xrdMeasurement measurementType="Scan" status="Completed">
<usedWavelength intended="K-Alpha 1">
<kAlpha1 unit="Angstrom">1.5405980</kAlpha1>
</usedWavelength>
<scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed">
<dataPoints>
<positions axis="2Theta" unit="deg">
<listPositions>{" ".join(f"{value:.4f}" for value in x)}</listPositions>
</positions>
<positions axis="Omega" unit="deg">
<startPosition>{x[0] / 2:.5f}</startPosition>
<endPosition>{x[-1] / 2:.5f}</endPosition>
</positions>
<commonCountingTime unit="seconds">20.000</commonCountingTime>
<beamAttenuationFactors>{" ".join(f"{value:.3f}" for value in factors)}</beamAttenuationFactors>
<counts unit="counts">{" ".join(f"{value:.0f}" for value in counts)}</counts>
</dataPoints>
</scan>
</xrdMeasurement>
</xrdMeasurements>
""".replace("\n", "\r\n").encode()


def jcamp(n: int = 600, *, form: str = "DIF", width: int = 40) -> bytes:
    """A JCAMP-DX file in one of the forms AFFN, PAC, SQZ, DIF, DUP, PAIRS, with all its checks."""
    x = np.linspace(4000.0, 4000.0 - 2 * (n - 1), n)
    y = np.round(20000 + 9000 * np.sin(x / 97) + np.where(x % 500 < 60, 0, 3000 * np.cos(x / 11))).astype(int)
    if form == "DUP":
        y[100:400] = y[100]
    return jcamp_of(x, y, form=form, width=width)


def spc(n: int = 500, *, kind: int = 0x4B, n_sub: int = 1, is_float: bool = False, log: str = "") -> bytes:
    """A Galactic SPC file: new of either byte order, one subfile or several, whole numbers or floats, with a log."""
    order = ">" if kind == 0x4C else "<"
    x, y = np.linspace(400.0, 3200.0, n), 0.5 + 0.4 * np.sin(np.linspace(0, 30, n))
    exponent = -128 if is_float else 1
    raw = y.astype(f"{order}f4") if is_float else np.round(y * 2.0 ** (32 - exponent)).astype(f"{order}i4")
    size = 512 + n_sub * (32 + 4 * n)
    stamp = 2025 << 20 | 11 << 16 | 21 << 11 | 9 << 6 | 30
    head = struct.pack(
        f"{order}BBBbIddI4BI", 4 * (n_sub > 1), kind, 11, exponent, n, x[0], x[-1], n_sub, 13, 4, 0, 0, stamp
    )
    head = head.ljust(88, b"\0") + b"PP01-C003-02-S1".ljust(160, b"\0") + struct.pack(f"{order}I", size if log else 0)
    body = b"".join(
        struct.pack(f"{order}BbH3fIIf4x", 0, exponent, i, float(i), float(i + 1), 0.0, 0, 1, 0.0) + raw.tobytes()
        for i in range(n_sub)
    )
    text = log.encode("latin-1") + b"\0"
    tail = struct.pack(f"{order}5I44x", 64 + len(text), 4096, 64, 0, 0) + text if log else b""
    return head.ljust(512, b"\0") + body + tail


def spc_old(n: int = 300) -> bytes:
    """A Galactic SPC file of the old kind: the greater half of each number first."""
    y = 0.5 + 0.4 * np.sin(np.linspace(0, 30, n))
    whole = np.round(y * 2.0**31).astype(np.int64) & 0xFFFFFFFF
    words = np.stack([whole >> 16, whole & 0xFFFF], axis=1).astype("<u2")
    head = struct.pack("<BBhfffBBHBBBB", 0, 0x4D, 1, float(n), 4000.0, 400.0, 1, 2, 1993, 5, 17, 10, 20)
    return head.ljust(256, b"\0") + words.tobytes()


def wdf(n: int = 400, n_spectra: int = 1) -> bytes:
    """A Renishaw WDF file of spectra over one axis."""
    x = np.linspace(3200.0, 300.0, n).astype("<f4")
    y = np.stack([np.random.default_rng(i).poisson(500, n) for i in range(n_spectra)]).astype("<f4")
    head = struct.pack(
        "<IIQQ16s12xIIIQQIIII24s4HIIQQIf48x32s160s80x32x",
        *(0x31464457, 1, 512, 0, b"0123456789abcdef", 0, 0, n, n_spectra, n_spectra, 1, 1, n, 1, b"WiRE", 5, 5, 0, 0),
        *(
            1,
            1 if n_spectra == 1 else 2,
            133_000_000_000_000_000,
            133_000_000_600_000_000,
            6,
            12739.0,
            b"Sato",
            b"PP01",
        ),
    )
    head = head.ljust(512, b"\0")[:512]
    data = struct.pack("<4sIQ", b"DATA", 0, 16 + y.nbytes) + y.tobytes()
    axis = struct.pack("<4sIQII", b"XLST", 0, 24 + x.nbytes, 19, 1) + x.tobytes()
    return head + data + axis


def nexus(n: int = 801, *, compression: str | None = None, fletcher32: bool = True) -> bytes:
    """A NeXus file with a default plot."""
    import h5py

    x, y = pattern(n)
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["default"] = "entry"
        entry = file.create_group("entry")
        entry.attrs.update({"NX_class": "NXentry", "default": "data"})
        entry["definition"], entry["title"], entry["start_time"] = "NXxrd_pan", "PP01", "2025-11-21T08:32:31+09:00"
        entry.create_group("sample").attrs["NX_class"] = "NXsample"
        entry["sample/name"] = "PP01-C003-02-S1"
        data = entry.create_group("data")
        data.attrs.update({"NX_class": "NXdata", "signal": "intensity", "axes": ["two_theta"]})
        for name, values, unit in (("two_theta", x, "deg"), ("intensity", y, "counts")):
            data.create_dataset(name, data=values, compression=compression, fletcher32=fletcher32).attrs["units"] = unit
    return buffer.getvalue()


def micrograph(rows: int = 120, columns: int = 160) -> np.ndarray:
    """Grey dots on a ground."""
    rng = np.random.default_rng(3)
    return (120 + 60 * np.sin(np.arange(columns) / 9) + rng.normal(0, 8, (rows, columns))).clip(0, 255).astype(np.uint8)


def png(pixels: np.ndarray | None = None, *, per_metre: int | None = 2_000_000) -> bytes:
    """A PNG file of grey bytes, with its pixels a metre."""
    grey = micrograph() if pixels is None else pixels
    rows, columns = grey.shape
    raw = b"".join(b"\0" + row.tobytes() for row in grey)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0))]
    if per_metre:
        chunks.append((b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)))
    packed = zlib.compress(raw)
    chunks += [(b"IDAT", packed[i : i + 4096]) for i in range(0, len(packed), 4096)] + [(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, body) for name, body in chunks)


def png_chunk(name: bytes, body: bytes) -> bytes:
    """One chunk with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def tiff(pixels: np.ndarray | None = None, **options: object) -> bytes:
    """A TIFF file as `tifffile` writes it; 25,000 pixels a centimetre where nothing else is asked for."""
    import tifffile

    buffer = io.BytesIO()
    asked = options or {"resolution": (25_000, 25_000), "resolutionunit": "CENTIMETER"}
    tifffile.imwrite(buffer, micrograph() if pixels is None else pixels, **asked)  # type: ignore[arg-type]
    return buffer.getvalue()


def real(name: str) -> Callable[[], bytes]:
    """The bytes of a real file, when they are asked for."""
    return lambda: (REAL / name).read_bytes()


FILES: Mapping[str, Mapping[str, Callable[[], bytes]]] = {
    "opus": {"ftir_ps.0": real("ftir_ps.0")},
    "jcamp": {
        "fitr_nitrocellulose.jdx": real("fitr_nitrocellulose.jdx"),
        **{
            f"own_{form.lower()}.jdx": (lambda form=form: jcamp(form=form))
            for form in ("AFFN", "PAC", "SQZ", "DIF", "DUP")
        },
    },
    "spc": {"SINGLE_POLYMER_FILM.SPC": real("SINGLE_POLYMER_FILM.SPC"), "own.spc": lambda: spc(n_sub=3, log="A=1")},
    "perkinelmer_ascii": {"ftir_ldpe_soil.asp": real("ftir_ldpe_soil.asp")},
    "xrdml": {"XRD-918-16_10.xrdml": real("XRD-918-16_10.xrdml"), "own_2.xrdml": xrdml_2},
    "ras": {"own.ras": ras},
    "hdf5": {"own.nxs": nexus, "own_gzip.nxs": lambda: nexus(compression="gzip")},
    "image": {"own.png": png, "own.tif": tiff},
    "wdf": {"own.wdf": wdf},
}
"""Files to damage, by reader and name."""
