"""Keep a lease while somebody works under it: renewed by a thread of its own, so that a long fit does not let it go."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from types import TracebackType
from typing import Self

from loop.errors import LeaseLostError
from loop.lease import Lease
from loop.ports import Clock, Leases
from services.store import StoreError

__all__ = ["Heartbeat"]

log = logging.getLogger(__name__)

_BEATS_A_LEASE = 3


class Heartbeat:
    """Renews a lease from birth to exit; a lease that is lost is not taken again.

    Parameters
    ----------
    leases
        Where it was taken.
    lease
        Held now.
    clock
        Tells until when.
    length
        How long a renewed lease lasts from then on.
    """

    def __init__(self, leases: Leases, lease: Lease, *, clock: Clock, length: timedelta) -> None:
        self._leases, self._lease, self._clock, self._length = leases, lease, clock, length
        self._is_over = threading.Event()
        self._lost: LeaseLostError | None = None
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat {lease.name}", daemon=True)

    def check(self) -> None:
        """Raise LeaseLostError where the lease was lost."""
        if self._lost is not None:
            raise self._lost

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._is_over.wait(self._length.total_seconds() / _BEATS_A_LEASE):
            now = self._clock.now()
            try:
                self._lease = self._leases.renew(self._lease, now=now, until=now + self._length)
            except LeaseLostError as error:
                self._lost = error
                log.warning("lease lost", extra={"lease": self._lease.name, "reason": str(error)})
                return
            except StoreError as error:  # the next beat may find the database again, before the lease is over
                log.warning("lease not renewed", extra={"lease": self._lease.name, "reason": str(error)})
