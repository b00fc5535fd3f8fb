"""Other people's fitters, started where find_peaks points: lmfit (BSD) and EMPeaks 3 (BSD, AIST)."""

from __future__ import annotations

import contextlib
import io

import numpy as np

from benchmarks.peakfit.apparent import Found, candidates, noise_of
from benchmarks.peakfit.curves import Curve
from benchmarks.peakfit.matching import Line
from benchmarks.peakfit.shapes import Floats
from services.preprocessing.peakfit.profiles import FREE, KINDS, N_NUMBERS, Kind, add_component, area_of, width_of

__all__ = ["fit_with_empeaks", "fit_with_lmfit"]

_MOST_EVALUATIONS = 60
_EM_POINTS = 600
_EM_ITERATIONS = 60
_LIMITS = {"shape": (-4.0, 4.0), "asymmetry": (-1.0, 1.0)}


def fit_with_lmfit(curve: Curve) -> Found:
    """Fit the raw curve with lmfit: the declared profile where find_peaks points, halos, a Chebyshev baseline.

    The model is that of our own fit, with the same compiled profiles and slopes; only the search is missing.
    """
    import lmfit

    x, y, noise, settings = curve.x, curve.y, noise_of(curve), curve.settings
    _, seen = candidates(curve)
    span, step = float(x[-1] - x[0]), float(x[1] - x[0])
    broad = settings.broad or span / 6
    kinds: list[Kind] = [settings.profile] * len(seen) + ["pseudo-Voigt"] * settings.most_halos
    polynomials = np.polynomial.chebyshev.chebvander(2 * (x - x[0]) / span - 1, settings.baseline_degree)
    parameters = lmfit.Parameters()
    for degree in range(settings.baseline_degree + 1):
        parameters.add(f"b{degree}", value=float(np.quantile(y, 0.1)) if degree == 0 else 0.0)
    for k, kind in enumerate(kinds):
        if k < len(seen):
            height, place, width = (float(v) for v in seen[k])
            narrowest, widest, reach = 2 * step, broad, 0.5 * width
        else:  # halos: side by side, as wide as a third of the curve
            height, width = 0.1 * float(np.ptp(y)), span / 3
            place = float(x[0]) + span * (k - len(seen) + 1) / (settings.most_halos + 1)
            narrowest, widest, reach = broad, 2 * span, span / 2
        width = float(np.clip(width, 1.05 * narrowest, 0.95 * widest))
        sides = (0.0, np.inf) if height >= 0 else (-np.inf, 0.0)
        parameters.add(f"p{k}_0", value=height, min=sides[0], max=sides[1])
        parameters.add(f"p{k}_1", value=place, min=place - reach, max=place + reach)
        parameters.add(f"p{k}_2", value=np.log(width), min=np.log(narrowest), max=np.log(widest))
        if FREE[kind][3]:
            parameters.add(f"p{k}_3", value=0.0, min=_LIMITS["shape"][0], max=_LIMITS["shape"][1])
        if FREE[kind][4]:
            parameters.add(f"p{k}_4", value=0.01, min=_LIMITS["asymmetry"][0], max=_LIMITS["asymmetry"][1])

    def parts(values: lmfit.Parameters) -> tuple[Floats, Floats]:
        plain = values.valuesdict()
        total = polynomials @ np.array([plain[f"b{d}"] for d in range(polynomials.shape[1])])
        rows = [polynomials.T]
        for k, kind in enumerate(kinds):
            slopes = np.zeros((N_NUMBERS, len(x)))
            add_component(KINDS[kind], _numbers(plain, k), x, 0, len(x), total, slopes)
            rows.append(slopes[np.array(FREE[kind])])
        return total, np.concatenate(rows)

    done = lmfit.minimize(
        lambda values: (parts(values)[0] - y) / noise,
        parameters,
        method="least_squares",  # its leastsq, given slopes and a limit, crashed the interpreter here
        jac=lambda values: (parts(values)[1] / noise).T,
        x_scale="jac",
        max_nfev=_MOST_EVALUATIONS,
        ftol=1e-5,
    )
    plain = done.params.valuesdict()
    lines, errors = [], []
    for k in range(len(seen)):
        q, error = _numbers(plain, k), done.params[f"p{k}_1"].stderr
        lines.append(Line(position=float(q[1]), fwhm=width_of(kinds[k], q), area=area_of(kinds[k], q)))
        errors.append(float("nan") if error is None else float(error))
    return Found(lines=lines, stderr=errors, model=parts(done.params)[0])


def fit_with_empeaks(curve: Curve) -> Found:
    """Fit a mixture of pseudo-Voigts on a uniform background with EMPeaks, by expectation and maximisation.

    It takes a curve for a density: no negative values, no noise, no standard errors, nothing that points down. So it
    gets the arPLS-corrected curve, cut off at 0, and as many components as find_peaks points at, started there. The
    curve is averaged to some 600 points and iterations end at 60, for time: at 600 points a thousand took 5 to 11 s.
    On seeds 7100 to 7109, 100 iterations scored F1q .48, .47, .59 (WAXS, FT-IR, thermal), 30 scored .45, .52, .60, its
    Gaussians at full resolution .44, .43, .59. Its random starts and sparse mixtures were not tried.
    """
    from EMPeaks.PseudoVoigtMixture import PseudoVoigtMixtureModel

    flat, seen = candidates(curve)
    seen = seen[seen[:, 0] > 0]
    if not len(seen):
        return Found(lines=[], stderr=[], model=curve.y - flat)
    each = max(len(flat) // _EM_POINTS, 1)
    n_kept = len(flat) // each * each
    x, density = (v[:n_kept].reshape(-1, each).mean(axis=1) for v in (curve.x, np.maximum(flat, 0.0)))
    step, broad = float(x[1] - x[0]), float(curve.settings.broad or x[-1] - x[0])
    with contextlib.redirect_stdout(io.StringIO()):  # it tells its progress
        mixture = PseudoVoigtMixtureModel(
            K=len(seen), x_min=x[0], x_max=x[-1], gamma_min=2 * step, gamma_max=broad, background="uniform"
        )
        for model, (_, place, width) in zip(mixture.model, seen, strict=False):
            model.x0, model.gamma, model.eta = float(place), float(np.clip(width, 2 * step, broad)), 0.5
        shares = np.append(seen[:, 0] * seen[:, 2], 0.02 * float((seen[:, 0] * seen[:, 2]).sum()))
        mixture.pi = shares / shares.sum()
        mixture.fit(x, density, method="adapted_em", max_iter=_EM_ITERATIONS, r_eps=1e-8, stdout=False)
    numbers = zip(mixture.x0, mixture.gamma, np.array(mixture.pi) * mixture.N_tot, strict=False)
    lines = [Line(position=float(p), fwhm=float(w), area=float(a)) for p, w, a in numbers if a > 0]
    return Found(lines=lines, stderr=[float("nan")] * len(lines))


def _numbers(plain: dict[str, float], k: int) -> Floats:
    return np.array([plain.get(f"p{k}_{j}", 0.0) for j in range(N_NUMBERS)])
