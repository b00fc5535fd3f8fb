"""Read instruments' files in processes of their own, bounded in time, memory and length of answer.

A reader may raise anything, never end, or take all the memory there is: outside, each of these is one `UnreadableFile`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from services.compute import Engine, Limits, Outcome, Task
from services.compute.processes import ProcessEngine
from services.ingest.errors import IngestError, UnreadableFile
from services.ingest.reading import ReadFile, Refusal, read_here

__all__ = ["MAX_FILE_BYTES", "Sandbox"]

MB = 2**20
MAX_FILE_BYTES = 256 * MB
_MEMORY_BYTES = 3072 * MB
_ANSWER_BYTES = 256 * MB
_FILES_OF_A_PROCESS = 100
_SECONDS, _SECONDS_PER_MB = 3.5, 0.25
"""A file that takes longer than this is not read: few megabytes have to come within five seconds."""


class Sandbox:
    """Processes that read files, one file at a time each; a process is replaced after a fault, or after 100 files.

    Parameters
    ----------
    n_workers
        Files at a time; ``n_ahead`` is how many may wait for them so that none is idle.
    profiles
        Folder of the workspace's own profiles of delimited text, None where it has none.
    seconds
        How long a small file may take; larger ones get more.
    engine
        Where to read instead, for files that are trusted: the limits are that engine's own.
    """

    def __init__(
        self,
        n_workers: int = 1,
        *,
        profiles: Path | None = None,
        seconds: float = _SECONDS,
        engine: Engine | None = None,
    ) -> None:
        limits = Limits(memory_bytes=_MEMORY_BYTES, answer_bytes=_ANSWER_BYTES, most_tasks=_FILES_OF_A_PROCESS)
        self._engine = engine or ProcessEngine(n_workers, n_attempts=1, limits=limits)
        self._profiles, self._seconds, self._numbers = profiles, seconds, count(1)
        self.n_ahead = 4 * n_workers

    def read(self, path: Path, *, name: str = "", reader: str = "") -> ReadFile:
        """Read a file.

        Parameters
        ----------
        path
            Where its bytes lie.
        name
            What it was called where it came from, if it lies under another name.
        reader
            Name of the reader to use, as ``xrdml`` or ``profile:tg_plain``; left out, the file's content says.

        Raises
        ------
        UnreadableFile
            If it cannot be read for whatever reason, or does not hold what it says of itself.
        """
        return self.begin(path, name=name, reader=reader)()

    def begin(self, path: Path, *, name: str = "", reader: str = "") -> Callable[[], ReadFile]:
        """Begin to read a file beside others; what is returned waits for what came of it, and raises as `read` does."""
        try:
            future = self._submit(path, name, reader)
        except UnreadableFile as error:
            return partial(_raised, error)
        return partial(_answer, future, path, name)

    def read_all(self, paths: Iterable[Path]) -> Iterator[tuple[Path, ReadFile | UnreadableFile]]:
        """Read many files, several at a time; each with what came of it, in their order."""
        ahead: deque[tuple[Path, Callable[[], ReadFile]]] = deque()
        for path in paths:
            ahead.append((path, self.begin(path)))
            if len(ahead) == self.n_ahead:
                yield _settled(*ahead.popleft())
        while ahead:
            yield _settled(*ahead.popleft())

    def close(self) -> None:
        """End the processes; what they are reading is let go."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _submit(self, path: Path, name: str, reader: str) -> Future[Outcome]:
        try:
            size = path.stat().st_size
        except OSError as error:
            raise UnreadableFile(path, f"it cannot be opened: {error.strerror}") from error
        if size > MAX_FILE_BYTES:
            raise UnreadableFile(path, f"it has {size / MB:.0f} MB; {MAX_FILE_BYTES // MB} MB are read at most")
        task = Task(
            f"file {next(self._numbers)}",
            read_here,
            (str(path), name or path.name, reader, str(self._profiles or "")),
            timeout_s=self._seconds + _SECONDS_PER_MB * size / MB,
        )
        future = self._engine.submit(task)
        future.add_done_callback(lambda _: self._engine.release(task.key))
        return future


def _settled(path: Path, read: Callable[[], ReadFile]) -> tuple[Path, ReadFile | UnreadableFile]:
    try:
        return path, read()
    except UnreadableFile as error:
        return path, error


def _raised(error: UnreadableFile) -> ReadFile:
    raise error


def _answer(future: Future[Outcome], path: Path, name: str) -> ReadFile:
    outcome, shown = future.result(), name or path
    if outcome.failure is not None:
        match outcome.failure.kind:
            case "timeout":
                raise UnreadableFile(shown, f"it was not read in time: {outcome.failure.message}", _SAY_SIZE)
            case "died":
                raise UnreadableFile(shown, f"reading it broke its reader: {outcome.failure.message}", _SAY_DAMAGED)
            case "error":
                raise UnreadableFile(shown, f"what it holds does not come through: {outcome.failure}", _SAY_SIZE)
    match outcome.value:
        case ReadFile() as read:
            return read
        case Refusal(reason=reason, hint=hint):
            raise UnreadableFile(shown, reason, hint)
    raise IngestError(f"{shown}: reading it gave a {type(outcome.value).__name__}")


_SAY_SIZE = "is it what it seems to be? A single measurement is read within seconds"
_SAY_DAMAGED = "the file is damaged, or was made to do harm; export it again"
