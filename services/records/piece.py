"""The piece that was measured: which batch, which moulding run, which bar, and how old it was. Values."""

from __future__ import annotations

from datetime import date, datetime

from loop.values import Frozen

__all__ = ["Piece"]


class Piece(Frozen):
    """A test piece of a specimen, as far as it is known; empty where nobody said it.

    Polypropylene stiffens for days after moulding, so a property without the age at test is half a number.

    Parameters
    ----------
    batch
        Compound batch: one run of the extruder.
    moulding_run
        Run of the moulding machine that made it from the batch.
    bar
        Which piece of that run.
    moulded_on
        Day of moulding.
    conditioning
        How it was kept before the test, as ``23 °C, 50 % r.h., 48 h`` (ISO 291).
    """

    batch: str = ""
    moulding_run: str = ""
    bar: str = ""
    moulded_on: date | None = None
    conditioning: str = ""

    def age_days(self, measured_at: datetime | None) -> float | None:
        """Return its age at a measurement in days; None where either day is not known."""
        if self.moulded_on is None or measured_at is None:
            return None
        begun = datetime(self.moulded_on.year, self.moulded_on.month, self.moulded_on.day)
        return (measured_at.replace(tzinfo=None) - begun).total_seconds() / 86_400
