"""Write a file whole or not at all: beside its place first, flushed to the disk, then renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from services.campaign.errors import CampaignError

__all__ = ["write_whole"]


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file, replacing one that is there in one step; its folder is made where missing.

    Raises
    ------
    CampaignError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            mask = os.umask(0)
            os.umask(mask)
            part.chmod(0o666 & ~mask)  # a temporary file is private; this one is as open as any other new file
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CampaignError(f"{path} cannot be written: {error.strerror or error}") from error
    return path
