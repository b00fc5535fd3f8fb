"""HDF5 and NeXus: the default plot, or the one obvious curve; nothing outside of the file, nothing too large."""

from __future__ import annotations

import io
import time

import h5py
import numpy as np
import pytest

from benchmarks.ingest.damage import damaged_blocks
from benchmarks.ingest.files import nexus, pattern
from services.ingest.errors import UnreadableFile
from services.ingest.sandbox import Sandbox
from tests.services.ingest.readers.harness import only, read_as, reader_that_knows


def file_of(fill) -> bytes:
    """A file that a function fills."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file)
    return buffer.getvalue()


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_the_default_plot_of_a_nexus_file_is_read(compression):
    """Signal over axis with their units, specimen and moment."""
    data = nexus(compression=compression)
    assert reader_that_knows(data) == "hdf5"
    reading = only("hdf5", data)
    x, y = pattern()
    curve = reading.curves[0]
    assert (reading.modality, reading.facts.specimen) == ("WAXS", "PP01-C003-02-S1")
    assert reading.facts.measured_at.isoformat() == "2025-11-21T08:32:31+09:00"
    assert (curve.axis.quantity, curve.axis.unit, curve.channels[0].unit) == ("two_theta", "°", "counts")
    assert np.array_equal(curve.axis.values, x)
    assert np.array_equal(curve.channel("intensity").values, y)


def test_links_within_the_file_are_followed():
    """As NeXus files have them: the plot points to the detector."""

    def fill(file):
        x, y = pattern()
        file["entry/detector/tth"], file["entry/detector/counts"] = x, y
        file["entry"].attrs["NX_class"] = "NXentry"
        data = file.create_group("entry/plot")
        data.attrs.update({"NX_class": "NXdata", "signal": "counts", "axes": "tth"})
        data["tth"], data["counts"] = h5py.SoftLink("/entry/detector/tth"), file["entry/detector/counts"]

    curve = only("hdf5", file_of(fill)).curves[0]
    assert (curve.quantities, curve.axis.unit) == (("two_theta", "intensity"), "")
    assert np.array_equal(curve.axis.values, pattern()[0])


def test_two_plain_rows_are_a_curve_where_one_is_an_axis():
    """And where there are more, it is not for the reader to choose."""

    def two(file):
        file["wavenumber"], file["absorbance"] = np.arange(400.0, 4000.0, 2.0), np.ones(1800)
        file["wavenumber"].attrs["units"] = "1/cm"

    def three(file):
        two(file)
        file["reflectance"] = np.ones(1800)

    curve = only("hdf5", file_of(two)).curves[0]
    assert (curve.quantities, curve.axis.unit) == (("wavenumber", "absorbance"), "cm-1")
    with pytest.raises(UnreadableFile, match="no curve is the obvious one"):
        read_as("hdf5", file_of(three))


def _external(file):
    file.attrs["default"] = "elsewhere"
    file["elsewhere"] = h5py.ExternalLink("/etc/hostname", "/")


def _endless(file):
    file.attrs["default"] = "a"
    file["a"], file["b"] = h5py.SoftLink("/b"), h5py.SoftLink("/a")


def _huge(file):
    file.create_dataset("x", shape=(10**10,), dtype="f8", chunks=(10**6,), compression="gzip")
    file.create_dataset("y", shape=(10**10,), dtype="f8", chunks=(10**6,), compression="gzip")


def _virtual(file):
    layout = h5py.VirtualLayout(shape=(100,), dtype="f8")
    layout[:] = h5py.VirtualSource("/etc/other.h5", "x", shape=(100,))
    file.create_virtual_dataset("x", layout)
    file["y"] = np.ones(100)


def _raw_elsewhere(file):
    file.create_dataset("x", shape=(100,), dtype="f8", external=[("/etc/hostname", 0, 800)])
    file["y"] = np.ones(100)


def _many(file):
    for name in ("one", "two"):
        file.create_group(name).attrs["NX_class"] = "NXdata"


@pytest.mark.parametrize(
    ("fill", "reason"),
    [
        (_external, "in another file"),
        (_endless, "no end"),
        (_huge, "more than a measurement has"),
        (_virtual, "in another file"),
        (_raw_elsewhere, "in another file"),
        (_many, "several NXdata"),
        (lambda file: None, "no curve is the obvious one"),
    ],
)
def test_what_leads_astray_is_refused_at_once(fill, reason):
    """Other files, rings of links, ten thousand million zeros."""
    data, begun = file_of(fill), time.perf_counter()
    with pytest.raises(UnreadableFile, match=reason):
        read_as("hdf5", data)
    assert time.perf_counter() - begun < 1


def test_damaged_files_with_checksums_are_refused_within_their_time(tmp_path):
    """The library itself may hang or crash on them: the sandbox ends it."""
    rng = np.random.default_rng(4)
    right = only("hdf5", nexus())
    with Sandbox(seconds=2.0) as sandbox:
        for i in range(40):
            data = damaged_blocks(nexus(), ("lost", "doubled", "swapped", "truncated")[i % 4], rng)
            path = tmp_path / f"{i}.nxs"
            path.write_bytes(data)
            try:
                (reading,) = sandbox.read(path, reader="hdf5").readings
            except UnreadableFile:
                continue
            assert reading.curves == right.curves
