"""Structured logs of what keeps campaigns going: an event's name and its facts, as text or as JSON lines."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

__all__ = ["JsonLines", "TextLines", "write_logs"]

_OWN = ("loop", "services", "campaigns")
_TOLD_ANYWAY = "services.campaign.post"
"""What becomes of a file is said with the turn; people need not read it twice."""
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def _facts(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


class JsonLines(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, event, then the facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_facts(record),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """One line for people: what happened and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        facts = " ".join(f"{name}={value}" for name, value in _facts(record).items())
        text = f"{record.levelname.lower()}: {record.getMessage()} {facts}".rstrip()
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def write_logs(*, as_json: bool) -> None:
    """Write what this house logs to stderr: everything as JSON lines, or only warnings and worse as text."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    for name in _OWN:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if as_json else logging.WARNING)
    logging.getLogger(_TOLD_ANYWAY).setLevel(logging.INFO if as_json else logging.ERROR)
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # a look that comes while one is at it is no news
