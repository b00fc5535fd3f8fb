"""Exports that invite a wrong number: what cannot be known of them has to be refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.unknown_numbers import rounded
from benchmarks.ingest.unknown_truth import Export, Piece

__all__ = ["pitfalls", "unreadable"]

N = 60
K = np.arange(N)


def pitfalls() -> Iterator[Export]:
    """Files that can be read."""
    strain = rounded(0.1 * K, 2)
    stress = [rounded((20 + bar) * (1 - np.exp(-strain)), 3) for bar in range(3)]
    for name, called in (("long_named.csv", "PP-C{}"), ("long_numbered.csv", "{}")):
        names = [called.format(14 + bar) for bar in range(3)]
        rows = (
            f"{n};{e:.2f};{s:.3f}\n"
            for n, values in zip(names, stress, strict=True)
            for e, s in zip(strain, values, strict=True)
        )
        yield Export(
            name=name,
            imitates="tensile, bars one below the other, their name in each row",
            data=("Specimen;Strain [%];Stress [MPa]\n" + "".join(rows)).encode(),
            modality="tensile",
            pieces=[
                Piece(specimen=n, channels={("strain", "%"): strain, ("stress", "MPa"): v})
                for n, v in zip(names, stress, strict=True)
            ],
        )
    counts = 900.0 + 17 * K
    yield Export(
        name="counts_grouped.csv",
        imitates="diffraction, German, counts of a thousand as 1.002, none with a comma",
        data=(
            "Winkel [°];Counts\n"
            + "".join(f"{a:.0f};{n:,.0f}\n".replace(",", ".") for a, n in zip(K + 5, counts, strict=True))
        ).encode(),
        modality="WAXS",
        pieces=[Piece(channels={("two_theta", "°"): K + 5.0, ("intensity", "counts"): counts})],
    )
    seconds, travel, force = rounded(0.1 * K, 1), rounded(0.02 * K, 3), rounded(7.1 * K, 2)
    results = (
        "Results Table 1\nSpecimen,Width (mm),Thickness (mm),Modulus (MPa)\n1,10.02,4.01,1523\n2,10.01,4.02,1498\n\n"
    )
    rows = (f"{t:.1f},{x:.3f},{f:.2f}\n" for t, x, f in zip(seconds, travel, force, strict=True))
    yield Export(
        name="results_then_raw.csv",
        imitates="tensile, a table of results over the raw data",
        data=(results + "Raw data\nTime (s),Extension (mm),Load (N)\n" + "".join(rows)).encode(),
        modality="tensile",
        pieces=[
            Piece(specimen="", channels={("time", "s"): seconds, ("extension", "mm"): travel, ("force", "N"): force})
        ],
    )
    temperature, mass = 30.0 + K, rounded(10 - K / 20, 3)
    yield Export(
        name="sample_in_rows.csv",
        imitates="TG, the sample's name in each row, C for °C",
        data=(
            "Sample,Temperature (C),Mass (mg)\n"
            + "".join(f"PP-C14,{t:.0f},{m:.3f}\n" for t, m in zip(temperature, mass, strict=True))
        ).encode(),
        modality="TG",
        pieces=[Piece(specimen="PP-C14", channels={("temperature", "°C"): temperature, ("mass", "mg"): mass})],
    )
    flow = rounded(np.sin(K / 9), 4)
    yield Export(
        name="maximum_behind.txt",
        imitates="tensile, a maximum in a row behind the numbers",
        data=(
            "Strain (%)\tStress (MPa)\n"
            + "".join(f"{e:.2f}\t{s:.3f}\n" for e, s in zip(strain, stress[0], strict=True))
            + "Maximum\t19.9\n"
        ).encode(),
        modality="tensile",
        pieces=[Piece(channels={("strain", "%"): strain, ("stress", "MPa"): stress[0]})],
    )
    spread = (
        "Sample,Tensile strength [MPa],Modulus [GPa]\nPP-C14,31.2 ± 0.4,1.52 ± 0.03\nPP-C15,30.8 ± 0.3,1.49 ± 0.02\n"
    )
    yield Export(
        name="with_spread.csv",
        imitates="results with their spread in the cell",
        data=spread.encode(),
        modality="",
        pieces=[
            Piece(
                specimen=n,
                amounts={
                    "tensile_strength": (a, "MPa", ""),
                    "tensile_strength_sd": (b, "MPa", ""),
                    "modulus": (c, "GPa", ""),
                    "modulus_sd": (d, "GPa", ""),
                },
            )
            for n, a, b, c, d in [("PP-C14", 31.2, 0.4, 1.52, 0.03), ("PP-C15", 30.8, 0.3, 1.49, 0.02)]
        ],
    )
    yield Export(
        name="percent_in_cells.csv",
        imitates="ash, the unit in each cell",
        data=b"sample;Ash;Moisture\nPP-C14;20,1 %;0,12 %\nPP-C15;19,9 %;0,11 %\n",
        modality="ash",
        pieces=[
            Piece(specimen="PP-C14", amounts={"ash": (20.1, "%", ""), "moisture": (0.12, "%", "")}),
            Piece(specimen="PP-C15", amounts={"ash": (19.9, "%", ""), "moisture": (0.11, "%", "")}),
        ],
    )
    heads = "Probe temperature\tSample\tHeat\n(set)\ttemperature\tflow\n°C\t°C\tmW\n"
    yield Export(
        name="names_in_two_rows.txt",
        imitates="DSC, each name over two rows",
        data=(heads + "".join(f"{30 + k}\t{29.5 + k}\t{v:.4f}\n" for k, v in zip(K, flow, strict=True))).encode(),
        modality="DSC",
        pieces=[
            Piece(
                channels={
                    ("probe_temperature_set", "°C"): 30.0 + K,
                    ("temperature", "°C"): 29.5 + K,
                    ("heat_flow", "mW"): flow,
                }
            )
        ],
    )


def unreadable() -> Iterator[Export]:
    """Files that nobody can read for sure."""
    say = {"modality": "", "pieces": ()}
    yield Export(
        name="comma_comma.csv",
        imitates="TG, commas that are decimal and part cells",
        data=(
            "Zeit/min,Temp./°C,Masse/%\n"
            + "".join(f"{k / 2:.3f};{30 + k:.2f};{100 - k / 3:.3f}\n".replace(".", ",").replace(";", ",") for k in K)
        ).encode("cp1252"),
        **say,
    )
    yield Export(
        name="minutes_seconds.csv",
        imitates="TG, m:ss or h:mm",
        data=(
            "Time;Temp (°C);Mass (mg)\n"
            + "".join(f"{k // 6}:{k % 6 * 10:02d};{30 + k}.5;{10 - k / 20:.3f}\n" for k in K)
        ).encode(),
        **say,
    )
    rows = "".join(f"{k}\t{30 + k}\t{k % 7}.5\n" for k in range(30))
    yield Export(
        name="begins_anew.txt",
        imitates="DSC, time begins anew without a word",
        data=("Time (s)\tTemp (°C)\tHeat Flow (mW)\n" + rows + rows).encode(),
        **say,
    )
    yield Export(
        name="torn_row.csv",
        imitates="DSC, a row that lost its end",
        data=(
            "Time (s);Temp (°C);Heat Flow (mW)\n"
            + "".join(f"{k};{30 + k}.5;0.{k:03d}\n" if k != 31 else f"{k};6\n" for k in K)
        ).encode(),
        **say,
    )
    yield Export(
        name="either_mark.txt",
        imitates="tensile, 1,234 beside nothing that tells",
        data=(
            "Extension (mm)\tForce (N)\n" + "".join(f"{k}\t{k + 1},{k * 7 % 1000:03d}\n" for k in range(100, 160))
        ).encode(),
        **say,
    )
