"""What runs inside a worker process of `ProcessEngine`: take bytes, carry them out, send bytes back."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection

from services.compute.limits import Limits, hold_to
from services.compute.task import Failure
from services.compute.threads import hold_one_thread
from services.compute.work import carry_out_in_worker

__all__ = ["die_with_parent", "serve"]


def serve(connection: Connection, limits: Limits) -> None:
    """Say that this worker is ready, then carry out what comes, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    die_with_parent()
    hold_one_thread()
    hold_to(limits)
    connection.send(None)
    while True:
        try:
            payload = connection.recv_bytes()
        except EOFError:
            return
        connection.send(_short_enough(carry_out_in_worker(payload), limits))


def _short_enough(answer: bytes | Failure, limits: Limits) -> bytes | Failure:
    if isinstance(answer, Failure) or limits.answer_bytes is None or len(answer) <= limits.answer_bytes:
        return answer
    return Failure(kind="error", message=f"its value takes {len(answer)} bytes; {limits.answer_bytes} are allowed")


def die_with_parent() -> None:
    """End this process as soon as its parent is gone, whatever it is doing, however the parent went."""
    threading.Thread(target=_follow_parent, name="follow parent", daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
