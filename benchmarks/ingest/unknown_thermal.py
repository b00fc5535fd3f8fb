"""TG and DSC as the software of instruments exports them, from numbers that are known."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.unknown_numbers import rounded, written
from benchmarks.ingest.unknown_truth import Export, Piece

__all__ = ["more_thermal", "thermal"]

N = 120
M = 90


def thermal() -> Iterator[Export]:
    """TG and DSC."""
    rise = rounded(30 + 4.5 * np.arange(N), 3)
    minutes = rounded(np.arange(N) * 0.45, 4)
    mass = rounded(100 - 80 / (1 + np.exp(-(rise - 440) / 12)), 4)
    head = (
        "#EXPORTTYPE:DATA ALL\r\n#FILE:PP-C14.ngb-dt9\r\n#FORMAT:NETZSCH5\r\n"
        "#IDENTITY:C14\r\n#SAMPLE:PP-C14\r\n#SAMPLE MASS /mg:10,312\r\n"
    )
    head += "#DECIMAL:COMMA\r\n#SEPARATOR:SEMICOLON\r\n#RANGE:30,0/10,0(K/min)/565,5\r\n#SEGMENT:S1/1\r\n\r\n"
    yield Export(
        name="netzsch_tg.csv",
        imitates="TG, cp1252, ## before the first name, decimal comma",
        data=(
            head
            + "##Temp./°C;Zeit/min;Masse/%\r\n"
            + written([rise, minutes, mass], [3, 4, 4], ";", ",", "\r\n")
            + "\r\n"
        ).encode("cp1252"),
        modality="TG",
        pieces=[
            Piece(
                specimen="PP-C14",
                channels={("temperature", "°C"): rise, ("time", "min"): minutes, ("mass", "%"): mass},
                conditions={"mass": (10.312, "mg")},
            )
        ],
    )
    up, down = rounded(25 + 1.5 * np.arange(N), 2), rounded(25 + 1.5 * np.arange(N), 2)[::-1]
    program = np.concatenate([up, down[1:], up[1:]])
    seconds = rounded(9.0 * np.arange(len(program)), 1)
    flow = rounded(-0.4 + 0.6 * np.exp(-(((program - 165) / 8) ** 2)), 4)
    rows = "\r\n".join(
        f"{k},{s:.1f},{t:.2f},{h:.4f}" for k, (s, t, h) in enumerate(zip(seconds, program, flow, strict=True), start=1)
    )
    text = (
        "[ファイル情報]\r\n測定装置,示差走査熱量計\r\n試料名,PP-C14\r\n試料量,5.020 mg\r\n測定者,山田\r\n"
        "測定日,2025/06/12 10:21:33\r\n雰囲気,窒素 50 ml/min\r\n\r\n[データ]\r\n番号,時間,温度,DSC\r\n"
        ",sec,℃,mW\r\n"
    )
    yield Export(
        name="hitachi_dsc.csv",
        imitates="DSC, Shift-JIS, Japanese block of fields, index, row of units",
        data=(text + rows + "\r\n").encode("cp932"),
        modality="DSC",
        pieces=[
            Piece(
                specimen="PP-C14",
                channels={("time", "s"): seconds, ("temperature", "°C"): program, ("heat_flow", "mW"): flow},
                conditions={"mass": (5.02, "mg")},
                n_segments=3,
            )
        ],
    )
    t2 = rounded(np.arange(N) * 0.2, 4)
    heat2, mass2, rate2 = rounded(rise / 2, 3), rounded(mass / 10, 5), rounded(np.gradient(mass), 5)
    sig = (
        "CLOSED\t0\r\nVersion\t5.4A\r\nInstrument\tTGA Q500 V20.13\r\nOperator\tMori\r\n"
        "Sample\tPP-C22\r\nSize\t12.4810\tmg\r\nMethod\tRamp\r\nComment\tpan 7\r\n"
        "Xcomment\tPan: Platinum\r\nNsig\t4\r\nSig1\tTime (min)\r\n"
        "Sig2\tTemperature (°C)\r\nSig3\tWeight (mg)\r\nSig4\tDeriv. Weight (%/°C)\r\n"
        "Date\t12-Jun-25\r\nTime\t09:14:02\r\n"
        "OrgMethod\t1: Ramp 20.00 °C/min to 600.00 °C\r\nStartOfData\r\n"
    )
    yield Export(
        name="universal_tga.txt",
        imitates="TG, UTF-16, signals listed over StartOfData",
        data=b"\xff\xfe"
        + (sig + written([t2, heat2, mass2, rate2], [4, 3, 5, 5], "\t", ".", "\r\n") + "\r\n").encode("utf-16-le"),
        modality="TG",
        pieces=[
            Piece(
                specimen="PP-C22",
                channels={
                    ("time", "min"): t2,
                    ("temperature", "°C"): heat2,
                    ("mass", "mg"): mass2,
                    ("mass_rate", "%/°C"): rate2,
                },
                conditions={"mass": (12.481, "mg")},
            )
        ],
    )
    index = np.arange(N)
    ts, tr, value = (
        rounded(25 + index * 0.9, 3),
        rounded(25.4 + index * 0.9, 3),
        rounded(-1.2 + 0.8 * np.exp(-(((index - 80) / 6) ** 2)), 6),
    )
    lines = "\r\n".join(
        f"{i:12d}{60.0 * i / 10:12.1f}{s:12.3f}{r:12.3f}{v:14.6f}"
        for i, s, r, v in zip(index, ts, tr, value, strict=True)
    )
    mettler = (
        "Curve Name:\r\n  performed, 12.06.2025 10:03:11, PP-C14\r\nCurve Values:\r\n"
        "       Index           t          Ts          Tr         Value\r\n"
        "         []         [s]        [°C]        [°C]          [mW]\r\n"
    )
    yield Export(
        name="stare_dsc.txt",
        imitates="DSC, blanks, 'Curve Values:', index, names and units in columns",
        data=(mettler + lines + "\r\n").encode("cp1252"),
        modality="",
        pieces=[
            Piece(
                channels={
                    ("time", "s"): 6.0 * index,
                    ("temperature", "°C"): ts,
                    ("reference_temperature", "°C"): tr,
                    ("value", "mW"): value,
                }
            )
        ],
    )
    pyris = (
        "Filename:\tC:\\Pyris\\PP-C30.ds7d\r\nOperator ID:\tNoda\r\n"
        "Sample ID:\tPP-C30\r\nSample Weight:\t4.870 mg\r\n"
        "1) Heat from 30.00°C to 200.00°C at 20.00°C/min\r\n\r\n"
        "\tTime\tUnsubtracted Heat Flow\tBaseline Heat Flow\tProgram Temperature\tSample Temperature\r\n"
        "\tmin\tmW\tmW\t°C\t°C\r\n"
    )
    base, prog, own = (
        rounded(np.zeros(N) + 0.01 * index, 4),
        rounded(30 + 1.4 * index, 2),
        rounded(29.7 + 1.4 * index, 2),
    )
    body = "\r\n".join(
        f"\t{a:.4f}\t{b:.6f}\t{c:.4f}\t{d:.2f}\t{e:.2f}"
        for a, b, c, d, e in zip(minutes, value, base, prog, own, strict=True)
    )
    yield Export(
        name="pyris_dsc.txt",
        imitates="DSC, an empty cell before each row, method among the fields",
        data=(pyris + body + "\r\n").encode("cp1252"),
        modality="DSC",
        pieces=[
            Piece(
                specimen="PP-C30",
                channels={
                    ("time", "min"): minutes,
                    ("heat_flow", "mW"): value,
                    ("baseline_heat_flow", "mW"): base,
                    ("program_temperature", "°C"): prog,
                    ("temperature", "°C"): own,
                },
                conditions={"mass": (4.87, "mg")},
            )
        ],
    )
    cr = (
        "Sample:\tPP-C31\rDate:\t2025-06-13\rTime [s]\tTemp [°C]\tTG [mg]\tDTA [μV]\r"
        + written([minutes, rise, mass2, value], [4, 3, 5, 6], "\t", ".", "\r")
        + "\r"
    )
    yield Export(
        name="old_mac.txt",
        imitates="TG-DTA, lone carriage returns",
        data=cr.encode(),
        modality="TG",
        pieces=[
            Piece(
                specimen="PP-C31",
                channels={
                    ("time", "s"): minutes,
                    ("temperature", "°C"): rise,
                    ("mass", "mg"): mass2,
                    ("delta_temperature", "μV"): value,
                },
            )
        ],
    )
    yield Export(
        name="stamped.csv",
        imitates="TG with clock times h:mm:ss and temperatures",
        data=(
            "Sample Name,PP-C32\nElapsed Time,Sample Temp (C),Weight (mg)\n"
            + "".join(
                f"{k // 60}:{k % 60:02d}:{(7 * k) % 60:02d},{a:.3f},{b:.5f}\n"
                for k, a, b in zip(range(N), rise, mass2, strict=True)
            )
        ).encode(),
        modality="TG",
        pieces=[
            Piece(
                specimen="PP-C32",
                channels={
                    ("time", "s"): np.array([3600.0 * (k // 60) + 60 * (k % 60) + (7 * k) % 60 for k in range(N)]),
                    ("temperature", "°C"): rise,
                    ("mass", "mg"): mass2,
                },
            )
        ],
    )


def more_thermal() -> Iterator[Export]:
    """More of them."""
    k = np.arange(M)
    t, temp = rounded(0.5 * k, 3), rounded(30 + 5.0 * k, 2)
    mass, share = rounded(8.2 - 0.06 * k, 4), rounded(100 * (8.2 - 0.06 * k) / 8.2, 3)
    yield Export(
        name="two_masses.csv",
        imitates="TG, mass in mg and in %",
        data=(
            "Sample,PP-C14\nTime (min),Temperature (°C),Weight (mg),Weight (%)\n"
            + "".join(f"{a:.3f},{b:.2f},{c:.4f},{d:.3f}\n" for a, b, c, d in zip(t, temp, mass, share, strict=True))
        ).encode(),
        modality="TG",
        pieces=[
            Piece(
                specimen="PP-C14",
                channels={
                    ("time", "min"): t,
                    ("temperature", "°C"): temp,
                    ("mass", "mg"): mass,
                    ("mass_percent", "%"): share,
                },
            )
        ],
    )
    flux = rounded(-1.5 + 0.01 * k, 3)
    french = (
        "Échantillon : PP-C14\r\nMasse de l'échantillon : 6,12 mg\r\n\r\n"
        "Temps (s)\tTempérature (°C)\tFlux de chaleur (mW)\r\n"
    )
    french += "".join(
        f"{30 * i + 900:,.1f}".replace(",", "\u00a0").replace(".", ",")
        + f"\t{b:.2f}\t{c:.3f}\r\n".replace(".", ",").replace("-", "\u2212")
        for i, b, c in zip(k, temp, flux, strict=True)
    )
    yield Export(
        name="calorimetrie.txt",
        imitates="DSC, French, UTF-8, thousands grouped by a hard space, typographic minus",
        data=french.encode(),
        modality="DSC",
        pieces=[
            Piece(
                specimen="PP-C14",
                channels={("time", "s"): 900 + 30.0 * k, ("temperature", "°C"): temp, ("heat_flow", "mW"): flux},
                conditions={"mass": (6.12, "mg")},
            )
        ],
    )
    yield Export(
        name="quoted_comma.csv",
        imitates="TG, commas between cells and in numbers, all quoted",
        data=(
            '"Zeit [min]","Temperatur [°C]","Masse [mg]"\r\n'
            + "".join(
                '"' + '","'.join(f"{v:.{d}f}".replace(".", ",") for v, d in zip(row, (3, 2, 4), strict=True)) + '"\r\n'
                for row in zip(t, temp, mass, strict=True)
            )
        ).encode("cp1252"),
        modality="TG",
        pieces=[Piece(channels={("time", "min"): t, ("temperature", "°C"): temp, ("mass", "mg"): mass})],
    )
    logger = "Datum;Uhrzeit;Temperatur [°C];Masse [mg]\n" + "".join(
        f"12.06.2025;10:{i // 60:02d}:{i % 60:02d};{b:.2f};{c:.4f}\n".replace(".", ",").replace(
            "12,06,2025", "12.06.2025"
        )
        for i, b, c in zip(k, temp, mass, strict=True)
    )
    yield Export(
        name="date_beside.csv",
        imitates="TG of a logger, date and clock in columns of their own",
        data=logger.encode("cp1252"),
        modality="TG",
        pieces=[Piece(channels={("time", "s"): 36000.0 + k, ("temperature", "°C"): temp, ("mass", "mg"): mass})],
    )
    segments = "Sample:\tPP-C14\n"
    whole_t, whole_temp, whole_flow = [], [], []
    for n, (start, rate) in enumerate([(30, 10), (230, -10), (30, 10)], start=1):
        segments += f"\n#SEGMENT:S{n}/3\n##Temp./°C;Time/min;DSC/(mW/mg)\n"
        for i in range(41):
            minute, degree, flow = 20.0 * (n - 1) + 0.5 * i + 0.01 * n, start + 0.5 * i * rate, 0.1 * n + 0.001 * i
            segments += f"{degree:.2f};{minute:.3f};{flow:.4f}\n"
            whole_t.append(float(f"{minute:.3f}"))
            whole_temp.append(float(f"{degree:.2f}"))
            whole_flow.append(float(f"{flow:.4f}"))
    yield Export(
        name="segments.csv",
        imitates="DSC, three segments with their header over each",
        data=segments.encode(),
        modality="DSC",
        pieces=[
            Piece(
                specimen="PP-C14",
                channels={
                    ("temperature", "°C"): np.array(whole_temp),
                    ("time", "min"): np.array(whole_t),
                    ("heat_flow", "mW/mg"): np.array(whole_flow),
                },
                n_segments=3,
            )
        ],
    )
    runs = "Run 1\t\tRun 2\t\nTemperature\tMass\tTemperature\tMass\n°C\t%\t°C\t%\n" + "".join(
        f"{a:.2f}\t{b:.3f}\t{a + 0.5:.2f}\t{b - 0.2:.3f}\n" for a, b in zip(temp, share, strict=True)
    )
    yield Export(
        name="two_runs.txt",
        imitates="TG, two runs beside each other",
        data=runs.encode(),
        modality="TG",
        pieces=[
            Piece(
                label=f"Run {n}",
                channels={("temperature", "°C"): rounded(temp + shift, 2), ("mass", "%"): rounded(share + less, 3)},
            )
            for n, shift, less in [(1, 0, 0), (2, 0.5, -0.2)]
        ],
    )
