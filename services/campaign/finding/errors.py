"""What can be wrong with a question: said with its place in the text."""

from __future__ import annotations

from services.campaign.errors import CampaignError
from services.report.lettering import n_columns

__all__ = ["QueryError"]


class QueryError(CampaignError):
    """A question cannot be understood; says where, what stands there, and what would be right.

    Parameters
    ----------
    text
        The question.
    at, width
        Where the fault begins, counted from 0, and how many letters it has; one behind the last letter is its end.
    """

    def __init__(self, text: str, at: int, reason: str, hint: str = "", width: int = 1) -> None:
        self.text, self.at, self.reason, self.hint = text, at, reason, hint
        flat = " ".join(text.split("\n")) if "\n" in text else text
        mark = " " * n_columns(flat[:at]) + "^" * max(n_columns(flat[at : at + width]), 1)
        said = f"{reason} ({hint})" if hint else reason
        super().__init__(f"letter {at + 1}: {said}\n  {flat}\n  {mark}")
