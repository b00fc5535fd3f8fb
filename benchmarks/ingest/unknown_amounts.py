"""Tables of results as exported, a specimen a row or a column."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.unknown_truth import Export, Piece

__all__ = ["more_tables", "tables"]

M = 90


def tables() -> Iterator[Export]:
    """A specimen a row, or a column."""
    xrf = (
        "Sample Name;Date;SiO2 (wt%);CaO (wt%);TiO2 (ppm);Fe2O3 (wt%);Remark\r\n"
        "PP-C14;12.06.2025;12,41;3,02;118;0,051;\r\n"
        "PP-C15;12.06.2025;8,77;2,94;< LOD;0,048;pellet cracked\r\n"
        "PP-C16;12.06.2025;< LOD;0,11;< LOD;< 0,005;\r\n"
        "PP-C17;13.06.2025;9,13;3,3;97;0,05;\r\n"
    )
    yield Export(
        name="xrf_oxides.csv",
        imitates="XRF, oxides, '< LOD', remarks, decimal comma",
        data=xrf.encode("cp1252"),
        modality="XRF",
        pieces=[
            Piece(
                specimen="PP-C14",
                amounts={
                    "sio2": (12.41, "wt%", ""),
                    "cao": (3.02, "wt%", ""),
                    "tio2": (118, "ppm", ""),
                    "fe2o3": (0.051, "wt%", ""),
                },
            ),
            Piece(
                specimen="PP-C15",
                amounts={"sio2": (8.77, "wt%", ""), "cao": (2.94, "wt%", ""), "fe2o3": (0.048, "wt%", "")},
            ),
            Piece(specimen="PP-C16", amounts={"cao": (0.11, "wt%", ""), "fe2o3": (0.005, "wt%", "<")}),
            Piece(
                specimen="PP-C17",
                amounts={
                    "sio2": (9.13, "wt%", ""),
                    "cao": (3.3, "wt%", ""),
                    "tio2": (97, "ppm", ""),
                    "fe2o3": (0.05, "wt%", ""),
                },
            ),
        ],
    )
    mfr = (
        "MFR 230 °C / 2.16 kg\nOperator: Mori\n\nSample\tMFR (g/10 min)\tn\tRemark\n"
        "PP-C14\t12.43\t6\t\nPP-C15\t11.86\t6\tfoamed\nPP-C16\t> 60\t2\truns through\n"
        "PP-C17\t13.10\t6\t\n"
    )
    yield Export(
        name="mfr_remarks.txt",
        imitates="melt flow, lines over the table, remarks, one limit",
        data=mfr.encode(),
        modality="MFR",
        pieces=[
            Piece(specimen="PP-C14", amounts={"mfr": (12.43, "g/10 min", ""), "n": (6, "", "")}),
            Piece(specimen="PP-C15", amounts={"mfr": (11.86, "g/10 min", ""), "n": (6, "", "")}),
            Piece(specimen="PP-C16", amounts={"mfr": (60, "g/10 min", ">"), "n": (2, "", "")}),
            Piece(specimen="PP-C17", amounts={"mfr": (13.10, "g/10 min", ""), "n": (6, "", "")}),
        ],
    )
    density = (
        "Probe;Masse Luft [g];Masse Wasser [g];Dichte [g/cm³]\n"
        "PP-C14;1,2043;0,0000;0,9051\nPP-C15;1,1987;0,0112;0,9124\n"
        "PP-C16;1,2110;0,2140;1,2105\n"
    )
    yield Export(
        name="dichte.csv",
        imitates="density by immersion, decimal comma",
        data=density.encode("cp1252"),
        modality="density",
        pieces=[
            Piece(
                specimen=f"PP-C{14 + k}",
                amounts={"masse_luft": (a, "g", ""), "masse_wasser": (b, "g", ""), "density": (c, "g/cm³", "")},
            )
            for k, (a, b, c) in enumerate([(1.2043, 0, 0.9051), (1.1987, 0.0112, 0.9124), (1.211, 0.214, 1.2105)])
        ],
    )
    ash = (
        "灰分測定結果,,,\r\n測定日,2025/06/12,,\r\n試料名,るつぼ番号,試料質量(g),灰分(%)\r\n"
        "PP-C14,3,2.0312,20.13\r\nPP-C15,4,1.9987,19.87\r\nPP-C16,7,2.0105,0.02\r\n"
    )
    yield Export(
        name="ash_sjis.csv",
        imitates="ash, Shift-JIS, a title and a date over the table",
        data=ash.encode("cp932"),
        modality="ash",
        pieces=[
            Piece(
                specimen=f"PP-C{14 + k}",
                amounts={"るつぼ番号": (n, "", ""), "試料質量": (m, "g", ""), "ash": (a, "%", "")},
            )
            for k, (n, m, a) in enumerate([(3, 2.0312, 20.13), (4, 1.9987, 19.87), (7, 2.0105, 0.02)])
        ],
    )
    turned = (
        "Property\tUnit\tPP-C14\tPP-C15\tPP-C16\nDensity\tg/cm3\t0.905\t0.912\t1.021\n"
        "MFR\tg/10 min\t12.4\t11.9\t8.4\nAsh content\t%\t20.1\t19.9\t0.1\n"
    )
    yield Export(
        name="turned.txt",
        imitates="samples in columns, a property a row",
        data=turned.encode(),
        modality="",
        pieces=[
            Piece(
                specimen=f"PP-C{14 + k}",
                amounts={"density": (d, "g/cm3", ""), "mfr": (m, "g/10 min", ""), "ash": (a, "%", "")},
            )
            for k, (d, m, a) in enumerate([(0.905, 12.4, 20.1), (0.912, 11.9, 19.9), (1.021, 8.4, 0.1)])
        ],
    )
    sizes = (
        "Specimen;Tensile strength;Modulus;Elongation\n;MPa;MPa;%\n"
        "PP-C14;31,2;1.523,5;14,2\nPP-C15;30,8;1.498,0;12,9\nPP-C16;29,9;2.104,25;8,1\n"
        "Mean;30,63;1.708,58;11,73\n"
    )
    yield Export(
        name="results_mean.csv",
        imitates="results of bars, row of units, 1.523,5, a mean at the end",
        data=sizes.encode("cp1252"),
        modality="",
        pieces=[
            Piece(
                specimen=f"PP-C{14 + k}",
                amounts={"tensile_strength": (s, "MPa", ""), "modulus": (m, "MPa", ""), "elongation": (e, "%", "")},
            )
            for k, (s, m, e) in enumerate([(31.2, 1523.5, 14.2), (30.8, 1498.0, 12.9), (29.9, 2104.25, 8.1)])
        ],
    )


def more_tables() -> Iterator[Export]:
    """More of them."""
    charpy = (
        "Charpy ISO 179-1/1eA;;;;\nDatum;12.06.2025;;;\n\n"
        "Probe;Pendel [J];Kerbschlagzähigkeit [kJ/m²];Brucharten;Bemerkung\n"
        "PP-C14;4;5,21;C;\nPP-C14;4;5,44;C;\nPP-C15;4;38,2;P;klemmt\n"
        "PP-C15;4;;N;kein Bruch\n"
    )
    yield Export(
        name="schlag.csv",
        imitates="impact, one bar a row, kinds of break, a bar that did not break",
        data=charpy.encode("cp1252"),
        modality="charpy",
        pieces=[
            Piece(specimen="PP-C14", amounts={"pendel": (4, "J", ""), "impact_strength": (5.21, "kJ/m²", "")}),
            Piece(specimen="PP-C14", amounts={"pendel": (4, "J", ""), "impact_strength": (5.44, "kJ/m²", "")}),
            Piece(specimen="PP-C15", amounts={"pendel": (4, "J", ""), "impact_strength": (38.2, "kJ/m²", "")}),
            Piece(specimen="PP-C15", amounts={"pendel": (4, "J", "")}),
        ],
    )
    zwick = (
        "Serie:;PP-C14\nLegende;Nr;Et;σM;εM\n;;MPa;MPa;%\nx;1;1523;31,2;9,1\n"
        "x;2;1498;30,9;9,4\nx;3;1541;31,5;8,8\n;;;;\nSerie;Et;σM;εM;\nn = 3;MPa;MPa;%;\n"
        "x;1521;31,2;9,1;\ns;21,6;0,3;0,3;\n"
    )
    yield Export(
        name="legende.csv",
        imitates="results of a testing machine, statistics in another table below",
        data=zwick.encode(),
        modality="",
        pieces=[
            Piece(amounts={"et": (e, "MPa", ""), "σm": (s, "MPa", ""), "εm": (d, "%", "")})
            for e, s, d in [(1523, 31.2, 9.1), (1498, 30.9, 9.4), (1541, 31.5, 8.8)]
        ],
    )
    vicat = (
        "No.\tSample ID\tTest date\tVicat B50 (°C)\tHDT A (°C)\n"
        "1\tPP-C14\t2025/06/12\t92.1\t61.0\n2\tPP-C15\t2025/06/12\t95.4\t64.5\n"
        "3\tPP-C16\t2025/06/13\t101.0\t70.2\n"
    )
    yield Export(
        name="vicat.txt",
        imitates="heat distortion, counted rows, a date in each",
        data=vicat.encode(),
        modality="",
        pieces=[
            Piece(specimen=f"PP-C{14 + n}", amounts={"vicat_b50": (v, "°C", ""), "hdt_a": (h, "°C", "")})
            for n, (v, h) in enumerate([(92.1, 61.0), (95.4, 64.5), (101.0, 70.2)])
        ],
    )
    elements = (
        "Element;PP-C14;PP-C15;PP-C16\n;mg/kg;mg/kg;mg/kg\nTi;118;97;< 5\n"
        "Al;45,2;44,1;12\nFe;8,1;7,9;< 2\nMg;3,3;3,1;2,9\n"
    )
    yield Export(
        name="elements.csv",
        imitates="XRF, elements in rows, samples in columns",
        data=elements.encode(),
        modality="",
        pieces=[
            Piece(
                specimen="PP-C14",
                amounts={
                    "ti": (118, "mg/kg", ""),
                    "al": (45.2, "mg/kg", ""),
                    "fe": (8.1, "mg/kg", ""),
                    "mg": (3.3, "mg/kg", ""),
                },
            ),
            Piece(
                specimen="PP-C15",
                amounts={
                    "ti": (97, "mg/kg", ""),
                    "al": (44.1, "mg/kg", ""),
                    "fe": (7.9, "mg/kg", ""),
                    "mg": (3.1, "mg/kg", ""),
                },
            ),
            Piece(
                specimen="PP-C16",
                amounts={
                    "ti": (5, "mg/kg", "<"),
                    "al": (12, "mg/kg", ""),
                    "fe": (2, "mg/kg", "<"),
                    "mg": (2.9, "mg/kg", ""),
                },
            ),
        ],
    )
