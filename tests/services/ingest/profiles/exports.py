"""Exports as programs of instruments write them, imitated: what stands in them is computed, so the answer is known.

None is a real file; each imitates what its makers' manuals and examples show: preambles, unit rows, marks, languages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

N = 60


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file and what a right reader gets: readings by label with quantities, units and values."""

    name: str
    data: bytes
    modality: str = ""
    quantities: tuple[tuple[str, str], ...] = ()
    n_readings: int = 1
    n_points: int = N
    first: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    conditions: dict[str, tuple[float, str]] = field(default_factory=dict)
    n_segments: int | None = None


def ramp(n: int = N) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Time in min, temperature in °C, mass in %, heat flow: a heating at 10 K/min."""
    time = np.arange(n) * 0.5
    temperature = 30.125 + 10 * time
    mass = 100 - 40 / (1 + np.exp(-(temperature - 200) / 15))
    heat = 0.3 * np.sin(time) - 1.25
    return time, temperature, mass, heat


def bars(n: int = N) -> tuple[np.ndarray, np.ndarray]:
    """Strain in %, stress in MPa."""
    strain = np.linspace(0, 12, n)
    return strain, 32.5 * (1 - np.exp(-strain / 2.1))


def point(form: str) -> Callable[[float], str]:
    return lambda value: form % value


def comma(form: str) -> Callable[[float], str]:
    return lambda value: (form % value).replace(".", ",")


def rows(
    columns: Sequence[np.ndarray], by: str, written: Callable[[float], str], end: str = "\n", tail: str = ""
) -> str:
    return "".join(by.join(map(written, row)) + tail + end for row in zip(*columns, strict=True))


def exports() -> list[Export]:
    """Every export."""
    return [*_thermal(), *_tensile(), *_spectra(), *_gpc(), *_tables()]


def _thermal() -> list[Export]:
    t, T, m, h = ramp()
    sta = (("time", "min"), ("temperature", "°C"), ("heat_flow", "mW/mg"), ("mass", "%"))
    dsc = (("time", "min"), ("temperature", "°C"), ("heat_flow", "mW"))
    netzsch = (
        "#EXPORTTYPE:DATA ALL\n#FORMAT:NETZSCH5\n#FTYPE:ASCII\n#IDENTITY:PP-12\n#DECIMAL:POINT\n#SEPARATOR:SEMICOLON\n"
        "#MTYPE:DSC-TG\n#INSTRUMENT:NETZSCH STA 449\n#OPERATOR:kimura\n#SAMPLE:PP-12\n#SAMPLE MASS /mg:10.54\n"
        "#SEG. 1:30/10.0(K/min)/600\n\n##Temp./°C;Time/min;DSC/(mW/mg);Mass/%\n"
    ) + rows([T, t, h, m], ";", point("%.5f"))
    netzsch_de = (
        "#EXPORTTYPE:DATA ALL\r\n#FORMAT:NETZSCH5\r\n#DECIMAL:COMMA\r\n#SEPARATOR:SEMICOLON\r\n#IDENTITY:\r\n"
        "#SAMPLE:PP 20 % Talk\r\n"
        "#SAMPLE MASS /mg:9,871\r\n\r\n##Temp./°C;Zeit/min;DSC/(mW/mg);Masse/%\r\n"
    ) + rows([T, t, h, m], ";", comma("%.5f"), "\r\n")
    trios = (
        "Filename\tC:\\data\\pp.tri\nInstrument name\tDiscovery TGA\nOperator\tsato\nrundate\t12-Mar-2024\n"
        "Sample name\tPP-3\n"
        "[step]\nRamp 10.00 °C/min to 600.00 °C\n\nTime\tTemperature\tWeight\nmin\t°C\tmg\n"
    ) + rows([t, T, m / 10], "\t", point("%.6f"))
    universal = (
        "CLOSED\nVersion\t1.0\nRun\t12\nInstrument\tTGA Q500\nSample\tPP-3\nSize\t12.345\tmg\nOperator\tsato\nNsig\t3\n"
        "Sig1\tTime (min)\nSig2\tTemperature (°C)\nSig3\tWeight (mg)\nStartOfData\n"
    )
    mettler = (
        "Curve Name:\n  Performed 12.03.2024 14:22:01\nCurve Values:\n"
        "     Index             t            Ts            Tr         Value\n"
        "                     [s]          [°C]          [°C]          [mW]\n"
    ) + "".join(
        f"{k:10d}{60 * a:14.3f}{b:14.4f}{b + 0.5:14.4f}{c:14.6f}\n"
        for k, (a, b, c) in enumerate(zip(t, T, h, strict=True))
    )
    pyris = (
        "Filename:\tD:\\pp.dsd\nOperator ID:\tMeier\nSample ID:\tPP-7\nSample Weight:\t5.210 mg\n"
        "Comment:\tfirst heat\n\n"
        "1) DSC 8000 Heat from 30 to 300 at 10 °C/min\n\n\tTime\tUnsubtracted Heat Flow\tSample Temperature\n"
        "\tmin\tmW\t°C\n"
    ) + "".join(f"\t{a:.5f}\t{c:.5f}\t{b:.5f}\n" for a, b, c in zip(t, T, h, strict=True))
    hitachi = (
        "データ名,PP-9\r\n試料名,PP-9\r\n試料量,10.2 mg\r\n測定者,田中\r\n昇温速度,10 ℃/min\r\n\r\n"
        "時間(min),温度(℃),TG(mg),DTA(uV)\r\n"
    ) + rows([t, T, m / 10, h], ",", point("%.4f"), "\r\n")
    french = (
        "Échantillon;PP-4\r\nOpérateur;Durand\r\nMasse de l'échantillon;8,15 mg\r\n\r\n"
        "Temps (min);Température (°C);Flux de chaleur (mW)\r\n"
    ) + rows([t, T, h], ";", comma("%.4f"), "\r\n")
    quoted = '"Time","Temperature","Heat Flow"\n"min","°C","mW"\n' + "".join(
        f'"{a:.4f}","{b:.4f}","{c:.5f}"\n' for a, b, c in zip(t, T, h, strict=True)
    )
    return [
        Export(
            name="netzsch.txt",
            data=netzsch.encode("latin-1"),
            modality="TG",
            quantities=sta,
            first=(0, 30.125, -1.25),
            facts={"specimen": "PP-12", "operator": "kimura"},
            conditions={"mass": (10.54, "mg")},
        ),
        Export(
            name="netzsch_de.csv",
            data=netzsch_de.encode("latin-1"),
            modality="TG",
            quantities=sta,
            first=(0, 30.125),
            facts={"specimen": "PP 20 % Talk"},
            conditions={"mass": (9.871, "mg")},
        ),
        Export(
            name="trios.txt",
            data=trios.encode("utf-8-sig"),
            modality="TG",
            quantities=(("time", "min"), ("temperature", "°C"), ("mass", "mg")),
            first=(0, 30.125),
            facts={"specimen": "PP-3", "operator": "sato"},
        ),
        Export(
            name="universal.txt",
            data=(universal + rows([t, T, m / 10], "\t", point("%.5f"))).encode("utf-16"),
            modality="TG",
            quantities=(("time", "min"), ("temperature", "°C"), ("mass", "mg")),
            first=(0, 30.125),
            facts={"specimen": "PP-3"},
            conditions={"mass": (12.345, "mg")},
        ),
        Export(
            name="mettler.txt",
            data=mettler.encode("latin-1"),  # its value's name does not say what is measured
            quantities=(("time", "s"), ("temperature", "°C"), ("reference_temperature", "°C"), ("value", "mW")),
            first=(0, 30.125),
        ),
        Export(
            name="pyris.txt",
            data=pyris.encode("latin-1"),
            modality="DSC",
            quantities=dsc,
            first=(0, 30.125, -1.25),
            facts={"specimen": "PP-7"},
            conditions={"mass": (5.21, "mg")},
        ),
        Export(
            name="hitachi.csv",
            data=hitachi.encode("cp932"),
            modality="TG",
            quantities=(("time", "min"), ("temperature", "°C"), ("mass", "mg"), ("delta_temperature", "uV")),
            first=(0, 30.125),
            facts={"specimen": "PP-9", "operator": "田中"},
            conditions={"mass": (10.2, "mg"), "heating_rate": (10, "°C/min")},
        ),
        Export(
            name="francais.csv",
            data=french.encode("latin-1"),
            modality="DSC",
            quantities=dsc,
            first=(0, 30.125),
            facts={"specimen": "PP-4"},
            conditions={"mass": (8.15, "mg")},
        ),
        Export(name="quoted.csv", data=quoted.encode(), modality="DSC", quantities=dsc, first=(0, 30.125)),
        _segments(),
        Export(
            name="clock.csv",
            data=(
                "Time;Temperature [°C];Mass [mg]\n"
                + "".join(
                    f"{k // 120:02d}:{k // 2 % 60:02d}:{k % 2 * 30:02d};{b:.3f};{c:.4f}\n"
                    for k, (b, c) in enumerate(zip(T, m, strict=True))
                )
            ).encode(),
            modality="TG",
            quantities=(("time", "s"), ("temperature", "°C"), ("mass", "mg")),
            first=(0, 30.125),
        ),
        Export(
            name="trailing.csv",
            data=(
                "Time (s),Temperature (°C),Mass (mg),,\n" + rows([t * 60, T, m], ",", point("%.3f"), tail=",,")
            ).encode(),
            modality="TG",
            quantities=(("time", "s"), ("temperature", "°C"), ("mass", "mg")),
            first=(0, 30.125),
        ),
    ]


def _segments() -> Export:
    t, T, _, h = ramp(40)
    down = T[::-1]
    text = "Sample: PP-5\nMass: 4.2 mg\n\nSegment 1: heat 10 K/min\nTime/min\tTemp/°C\tHeat Flow/mW\n"
    text += rows([t, T, h], "\t", point("%.3f"))
    text += "\nSegment 2: cool 10 K/min\nTime/min\tTemp/°C\tHeat Flow/mW\n" + rows(
        [t + 20, down, -h], "\t", point("%.3f")
    )
    return Export(
        name="segments.txt",
        data=text.encode("latin-1"),
        modality="DSC",
        quantities=(("time", "min"), ("temperature", "°C"), ("heat_flow", "mW")),
        n_points=80,
        first=(0, 30.125),
        n_segments=2,
        facts={"specimen": "PP-5"},
    )


def _tensile() -> list[Export]:
    e, s = bars()
    pair = (("strain", "%"), ("stress", "MPa"))
    bluehill = (
        '"Specimen label","PP-8"\r\n"Width","10.02 mm"\r\n"Thickness","4.01 mm"\r\n\r\n'
        '"Time","Extension","Load"\r\n"(s)","(mm)","(N)"\r\n'
    ) + "".join(f'"{0.1 * k:.5f}","{a:.5f}","{b:.5f}"\r\n' for k, (a, b) in enumerate(zip(e, 40 * s, strict=True)))
    zwick = (
        "Prüfdatum;05.03.2024\r\nPrüfer;Weber\r\nProbenbreite;10,05 mm\r\nPrüfgeschwindigkeit;50 mm/min\r\n\r\n"
        "Dehnung;Standardkraft\r\n%;N\r\n"
    ) + rows([e, 40 * s], ";", comma("%.6f"), "\r\n")
    beside = "Specimen 1;;Specimen 2;;Specimen 3;\nStrain;Stress;Strain;Stress;Strain;Stress\n%;MPa;%;MPa;%;MPa\n"
    lengths = (N, N - 5, N - 20)
    for k in range(N):
        cells = []
        for n, length in enumerate(lengths):
            cells += [f"{e[k]:.4f}", f"{s[k] + n:.4f}"] if k < length else ["", ""]
        beside += ";".join(cells) + "\n"
    numbered = "Strain 1 [%]\tStress 1 [MPa]\tStrain 2 [%]\tStress 2 [MPa]\n" + rows(
        [e, s, e, s + 1], "\t", comma("%.5f")
    )
    below = "Tensile test of PP-6\n"
    for n in (1, 2, 3):
        below += f"\nSpecimen {n}\nWidth: 10.0{n} mm\nThickness: 4.0 mm\nStrain (%),Stress (MPa)\n" + rows(
            [e, s + n], ",", point("%.4f")
        )
    shimadzu = "試験日,2024/03/05\r\n試験速度,50 mm/min\r\n試験片幅,10 mm\r\n\r\n時間,伸び,荷重\r\nsec,mm,N\r\n" + rows(
        [np.arange(N) * 0.05, e, 40 * s], ",", point("%.4f"), "\r\n"
    )
    return [
        Export(
            name="bluehill.csv",
            data=bluehill.encode(),
            modality="tensile",
            quantities=(("time", "s"), ("extension", "mm"), ("force", "N")),
            first=(0, 0),
            facts={"specimen": "PP-8"},
            conditions={"width": (10.02, "mm"), "thickness": (4.01, "mm")},
        ),
        Export(
            name="zwick.txt",
            data=zwick.encode("latin-1"),
            modality="tensile",
            quantities=(("strain", "%"), ("force", "N")),
            first=(0, 0),
            facts={"operator": "Weber"},
            conditions={"speed": (50, "mm/min"), "width": (10.05, "mm")},
        ),
        Export(
            name="beside.csv",
            data=beside.encode(),
            modality="tensile",
            quantities=pair,
            n_readings=3,
            first=(0, 0),
            labels=("Specimen 1", "Specimen 2", "Specimen 3"),
        ),
        Export(
            name="numbered.txt",
            data=numbered.encode(),
            modality="tensile",
            quantities=pair,
            n_readings=2,
            first=(0, 0),
            labels=("1", "2"),
        ),
        Export(
            name="below.csv",
            data=below.encode(),
            modality="tensile",
            quantities=pair,
            n_readings=3,
            first=(0, 1),
            labels=("1", "2", "3"),
            conditions={"width": (10.01, "mm")},
        ),
        Export(
            name="shimadzu.csv",
            data=shimadzu.encode("cp932"),
            modality="tensile",
            quantities=(("time", "s"), ("extension", "mm"), ("force", "N")),
            first=(0, 0),
            conditions={"speed": (50, "mm/min")},
        ),
    ]


def _spectra() -> list[Export]:
    x = 400 + 2.0 * np.arange(N)
    y = 100 + 50 * np.exp(-(((x - 460) / 10) ** 2))
    two = 5 + 0.02 * np.arange(N)
    raman = (("raman_shift", "cm-1"), ("intensity", "counts"))
    labspec = "#Acq. time (s)=\t10\n#Accumulations=\t3\n#Laser=\t532 nm\n#Date=\t05.03.2024 10:11:12\n" + rows(
        [x, y], "\t", point("%.3f")
    )
    lab = "#Wave\t#Intensity\n" + rows([x, y], "\t", point("%.4f"))
    renishaw = "Raman shift (cm-1),Intensity (counts)\n" + rows([x[::-1], y[::-1]], ",", point("%.4f"))
    ftir = "XLabel,Wavenumber\nYLabel,Absorbance\nNPoints,60\n\nWavenumber (cm-1),Absorbance\n" + rows(
        [x, y / 100], ",", point("%.6f")
    )
    percent = "Created as New Dataset\ncm-1,%T\n" + rows([x[::-1], y[::-1] / 2], ",", point("%.4f"))
    xrd = "; Sample = PP-2\n; Anode = Cu\n; Wavelength = 1.5406\n2theta   intensity\n" + "".join(
        f"{a:9.4f} {b:12.2f}\n" for a, b in zip(two, y, strict=True)
    )
    panalytical = (
        "[Measurement conditions]\nSample identification,PP-2\nStart angle,5.0\nEnd angle,6.18\nStep size,0.02\n"
        "No. of points,60\n[Scan points]\nAngle,Intensity\n"
    ) + rows([two, y], ",", point("%.4f"))
    columns = "Wavenumber (cm-1)\tPP-1\tPP-2\tPP-3\tPP-4\n" + rows([x, y, y + 1, y + 2, y + 3], "\t", point("%.4f"))
    wide = (
        "sample;"
        + ";".join(f"{v:.0f}" for v in x)
        + "\n"
        + "".join(f"PP-{n};" + ";".join(f"{v + n:.3f}".replace(".", ",") for v in y) + "\n" for n in range(5))
    )
    return [
        Export(name="labspec.txt", data=labspec.encode("latin-1"), quantities=(("x", ""), ("y", "")), first=(400, 100)),
        Export(name="horiba.txt", data=lab.encode(), quantities=(("wave", ""), ("intensity", "")), first=(400,)),
        Export(name="renishaw.csv", data=renishaw.encode(), modality="Raman", quantities=raman, first=(400,)),
        Export(
            name="omnic.csv",
            data=ftir.encode(),
            modality="FTIR",
            quantities=(("wavenumber", "cm-1"), ("absorbance", "")),
            first=(400, 1),
        ),
        Export(
            name="spectrum.csv",
            data=percent.encode(),
            modality="FTIR",
            quantities=(("wavenumber", "cm-1"), ("transmittance", "%")),
            first=(400, 50),
        ),
        Export(
            name="diffract.xy",
            data=xrd.encode(),
            modality="WAXS",
            quantities=(("two_theta", ""), ("intensity", "")),
            first=(5, 100),
            facts={"specimen": "PP-2"},
        ),
        Export(
            name="panalytical.csv",
            data=panalytical.encode(),
            modality="WAXS",
            quantities=(("two_theta", ""), ("intensity", "")),
            first=(5, 100),
        ),
        Export(
            name="columns.txt",
            data=columns.encode(),
            quantities=(("wavenumber", "cm-1"), ("intensity", "")),
            n_readings=4,
            labels=("PP-1", "PP-2", "PP-3", "PP-4"),
            first=(400, 100),
        ),
        Export(
            name="wide.csv",
            data=wide.encode(),
            quantities=(("x", ""), ("intensity", "")),
            n_readings=5,
            first=(400, 100),
            labels=tuple(f"PP-{n}" for n in range(5)),
        ),
    ]


def _gpc() -> list[Export]:
    log_m = 3 + 0.05 * np.arange(N)
    w = np.exp(-((log_m - 5) ** 2))
    minutes = 10 + 0.1 * np.arange(N)
    return [
        Export(
            name="mwd.txt",
            data=(
                "Sample: PP-1\nMn: 45000 g/mol\n\nlog M\tdw/dlogM\n" + rows([log_m, w], "\t", point("%.5f"))
            ).encode(),
            modality="GPC",
            quantities=(("log_molar_mass", ""), ("weight_fraction", "")),
            first=(3,),
            facts={"specimen": "PP-1"},
        ),
        Export(
            name="trace.csv",
            data=("Retention Time (min),RI signal (mV)\n" + rows([minutes, w], ",", point("%.5f"))).encode(),
            modality="GPC",
            quantities=(("retention_time", "min"), ("detector_signal", "mV")),
            first=(10,),
        ),
    ]


def _tables() -> list[Export]:
    gpc = "Sample;Mn (g/mol);Mw (g/mol);Mz (g/mol);PDI\nPP-1;45200;210500;620000;4,66\nPP-2;39800;198000;585000;4,97\n"
    xrf = (
        "Sample,SiO2 (%),CaO (%),TiO2 (%),Fe2O3 (%)\n"
        "PP-1,12.1,3.4,<0.01,0.05\nPP-2,8.7,2.9,0.02,n.d.\nPP-3,7.1,2.5,0.03,0.06\n"
    )
    mfr = "Probe;MFR [g/10min]\nPP-1;12,4\nPP-2;11,85\nPP-3;13,1\n"
    density = "試料名,密度(g/cm3)\nPP-1,0.905\nPP-2,0.912\n"
    ash = "Sample\tAsh content (%)\nPP-1\t20.13\nPP-2\t19.87\n"
    return [
        Export(
            name="averages.csv", data=gpc.encode(), modality="GPC", n_readings=2, n_points=0, labels=("PP-1", "PP-2")
        ),
        Export(
            name="xrf.csv", data=xrf.encode(), modality="XRF", n_readings=3, n_points=0, labels=("PP-1", "PP-2", "PP-3")
        ),
        Export(
            name="mfr.csv",
            data=mfr.encode("latin-1"),
            modality="MFR",
            n_readings=3,
            n_points=0,
            labels=("PP-1", "PP-2", "PP-3"),
        ),
        Export(
            name="density.csv",
            data=density.encode("cp932"),
            modality="density",
            n_readings=2,
            n_points=0,
            labels=("PP-1", "PP-2"),
        ),
        Export(name="ash.txt", data=ash.encode(), modality="ash", n_readings=2, n_points=0, labels=("PP-1", "PP-2")),
    ]
