"""An edit while a person makes it: the values wanted so far, the rules they break, what is expected of them."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from loop.agent import Forecast
from loop.errors import LoopError
from loop.older_plans import changed_plan
from loop.values import Setting
from services.campaign.editing import nearest_edit
from services.campaign.service import CampaignService
from services.campaign.views import EditView
from services.cli.assignments import read_settings
from services.cli.numerals import settings_text
from services.cli.pages import edit_page
from services.cli.printing import emit, say, show, waiting, width

__all__ = ["Edit"]


class Edit:
    """Changes of one proposal's plan. Books nothing.

    Parameters
    ----------
    service
        Where the proposal is.
    proposal
        Its id.
    is_nearest
        Move what was not asked for as little as needed to keep every rule.
    """

    def __init__(self, service: CampaignService, proposal: str, *, is_nearest: bool) -> None:
        from loop.ids import campaign_of

        self._service, self._proposal, self._is_nearest = service, proposal, is_nearest
        self._state = service.state(campaign_of(proposal))
        self._record = self._state.proposal(proposal)
        self._asked: dict[str, Setting] = {}
        self.changes: dict[str, Setting] = {}
        self.breaks_safety = False

    def set(self, texts: Sequence[str]) -> None:
        """Take ``name=value`` texts beside what was asked for before."""
        self._asked |= read_settings(texts, self._state.definition.knobs)
        self.changes = dict(self._asked)
        if self._is_nearest and self._asked:
            whole = nearest_edit(self._state, self._proposal, self._asked)
            self.changes = {n: v for n, v in whole.items() if n in self._asked or v != self._record.planned.get(n)}

    def ask(self) -> None:
        """Ask for changes, one after the other, and show each time what they come to."""
        say(f"{self._proposal}: {settings_text(self._record.planned)}")
        while True:
            text = typer.prompt("change NAME=VALUE, or Enter to go on", default="", show_default=False, err=True)
            if not text.strip():
                return
            try:
                self.set([text.strip()])
                self.show(as_json=False)
            except (typer.BadParameter, LoopError) as error:
                say(error.message if isinstance(error, typer.BadParameter) else str(error), style="red")

    def show(self, *, as_json: bool) -> bool:
        """Show what changes and which rules break; True where none does."""
        forecast = self._forecast()
        self.breaks_safety = forecast.breaks_safety
        after = changed_plan(self._state, self._record, self.changes)
        if as_json:
            emit(
                EditView(
                    proposal=self._proposal,
                    planned=after,
                    predicted_before=self._record.predicted,
                    predicted=forecast.predicted,
                    violations=forecast.violations,
                    breaks_safety=forecast.breaks_safety,
                )
            )
            return not forecast.violations
        show(edit_page(self._state, self._record.planned, after, self._record.predicted, forecast, width()))
        if forecast.violations and not self._is_nearest:
            self._suggest()
        return not forecast.violations

    def _forecast(self) -> Forecast:
        with waiting("working out what to expect"):
            return self._service.forecast_edit(self._proposal, self.changes)

    def _suggest(self) -> None:
        """Say which allowed formulation lies nearest."""
        try:
            whole = nearest_edit(self._state, self._proposal, self._asked)
        except LoopError as error:
            say(f"no allowed formulation has these values: {error}", style="yellow")
            return
        others = {n: v for n, v in whole.items() if n not in self._asked and v != self._record.planned.get(n)}
        text = settings_text(others)
        say(f"allowed with {text} as well: add --nearest", style="yellow")
