"""Measurements of specimens as instruments give them, clean with ordinary blemishes, and with planted faults. Seeded.

Kept apart from the code that judges them: shapes, noise and mounting are made here from textbook forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from services.records.curve import Channel, Curve
from services.records.reading import Amount, Reading

AXES: Mapping[str, tuple[str, str, float, float, int, str, str]] = {
    "WAXS": ("two_theta", "°", 5.0, 40.0, 3500, "intensity", "counts"),
    "FTIR": ("wavenumber", "cm-1", 650.0, 4000.0, 1740, "absorbance", ""),
    "Raman": ("raman_shift", "cm-1", 200.0, 3200.0, 1000, "intensity", "counts"),
    "TG": ("temperature", "°C", 30.0, 800.0, 1500, "mass", "%"),
    "DSC": ("temperature", "°C", 30.0, 250.0, 2000, "heat_flow", "W/g"),
    "GPC": ("retention_time", "min", 10.0, 25.0, 1800, "intensity", "mV"),
}
MODALITIES = (*AXES, "tensile", "amounts")
SPREAD_OF_AMOUNTS = {"density": 0.001, "MFR": 0.03, "ash": 0.03, "Charpy": 0.08}
UNITS_OF_AMOUNTS = {"density": "g/cm3", "MFR": "g/10min", "ash": "%", "Charpy": "kJ/m2"}
DIGITS_OF_AMOUNTS = {"density": 4, "MFR": 2, "ash": 2, "Charpy": 2}


@dataclass(frozen=True)
class Specimen:
    """What is there to be measured: the true curve as a function of the axis, or the true numbers."""

    modality: str
    shape: Callable[[np.ndarray], np.ndarray] | None
    noise: float
    values: Mapping[str, float]


@dataclass(frozen=True)
class Mounting:
    """How one measurement differs from another of the same specimen: ordinary where nothing else is said."""

    shift: float = 0.0
    scale: float = 1.0
    offset: float = 0.0
    slope: float = 0.0
    bow: float = 0.0
    points: int = 0
    noise: float = 1.0


def specimen(modality: str, rng: np.random.Generator) -> Specimen:
    """Make a specimen of random composition."""
    if modality == "amounts":
        low = {"density": 0.9, "MFR": 2.0, "ash": 5.0, "Charpy": 3.0}
        high = {"density": 1.2, "MFR": 60.0, "ash": 35.0, "Charpy": 60.0}
        return Specimen(modality, None, 0.0, {name: float(rng.uniform(low[name], high[name])) for name in low})
    if modality == "tensile":
        values = {"E": rng.uniform(900, 3000), "yield": rng.uniform(18, 40), "strain": rng.uniform(4, 10)}
        return Specimen(modality, None, 0.002, {name: float(value) for name, value in values.items()})
    makers = {"WAXS": _waxs, "FTIR": _ftir, "Raman": _raman, "TG": _tg, "DSC": _dsc, "GPC": _gpc}
    shape, noise = makers[modality](rng)
    return Specimen(modality, shape, noise, {})


def mounting(modality: str, rng: np.random.Generator) -> Mounting:
    """Draw the ordinary differences of one mounting from another."""
    if modality in ("tensile", "amounts"):
        return Mounting(scale=float(rng.normal(1, 0.02)), noise=float(rng.uniform(0.7, 1.5)))
    *_, low, high, n, _, _ = AXES[modality]
    widths = {"TG": 0.01, "DSC": 0.05}
    is_even = rng.random() < 0.5
    return Mounting(
        shift=float(rng.normal(0, 0.0012)) * (high - low),
        scale=float(np.exp(rng.normal(0, widths.get(modality, 0.12)))),
        offset=float(rng.normal(0, 0.003 if modality == "TG" else 0.03)),
        slope=float(rng.normal(0, 0.002 if modality == "TG" else 0.02)),
        bow=float(rng.normal(0, 0.001 if modality == "TG" else 0.01)),
        points=n if is_even else int(n * rng.uniform(0.8, 1.2)),
        noise=float(rng.uniform(0.7, 1.5)),
    )


def measure(thing: Specimen, how: Mounting, rng: np.random.Generator) -> Reading:
    """Measure a specimen once."""
    if thing.modality == "amounts":
        drawn = {name: rng.normal(value, SPREAD_OF_AMOUNTS[name] * value) for name, value in thing.values.items()}
        amounts = {
            name: Amount(round(float(v), DIGITS_OF_AMOUNTS[name]), UNITS_OF_AMOUNTS[name]) for name, v in drawn.items()
        }
        return Reading(modality="amounts", amounts=amounts)
    if thing.modality == "tensile":
        return _pull(thing, how, rng)
    assert thing.shape is not None
    _, _, low, high, n, _, _ = AXES[thing.modality]
    x = np.linspace(low, high, how.points or n)
    x = x + rng.uniform(0, x[1] - x[0])
    t = np.linspace(-1, 1, len(x))
    clean = thing.shape(x - how.shift)
    top = float(np.ptp(clean))
    y = how.scale * clean + top * (how.offset + how.slope * t + how.bow * t**2)
    if thing.modality in ("WAXS", "Raman"):
        y = (
            rng.poisson(np.clip(y, 1.0, None) / how.noise) * how.noise
            if thing.modality == "Raman"
            else rng.poisson(np.clip(y, 1.0, None))
        )
    else:
        y = np.round(y + rng.normal(0, thing.noise * how.noise, len(x)), 4 if thing.modality == "TG" else 5)
    return reading_of(thing.modality, x, y)


def reading_of(modality: str, x: np.ndarray, y: np.ndarray) -> Reading:
    """Put numbers into a reading of a modality."""
    if modality == "tensile":
        axis, channel = Channel("strain", "%", x), Channel("stress", "MPa", y)
    else:
        named, unit, *_, quantity, of = AXES[modality]
        axis, channel = Channel(named, unit, x), Channel(quantity, of, y)
    return Reading(modality=modality, curves=(Curve(axis=axis, channels=(channel,)),))


def numbers_of(reading: Reading) -> tuple[np.ndarray, np.ndarray]:
    """Take the numbers out again."""
    curve = reading.curves[0]
    return curve.axis.values.copy(), curve.channels[0].values.copy()


def _lines(x: np.ndarray, places: np.ndarray, widths: np.ndarray, heights: np.ndarray, gauss: float) -> np.ndarray:
    y = np.zeros_like(x)
    for place, width, height in zip(places, widths, heights, strict=True):
        u = (x - place) / width
        y += height * (gauss * np.exp(-4 * np.log(2) * u**2) + (1 - gauss) / (1 + 4 * u**2))
    return y


def _waxs(rng: np.random.Generator) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
    places = np.array([14.1, 16.9, 18.5, 21.3, 21.8, 9.45, 28.6, 29.4])
    heights = np.concatenate([rng.uniform(300, 3000, 5), rng.uniform(0, 1, 3) * 8000 * (rng.random(3) < 0.5)])
    widths = np.concatenate([rng.uniform(0.3, 0.6, 5), rng.uniform(0.06, 0.2, 3)])
    halo = rng.uniform(200, 900)
    return lambda x: 80 + halo * np.exp(-(((x - 17) / 6) ** 2)) + _lines(x, places, widths, heights, 0.4), 0.0


def _ftir(rng: np.random.Generator) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
    n = 12
    places, widths = rng.uniform(700, 3000, n), rng.uniform(8, 50, n)
    heights = rng.uniform(0.02, 0.8, n)
    ch = np.array([2840.0, 2870, 2917, 2950]), np.full(4, 22.0), rng.uniform(0.3, 1, 4)
    return lambda x: 0.03 + _lines(x, places, widths, heights, 0.3) + _lines(x, *ch, 0.3), float(
        rng.uniform(2e-4, 2e-3)
    )


def _raman(rng: np.random.Generator) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
    n = 10
    places, widths, heights = rng.uniform(300, 3000, n), rng.uniform(11, 30, n), rng.uniform(200, 8000, n)
    glow = rng.uniform(200, 4000)
    return lambda x: 200 + glow * np.exp(-(((x - 900) / 1500) ** 2)) + _lines(x, places, widths, heights, 0.2), 0.0


def _tg(rng: np.random.Generator) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
    residue = rng.uniform(0, 40)
    early, middle, width = rng.uniform(0, 5), rng.uniform(380, 470), rng.uniform(8, 20)
    switch = rng.uniform(0.2, 3)

    def shape(x: np.ndarray) -> np.ndarray:
        low = early / (1 + np.exp(-(x - 220) / 25))
        high = (100 - early - residue) / (1 + np.exp(-(x - middle) / width))
        return np.asarray(100 - low - high - switch / (1 + np.exp(-np.clip((x - 650) / 1.0, -60, 60))))

    return shape, float(rng.uniform(0.002, 0.02))


def _dsc(rng: np.random.Generator) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
    middle, height, sharp = rng.uniform(160, 168), rng.uniform(0.8, 2.5), rng.uniform(3, 6)
    second = rng.uniform(0, 0.6)

    def shape(x: np.ndarray) -> np.ndarray:
        melting = height * np.exp(
            np.clip((x - middle) / (2.5 * sharp), -60, 0) - np.clip((x - middle) / sharp, 0, 8) ** 2
        )
        return np.asarray(0.3 + 0.001 * x + melting + second * np.exp(-(((x - 125) / 5) ** 2)))

    return shape, float(rng.uniform(2e-4, 2e-3))


def _gpc(rng: np.random.Generator) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
    middle, width, height = rng.uniform(14, 17), rng.uniform(0.8, 1.6), rng.uniform(20, 200)

    def shape(x: np.ndarray) -> np.ndarray:
        right = np.where(x > middle, 1.4, 1.0)
        return np.asarray(
            height * np.exp(-(((x - middle) / (width * right)) ** 2)) + 8 * np.exp(-(((x - 22) / 0.2) ** 2))
        )

    return shape, float(height * rng.uniform(5e-4, 3e-3))


def _pull(thing: Specimen, how: Mounting, rng: np.random.Generator) -> Reading:
    modulus, top, at = (thing.values[name] for name in ("E", "yield", "strain"))
    top, at = top * how.scale, at * float(rng.normal(1, 0.04))
    last = float(at * np.exp(rng.uniform(0.2, 3.5)))
    x = np.concatenate([np.linspace(0, at, 600), np.linspace(at, last, 500)[1:]])
    u = x / at
    stiff = modulus / 100 * at / top
    rise = top * (1 - np.clip(1 - u, 0, None) ** max(1.5, stiff))
    drawn = top * (0.75 + 0.25 * np.exp(-np.clip(u - 1, 0, None) * 4))
    y = np.where(u <= 1, rise, drawn) + rng.normal(0, thing.noise * top * how.noise, len(x))
    broken = rng.random() < 0.7
    if broken:
        y[-int(rng.integers(2, 8)) :] *= rng.uniform(0.0, 0.3)
    return reading_of("tensile", x, np.round(y, 3))
