"""The disk: the one place that writes files. Whole or not at all, each step between two crash points."""

from services.disk.crash_points import crash_point, watched
from services.disk.errors import DiskError
from services.disk.files import append_line, discard, keep_folder, move_aside, write_new, write_whole

__all__ = [
    "DiskError",
    "append_line",
    "crash_point",
    "discard",
    "keep_folder",
    "move_aside",
    "watched",
    "write_new",
    "write_whole",
]
