"""HDF5: the default plot of a NeXus file, or the one obvious curve of a plain one. Refuses by size before it reads.

References
----------
NeXus manual, "Find the plottable data"; classes NXdata, NXentry.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.hdf5_tree import Leaf, leaves_of, object_at, row_at, text_of, walk
from services.ingest.readers.libraries import library
from services.ingest.readers.texts import slug, unit_as_written
from services.records.curve import Channel, curve_along
from services.records.reading import Claim, Facts, Reading

__all__ = ["READER", "Hdf5Reader"]

_MAGIC = b"\x89HDF\r\n\x1a\n"
_NAMES = {
    "tth": "two_theta",
    "2theta": "two_theta",
    "2_theta": "two_theta",
    "twotheta": "two_theta",
    "polar_angle": "two_theta",
    "ramanshift": "raman_shift",
    "wavenumbers": "wavenumber",
    "counts": "intensity",
}
_AXIS_NAMES = (
    *("x", "axis", "two_theta", "wavenumber", "raman_shift", "wavelength", "energy", "q", "time", "temperature"),
    *("strain", "angle", "position", "frequency"),
)
_MODALITIES = (("NXXRD", "WAXS"), ("NXRAMAN", "Raman"), ("NXMONOPD", "WAXS"))


class Hdf5Reader:
    """Reads one curve along one axis; a file of several that names none as its default is refused, saying which."""

    name = "hdf5"
    title = "HDF5, NeXus"
    proven_on: tuple[str, ...] = ()

    def knows(self, source: Source) -> bool:
        """Say whether the file begins as HDF5 files do."""
        return source.data.startswith(_MAGIC)

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read the default plot, or the one curve there is."""
        h5py: Any = library("h5py", "h5py", source.name)
        try:
            with h5py.File(io.BytesIO(source.data), "r") as file:
                data = _default(file, h5py)
                reading = _nexus(file, data, h5py) if data else _plain(leaves_of(file, h5py))
        except (ValueError, KeyError, OSError, RuntimeError, TypeError, OverflowError) as error:
            reason = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
            raise UnreadableFile(source.name, reason, "name one NXdata as the default, or export text") from error
        return (reading,)


def _default(file: Any, h5py: Any) -> str:
    """Return the path of the NXdata to show: by the chain of defaults, else the only one; empty where there is none."""
    path = "/"
    for _ in range(16):
        group = object_at(file, path, h5py)
        if text_of(group.attrs.get("NX_class")) == "NXdata":
            return path
        name = text_of(group.attrs.get("default"))
        if not name:
            break
        path = f"{path.rstrip('/')}/{name}"
    found: list[str] = []

    def visit(name: str, held: Any) -> None:
        if isinstance(held, h5py.Group) and text_of(held.attrs.get("NX_class")) == "NXdata":
            found.append(f"/{name}")

    walk(file, visit)
    if len(found) > 1:
        raise ValueError(f"it has several NXdata and no default: {', '.join(found[:5])}")
    return found[0] if found else ""


def _nexus(file: Any, path: str, h5py: Any) -> Reading:
    group = object_at(file, path, h5py)
    y = row_at(file, f"{path}/{_signal(group, path, h5py)}", h5py)
    axes = group.attrs.get("axes", y.axes)
    said = [text_of(name) for name in np.atleast_1d(axes)] if axes is not None else []
    names = [name for entry in said for name in entry.replace(",", ":").split(":") if name not in ("", ".")]
    if len(y.shape) != 1 or len(names) != 1:
        raise ValueError(f"{path}: the signal has the shape {y.shape} over {len(names)} axes; one axis is wanted")
    x = row_at(file, f"{path}/{names[0]}", h5py)
    if x.shape != y.shape:
        raise ValueError(f"{path}: {y.name} has {y.shape} values beside {x.shape} of {x.name}")
    entry = object_at(file, path.strip("/").split("/")[0], h5py)
    definition = _word(entry, "definition").upper()
    return Reading(
        modality=next((modality for word, modality in _MODALITIES if definition.startswith(word)), ""),
        curves=(curve_along(_channel(x, "abscissa"), _channel(y, "ordinate"), name=_word(group, "title")),),
        facts=_facts(entry),
        claims=(Claim(kind="points", about=f"{y.name} beside {x.name}", said=x.shape[0], found=y.shape[0]),),
    )


def _signal(group: Any, path: str, h5py: Any) -> str:
    signal = text_of(group.attrs.get("signal"))
    if signal:
        return signal
    marked = []
    for name in group.keys():  # noqa: SIM118 - a group's keys, links not followed
        if isinstance(group.get(name, getlink=True), h5py.HardLink):
            held = group[name]
            if isinstance(held, h5py.Dataset) and str(held.attrs.get("signal", "")).strip("[]b' ") == "1":
                marked.append(str(name))
    if len(marked) != 1:
        raise ValueError(f"{path}: {len(marked)} data sets are its signal; one is wanted")
    return marked[0]


def _plain(leaves: dict[str, Leaf]) -> Reading:
    """Return the curve of a file that is no NeXus: two rows of one length, one of them with the name of an axis."""
    rows = [leaf for leaf in leaves.values() if len(leaf.shape) == 1 and leaf.shape[0] >= 2]
    axes = [leaf for leaf in rows if _name(leaf) in _AXIS_NAMES]
    if len(rows) != 2 or len(axes) != 1 or rows[0].shape != rows[1].shape:
        held = ", ".join(f"{leaf.path} {leaf.shape}" for leaf in list(leaves.values())[:6]) or "nothing"
        raise ValueError(f"no curve is the obvious one; it holds {held}")
    y = rows[0] if rows[1] is axes[0] else rows[1]
    curve = curve_along(_channel(axes[0], "abscissa"), _channel(y, "ordinate"))
    claim = Claim(kind="points", about=f"{y.path} beside {axes[0].path}", said=axes[0].shape[0], found=y.shape[0])
    return Reading(curves=(curve,), claims=(claim,))


def _name(leaf: Leaf) -> str:
    plain = slug(leaf.name)
    return _NAMES.get(plain, plain)


def _channel(leaf: Leaf, otherwise: str) -> Channel:
    return Channel(_name(leaf) or otherwise, unit_as_written(leaf.unit), leaf.values())


def _word(group: Any, name: str) -> str:
    """Return a text that lies in a group itself, empty where none does."""
    try:
        held = group[name] if _is_here(group, name) else None
        return text_of(held[()]) if held is not None and getattr(held, "shape", None) == () else ""
    except (OSError, TypeError, ValueError):
        return ""


def _is_here(group: Any, name: str) -> bool:
    """Say whether a name of a group is no link to elsewhere."""
    link = group.get(name, getlink=True) if name in group.keys() else None  # noqa: SIM118
    return type(link).__name__ == "HardLink"


def _facts(entry: Any) -> Facts:
    texts = {name: _word(entry, name) for name in ("title", "definition", "start_time", "experiment_identifier")}
    moment = None
    try:
        moment = datetime.fromisoformat(texts["start_time"])
    except ValueError:
        moment = None
    instrument, sample, user = (
        entry[name] if _is_here(entry, name) else None for name in ("instrument", "sample", "user")
    )
    return Facts(
        specimen=_word(sample, "name") if sample is not None else "",
        instrument=_word(instrument, "name") if instrument is not None else "",
        operator=_word(user, "name") if user is not None else "",
        session=texts["experiment_identifier"],
        measured_at=moment,
        texts={name: text for name, text in texts.items() if text},
    )


READER = Hdf5Reader()
