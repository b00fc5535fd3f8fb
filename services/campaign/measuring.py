"""What a person may do with measurements: say whose they are, keep them or leave them out. All of it is logged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loop.hints import did_you_mean
from loop.ports import Clock
from services.campaign.errors import CampaignError
from services.campaign.intake.booking import linked, owner
from services.campaign.intake.names import Names
from services.ingest.linking import Unlinked
from services.records.measurement import KeptFile, Measurement
from services.store.measurements import SqlMeasurements

__all__ = ["Measuring", "is_measurement"]


def is_measurement(word: str) -> bool:
    """Say whether a word looks like the id of a measurement, or of all that one file holds."""
    return word.upper().startswith("M-")


class Measuring:
    """The measurements of a workspace.

    Parameters
    ----------
    measurements
        Where they are booked.
    names
        Tells all ids that there are.
    clock
        Tells when something was decided.
    actor
        Who decides.
    """

    def __init__(self, measurements: SqlMeasurements, *, names: Callable[[], Names], clock: Clock, actor: str) -> None:
        self._measurements, self._names, self._clock, self._actor = measurements, names, clock, actor

    def all(self) -> list[Measurement]:
        """List every measurement, by id."""
        return self._measurements.measurements()

    def files(self) -> dict[str, KeptFile]:
        """List every file that was taken in, by the hash of its bytes."""
        return {file.hash: file for file in self._measurements.files()}

    def waiting(self) -> list[Measurement]:
        """List what waits for a person: of nobody yet, or looking wrong."""
        return [m for m in self.all() if m.judgement == "doubted" or not (m.is_linked or m.judgement == "excluded")]

    def named(self, word: str) -> list[Measurement]:
        """Find the measurement of an id, or all of one file by its own id (``M-3FA91C07B2D4``) or name.

        Raises
        ------
        CampaignError
            If there is none.
        """
        known, wanted = self.all(), word.upper()
        files = {file.hash for file in self._measurements.files() if file.name == word}
        found = [m for m in known if m.id == wanted or m.id.rpartition("-")[0] == wanted or m.file in files]
        if not found:
            near = did_you_mean(wanted, [m.id for m in known])
            raise CampaignError(f"there is no measurement {word}{near}; meguri measurements lists them")
        return found

    def give(self, words: Sequence[str], to: str, *, reason: str = "") -> list[Measurement]:
        """Say whose measurements are; ones that were linked otherwise belong to the new one from now on.

        Raises
        ------
        CampaignError
            If a measurement, or who it should belong to, is not known; nothing is linked then.
        """
        whose = self._names().linked(to)
        if isinstance(whose, Unlinked):
            raise CampaignError(whose.reason + (f"; {whose.suggestion}" if whose.suggestion else ""))
        wanted = [measurement for word in words for measurement in self.named(word)]
        done = []
        for known in wanted:
            changed = linked(known, whose)
            if changed != known:
                before = f"was of {owner(known)}" if known.is_linked else "by hand"
                self._decide(changed, "linked", reason or before)
            done.append(changed)
        return done

    def keep(self, words: Sequence[str], *, reason: str) -> list[Measurement]:
        """Let measurements count though something looks wrong in them, or though they were left out."""
        return self._judge(words, "kept", reason)

    def exclude(self, words: Sequence[str], *, reason: str) -> list[Measurement]:
        """Leave measurements out: they stay readable, and train nothing."""
        return self._judge(words, "excluded", reason)

    def _judge(self, words: Sequence[str], judgement: str, reason: str) -> list[Measurement]:
        if not reason.strip():
            raise CampaignError("this needs a reason: the log has to make sense later")
        wanted = [measurement for word in words for measurement in self.named(word)]
        for known in wanted:
            self._decide(known.model_copy(update={"judgement": judgement}), judgement, reason)
        return [self._measurements.measurement(known.id) for known in wanted]

    def _decide(self, changed: Measurement, what: str, reason: str) -> None:
        at = self._clock.now()
        self._measurements.decide(changed.id, changed, what=what, actor=self._actor, at=at, reason=reason)
