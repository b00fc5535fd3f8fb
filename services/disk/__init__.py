"""The disk: the one place that writes files. Whole or not at all, each step between two crash points."""

from services.disk.crash_points import crash_point, watched
from services.disk.errors import DiskError
from services.disk.files import (
    append_line,
    borrowed_file,
    claimed_folder,
    discard,
    discard_empty_folder,
    discard_folder,
    keep_folder,
    move_aside,
    place_folder,
    write_new,
    write_stream,
    write_whole,
)

__all__ = [
    "DiskError",
    "append_line",
    "borrowed_file",
    "claimed_folder",
    "crash_point",
    "discard",
    "discard_empty_folder",
    "discard_folder",
    "keep_folder",
    "move_aside",
    "place_folder",
    "watched",
    "write_new",
    "write_stream",
    "write_whole",
]
