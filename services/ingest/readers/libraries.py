"""Other people's readers of formats, fetched when a file needs one; each may be missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from services.ingest.errors import UnreadableFile

__all__ = ["library"]


def library(module: str, package: str, file_name: str) -> Any:
    """Return a module of a library.

    Raises
    ------
    UnreadableFile
        If it is not installed; says what to install.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise UnreadableFile(
            file_name, f"reading it takes {package}, which is not installed", f"pip install {package}"
        ) from error
