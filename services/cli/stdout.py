"""Keep stdout for results: what libraries print by themselves, below Python too, goes to stderr.

A solver that writes one line of its own would spoil the JSON that a script reads.
"""

from __future__ import annotations

import os
import sys

__all__ = ["keep_for_results"]

_STDOUT, _STDERR = 1, 2


def keep_for_results() -> None:
    """Give `sys.stdout` a descriptor of its own, and let descriptor 1 lead to stderr from now on.

    For processes that are one command. On a terminal nothing changes: a person reads both, and line editing stays.
    """
    try:
        if os.isatty(_STDOUT) or sys.stdout.fileno() != _STDOUT:
            return
        sys.stdout.flush()
        own = os.dup(_STDOUT)
        os.dup2(_STDERR, _STDOUT)
    except (OSError, ValueError, AttributeError):  # no stdout, or no stderr: nothing to keep apart
        return
    # `sys.__stdout__` stays what it was: closed with the old stream, descriptor 1 would go to the next file opened.
    sys.stdout = os.fdopen(own, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors)
