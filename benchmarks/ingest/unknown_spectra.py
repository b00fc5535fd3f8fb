"""Spectra, diffractograms and chromatograms as exported, from numbers that are known."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.unknown_numbers import rounded, spelled, written
from benchmarks.ingest.unknown_truth import Export, Piece

__all__ = ["chromatograms", "more_spectra", "spectra"]

N = 120
M = 90


def spectra() -> Iterator[Export]:
    """Raman, FT-IR and diffraction."""
    shift = rounded(200 + 2.37 * np.arange(N), 2)
    counts = rounded(812 + 4000 * np.exp(-(((shift - 398) / 6) ** 2)), 2)
    yield Export(
        name="raman_hash.txt",
        imitates="Raman, # before fields and names",
        data=(
            "# Sample: PP-C14\n# Laser: 785 nm\n# Integration time: 10 s\n# Raman shift (cm-1)\tIntensity (counts)\n"
            + written([shift, counts], [2, 2], "\t")
            + "\n"
        ).encode(),
        modality="Raman",
        pieces=[
            Piece(
                specimen="PP-C14",
                channels={("raman_shift", "cm-1"): shift, ("intensity", "counts"): counts},
                conditions={"laser_wavelength": (785, "nm")},
            )
        ],
    )
    wave = rounded(4000 - 3.857 * np.arange(N), 3)
    names = [f"PP-C{14 + k}" for k in range(6)]
    values = [rounded(0.02 + 0.1 * k + 0.5 * np.exp(-(((wave - 3700) / 40) ** 2)), 5) for k in range(6)]
    wide = (
        "sample\tbatch\t"
        + "\t".join(f"{v:.3f}" for v in wave)
        + "\n"
        + "".join(
            f"{n}\tB{k}\t" + "\t".join(f"{v:.5f}" for v in row) + "\n"
            for k, (n, row) in enumerate(zip(names, values, strict=True))
        )
    )
    yield Export(
        name="opus_matrix.txt",
        imitates="FT-IR, a spectrum a row, wavenumbers in the header",
        data=wide.encode(),
        modality="",
        pieces=[
            Piece(specimen=n, channels={("x", ""): wave, ("intensity", ""): v})
            for n, v in zip(names, values, strict=True)
        ],
    )
    tall = (
        "cm-1;"
        + ";".join(names)
        + "\r\n"
        + "\r\n".join(
            ";".join([spelled(x, 3, ","), *(spelled(v[i], 5, ",") for v in values)]) for i, x in enumerate(wave)
        )
        + "\r\n"
    )
    yield Export(
        name="spectra_columns.csv",
        imitates="FT-IR, a spectrum a column, decimal comma",
        data=tall.encode("cp1252"),
        modality="",
        pieces=[
            Piece(specimen=n, channels={("wavenumber", "cm-1"): wave, ("intensity", ""): v})
            for n, v in zip(names, values, strict=True)
        ],
    )
    theta = rounded(5 + 0.02 * np.arange(N), 3)
    photons = np.round(120 + 900 * np.exp(-(((theta - 6.2) / 0.2) ** 2)))
    uxd = (
        "; PP-C14.uxd\n_FILEVERSION=2\n_SAMPLE='PP-C14'\n_ANODE='Cu'\n_WL1=1.54060\n"
        "; (Data for Range number 1)\n_STEPTIME=1.000000\n_STEPSIZE=0.020000\n"
        "_START=5.000000\n_2THETACOUNTS\n"
    )
    yield Export(
        name="uxd.uxd",
        imitates="diffraction, _KEY=value, no row of names",
        data=(uxd + "".join(f"      {a:7.3f}       {b:.0f}\n" for a, b in zip(theta, photons, strict=True))).encode(),
        modality="",
        pieces=[Piece(specimen="PP-C14", channels={("x", ""): theta, ("y", ""): photons})],
    )


def more_spectra() -> Iterator[Export]:
    """More of them."""
    k = np.arange(M)
    nm, values = (
        rounded(350 + 2.0 * k, 1),
        [rounded(0.1 * n + 0.3 * np.exp(-(((k - 30) / 8) ** 2)), 4) for n in range(4)],
    )
    yield Export(
        name="numbered_columns.csv",
        imitates="UV-Vis, a spectrum a column, names that are numbers",
        data=(
            "Wavelength (nm);101;102;103;104\n"
            + "".join(f"{x:.1f};" + ";".join(f"{v[i]:.4f}" for v in values) + "\n" for i, x in enumerate(nm))
        ).encode(),
        modality="",
        pieces=[
            Piece(specimen=str(101 + n), channels={("wavelength", "nm"): nm, ("intensity", ""): v})
            for n, v in enumerate(values)
        ],
    )
    theta, counts = rounded(5 + 0.05 * k, 2), np.round(200 + 3000 * np.exp(-(((k - 50) / 6) ** 2)))
    ras = '*RAS_LIKE\n*SAMPLE = "PP-C14"\n*START = 5.00\n*STOP = 9.45\n*STEP = 0.05\n*COUNT = 90\n'
    yield Export(
        name="starred.asc",
        imitates="diffraction, * before fields, counts with grouped thousands",
        data=(
            ras
            + "2theta (deg)\tIntensity (counts)\n"
            + "".join(f"{a:.2f}\t{b:,.0f}\n" for a, b in zip(theta, counts, strict=True))
        ).encode(),
        modality="WAXS",
        pieces=[Piece(specimen="PP-C14", channels={("two_theta", "°"): theta, ("intensity", "counts"): counts})],
    )
    yield Export(
        name="beside_raman.csv",
        imitates="Raman, shift and intensity for each of three specimens, named over them",
        data=(
            (
                "PP-C14,,PP-C15,,PP-C16,\n"
                "Raman Shift (cm-1),Intensity,Raman Shift (cm-1),Intensity,Raman Shift (cm-1),Intensity\n"
            )
            + "".join(
                ",".join(f"{x + 0.5 * n:.1f},{100 * v[i]:.3f}" for n, v in enumerate(values[:3])) + "\n"
                for i, x in enumerate(nm)
            )
        ).encode(),
        modality="Raman",
        pieces=[
            Piece(
                label=f"PP-C{14 + n}",
                channels={
                    ("raman_shift", "cm-1"): rounded(nm + 0.5 * n, 1),
                    ("intensity", ""): rounded(100 * values[n], 3),
                },
            )
            for n in range(3)
        ],
    )


def chromatograms() -> Iterator[Export]:
    """Slices of a molar-mass distribution with its averages."""
    log_m = np.array([float(f"{3 + 0.05 * k:.4f}") for k in range(N)])
    share = np.array([float(f"{v:.6f}") for v in np.exp(-((log_m - 5.1) ** 2))])
    total = np.array([float(f"{v:.6f}") for v in np.cumsum(share) / share.sum()])
    text = (
        "Sample Name:\tPP-C14\r\nInjection volume:\t200 µL\r\nMn:\t45210 g/mol\r\n"
        "Mw:\t212400 g/mol\r\nPDI:\t4.698\r\n\r\nlog M\tdw/dlogM\tCumulative\r\n"
    )
    text += "\r\n".join(f"{a:.4f}\t{b:.6f}\t{c:.6f}" for a, b, c in zip(log_m, share, total, strict=True))
    text += "\r\n\r\n"
    yield Export(
        name="gpc_slices.txt",
        imitates="GPC, slices with the moments in the fields over them",
        data=text.encode("cp1252"),
        modality="GPC",
        pieces=[
            Piece(
                specimen="PP-C14",
                channels={
                    ("log_molar_mass", ""): log_m,
                    ("weight_fraction", ""): share,
                    ("cumulative_fraction", ""): total,
                },
            )
        ],
    )
    behind = "Sample Name,PP-C15\nColumn,Mixed-B\nSlice,RT (min),Log MW,dwt/d(logM),Cumulative\n"
    minutes = np.array([float(f"{12 + 0.07 * k:.3f}") for k in range(N)])
    behind += "".join(
        f"{k},{t:.3f},{a:.4f},{b:.6f},{c:.6f}\n"
        for k, (t, a, b, c) in enumerate(zip(minutes, log_m[::-1], share[::-1], total, strict=True), start=1)
    )
    behind += "\nMoments\nMn,45210\nMw,212400\nMz,601000\nPD,4.698\n"
    yield Export(
        name="gpc_moments.csv",
        imitates="GPC, slices with a block of moments behind them",
        data=behind.encode(),
        modality="GPC",
        pieces=[
            Piece(
                specimen="PP-C15",
                channels={
                    ("retention_time", "min"): minutes,
                    ("log_molar_mass", ""): log_m[::-1],
                    ("weight_fraction", ""): share[::-1],
                    ("cumulative_fraction", ""): total,
                },
            )
        ],
    )
