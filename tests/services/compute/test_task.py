"""Tasks that make no sense are refused at birth; failures keep what people need to know."""

from __future__ import annotations

import functools

import pytest

from services.compute import Failure, Outcome, Task, TaskError
from tests.services.compute import tasks


def main_program() -> None: ...


main_program.__module__ = "__main__"


@pytest.mark.parametrize(
    "function",
    [
        lambda: None,
        functools.partial(tasks.square, 2),
        main_program,
        tasks.OddError("a", number=1).__str__,
    ],
    ids=["lambda", "partial", "of the program itself", "bound method"],
)
def test_a_function_that_another_process_cannot_import_is_refused(function):
    """The message names the task and says what would be right."""
    with pytest.raises(TaskError, match=r"T1: another process cannot import .* at the top of a module"):
        Task("T1", function)


def test_a_function_within_a_function_is_refused():
    """It has no name that another process could import."""

    def inner() -> None: ...

    with pytest.raises(TaskError, match="inner"):
        Task("T1", inner)


@pytest.mark.parametrize("timeout_s", [0, -1.0, float("inf"), float("nan")])
def test_a_task_may_take_a_positive_finite_time(timeout_s):
    """For ever is no time limit."""
    with pytest.raises(TaskError, match=r"T1.*positive, finite time"):
        Task("T1", tasks.square, (2,), timeout_s=timeout_s)


def test_a_task_has_a_key():
    """Without one nobody could say what failed."""
    with pytest.raises(TaskError, match="needs a key"):
        Task("", tasks.square, (2,))


@pytest.mark.parametrize(
    ("error", "name"),
    [(ValueError("wrong"), "ValueError"), (TaskError("wrong"), "services.compute.errors.TaskError")],
)
def test_a_failure_names_the_class_of_its_error(error, name):
    """In full, but for Python's own."""
    failure = Failure.of_error(error)
    assert (failure.kind, failure.error_type, failure.message) == ("error", name, "wrong")
    assert str(failure) == f"{name}: wrong"


def test_what_failed_is_quarantined_and_what_did_not_is_not():
    """A value of None is a value."""
    failure = Failure(kind="timeout", message="not done after 2 s")
    assert Outcome(key="T1", failure=failure, n_attempts=2).is_quarantined
    assert not Outcome(key="T1", value=None, n_attempts=1).is_quarantined
    assert str(failure) == "not done after 2 s"
