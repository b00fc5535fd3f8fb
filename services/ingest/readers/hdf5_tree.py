"""The data sets of an HDF5 file, each visited once and read only where it is small enough and lies in this file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Leaf", "leaves_of", "object_at", "row_at", "text_of", "walk"]

_MOST_BYTES = 512 * 2**20
_MOST_VALUES = 50_000_000
_SMALL, _MOST_RATIO = 20 * 2**20, 300
_MOST_OBJECTS = 20_000
_MOST_LINKS = 16
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Leaf:
    """A data set of numbers: where it is, its shape, what its attributes say; its values when they are asked for."""

    path: str
    shape: tuple[int, ...]
    unit: str
    axes: Any
    values: Callable[[], np.ndarray]

    @property
    def name(self) -> str:
        """The last word of its path."""
        return self.path.rpartition("/")[2]


def text_of(value: Any) -> str:
    """Return the text of an attribute or a scalar, empty where it is none."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(-1)[0]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return value.strip() if isinstance(value, str) else ""


def leaves_of(file: Any, h5py: Any) -> dict[str, Leaf]:
    """Return every data set of numbers by the path where it is met first; links are not followed.

    Raises
    ------
    ValueError
        If there are too many objects, or they lie too deep.
    """
    found: dict[str, Leaf] = {}

    def look(name: str, held: Any) -> None:
        leaf = _leaf(f"/{name}", held, h5py)
        if leaf is not None:
            found[leaf.path] = leaf

    walk(file, look)
    return found


def walk(file: Any, look: Callable[[str, Any], None]) -> None:
    """Look at every object of a file by the path where it is met first; links are not followed.

    Raises
    ------
    ValueError
        If there are too many objects, or they lie too deep.
    """
    n_seen = 0

    def visit(name: str, held: Any) -> None:
        nonlocal n_seen
        n_seen += 1
        if n_seen > _MOST_OBJECTS:
            raise ValueError(f"it holds more than {_MOST_OBJECTS} objects")
        if name.count("/") >= _DEEPEST:
            raise ValueError(f"its groups lie in each other deeper than {_DEEPEST}")
        look(name, held)

    file.visititems(visit)


def object_at(file: Any, path: str, h5py: Any) -> Any:
    """Return what lies at a path, by links within the file only.

    Raises
    ------
    ValueError
        If nothing does, or a link leads out of the file, or to a link without end.
    """
    names, held, n_followed = [name for name in path.split("/") if name], file["/"], 0
    while names:
        name = names.pop(0)
        link = held.get(name, getlink=True) if isinstance(held, h5py.Group) and name in held.keys() else None  # noqa: SIM118
        if isinstance(link, h5py.ExternalLink):
            raise ValueError(f"{path} lies in another file, {link.filename!r}")
        if isinstance(link, h5py.SoftLink):
            n_followed += 1
            if n_followed > _MOST_LINKS:
                raise ValueError(f"{path}: its links have no end")
            names = [part for part in link.path.split("/") if part] + names
            held = file["/"] if link.path.startswith("/") else held
        elif isinstance(link, h5py.HardLink):
            held = held[name]
        else:
            raise ValueError(f"there is no {path}")
    return held


def row_at(file: Any, path: str, h5py: Any) -> Leaf:
    """Return the data set of numbers at a path.

    Raises
    ------
    ValueError
        If there is none.
    """
    leaf = _leaf(path, object_at(file, path, h5py), h5py)
    if leaf is None:
        raise ValueError(f"{path} is no row of numbers")
    return leaf


def _leaf(path: str, held: Any, h5py: Any) -> Leaf | None:
    if not (isinstance(held, h5py.Dataset) and held.dtype.kind in "iuf" and held.shape):
        return None
    return Leaf(
        path=path,
        shape=tuple(held.shape),
        unit=text_of(held.attrs.get("units", held.attrs.get("unit"))),
        axes=held.attrs.get("axes"),
        values=lambda: _values(held),
    )


def _values(held: Any) -> np.ndarray:
    """Return the numbers of a data set.

    Raises
    ------
    ValueError
        If they lie in another file, or are more than a measurement has.
    """
    if held.is_virtual or held.external:
        raise ValueError(f"{held.name} keeps its numbers in another file")
    n_bytes = held.size * max(held.dtype.itemsize, 8)
    if held.size > _MOST_VALUES or n_bytes > _MOST_BYTES:
        raise ValueError(f"{held.name} says {held.size} values; more than a measurement has")
    if n_bytes > _SMALL and n_bytes > _MOST_RATIO * max(held.id.get_storage_size(), 1):
        raise ValueError(f"{held.name} unpacks to more than {_MOST_RATIO} times its size")
    if held.chunks and int(np.prod(held.chunks)) * held.dtype.itemsize > _MOST_BYTES:
        raise ValueError(f"{held.name} has chunks of {held.chunks}; more than a measurement has")
    return np.asarray(held[()], dtype=np.float64)
