"""Both renderings of what stands in a room: what Slack and what Teams would be sent, drawn side by side.

The room's people have accounts of neither platform, so each side is told of them under addresses of its own, and what comes
back is theirs again. Nothing of either platform's SDK is needed for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import structlog

from adapters.playground.mirror import adaptive, block_kit, tasks, views
from adapters.playground.mirror.nodes import Node, Strange, el
from adapters.playground.mirror.views import Typed
from adapters.slack import cards as slack_cards
from adapters.slack import forms as slack_forms
from adapters.teams import cards as teams_cards
from adapters.teams import forms as teams_forms
from bot.cards import Card
from bot.forms import Form, Person, Value, Values
from bot.requests import Where, tenant_of

log = structlog.get_logger(__name__)

SLACK, TEAMS = "slack", "teams"


@dataclass(frozen=True, slots=True)
class Filled:
    """What came back from an open form, in the room's own addresses."""

    form_id: str
    context: Mapping[str, str]
    values: Values


class Mirror:
    """Of one room (`play:local/security-sync`), whose people and names are asked for anew each time."""

    def __init__(self, home: str, names: Callable[[], Mapping[str, str]]) -> None:
        self._tenant = tenant_of(home)
        self._team = self._tenant.partition(":")[2]
        self._names = names
        self._drawn = lru_cache(maxsize=1024)(self._message)

    @property
    def people(self) -> dict[str, str]:
        """By local id."""
        return {account.rpartition("/")[2]: name for account, name in self._names().items()}

    def message(self, card: Card) -> dict[str, Node]:
        """The card on each side, as one or more messages. Raises `Strange`."""
        return self._drawn(card)

    def shown(self, card: Card) -> dict[str, Node]:
        """The same for a page: what cannot be drawn says so there, and stops nothing else."""
        try:
            return self.message(card)
        except Strange as strange:
            log.warning("playground.not_mirrored", reason=str(strange))
            said = el("p", {"class": "strange", "role": "alert"}, f"The mirror cannot draw this: {strange}.")
            return {SLACK: said, TEAMS: said}

    def _message(self, card: Card) -> dict[str, Node]:
        sent = slack_cards.render(replace(card, notify=tuple(self._for(SLACK, account) for account in card.notify)))
        names = self._names()
        named = {account: names[account] for account in card.notify if account in names}
        activities = teams_cards.messages(card, named)
        contents = [activity["attachments"][0]["content"] for activity in activities]
        return {
            SLACK: el(
                "div", "sl-message", [el("div", "sl-blocks", block_kit.blocks(one.blocks, self.people)) for one in sent]
            ),
            TEAMS: el("div", "tm-message", [adaptive.card(content, self.people) for content in contents]),
        }

    def form(
        self, form: Form, where: Where, values: Values | None = None, errors: Mapping[str, str] | None = None
    ) -> dict[str, Node]:
        """The open form on each side. Raises `Strange`."""
        return {
            SLACK: self._modal(self._told(form, SLACK), where, self._typed(form, values, SLACK), errors or {}),
            TEAMS: self._dialog(self._told(form, TEAMS), self._typed(form, values, TEAMS), errors),
        }

    def _modal(self, form: Form, where: Where, values: Values | None, errors: Mapping[str, str]) -> Node:
        """Errors beside their fields where each has one, as Slack shows them."""
        beside = slack_forms.field_errors(form, errors)
        view = slack_forms.view(form, where, values=values, errors=None if beside else errors)
        return views.modal(view, self.people, beside or {})

    def _dialog(self, form: Form, values: Values | None, errors: Mapping[str, str] | None) -> Node:
        drawn = teams_forms.form_card(form, self._team, values, errors)
        return tasks.dialog(teams_forms.dialog(drawn, form.title), self.people)

    def filled(self, side: str, back: str, typed: Typed) -> Filled:
        """What was typed on that side; `back` is what the form carried."""
        if side == SLACK:
            view = views.submitted(back, typed, self._team)
            return Filled(view.form_id, view.context, self._ours(view.values, SLACK))
        form_id, context, values = tasks.submitted(back, typed, self._team)
        return Filled(form_id, context, self._ours(values, TEAMS))

    def _for(self, side: str, account: str) -> str:
        """`play:local/cio` as that side would call it."""
        tenant, _, person = account.partition("/")
        return f"{side}:{self._team}/{person}" if tenant == self._tenant else account

    def _told(self, form: Form, side: str) -> Form:
        fields = (replace(f, value=self._for(side, f.value)) if isinstance(f, Person) else f for f in form.fields)
        return replace(form, fields=tuple(fields))

    def _typed(self, form: Form, values: Values | None, side: str) -> Values | None:
        people = {field.name for field in form.fields if isinstance(field, Person)}
        return values and {
            name: self._for(side, value) if name in people and isinstance(value, str) else value
            for name, value in values.items()
        }

    def _ours(self, values: Values, side: str) -> dict[str, Value]:
        return {name: self._mine(value, f"{side}:{self._team}/") for name, value in values.items()}

    def _mine(self, value: Value, theirs: str) -> Value:
        if isinstance(value, str) and value.startswith(theirs):
            return f"{self._tenant}/{value.removeprefix(theirs)}"
        return value
