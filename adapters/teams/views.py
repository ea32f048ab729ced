"""One message that says something of their own to some of its readers: Teams' "User Specific Views".

`refresh` names them and a button: their client presses it whenever it shows the message, and again after an update of it, and
draws the card that comes back for them alone ("Up to date cards"). Everybody else, and a client that is too old for it, sees
the card as it was sent. At most 60 readers, each by the id that the roster gives (`29:…`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from adapters.teams import limits
from adapters.teams.cards import adaptive_card, messages
from adapters.teams.figures import size
from adapters.teams.forms import OURS
from adapters.teams.people import People
from adapters.teams.references import Reference
from adapters.teams.text import object_in
from bot.cards import Card, LinkButton, Mine

Json: TypeAlias = dict[str, Any]

READERS = 60
AGAIN = "again"


async def readers_of(card: Card, people: People, reference: Reference) -> list[str]:
    """The ids, in this conversation, of those to whom it says something of their own."""
    return await people.ids(card.mine.accounts, reference) if card.mine else []


def messages_for(card: Card, readers: Sequence[str], names: Mapping[str, str] | None = None) -> list[Json]:
    """Its messages, the first of which asks for each reader's own, and offers to everybody else nothing that is not theirs.

    Of a card that takes several, and of one that fills its message, all see the same: theirs reaches them in private as well.
    """
    drawn = messages(card, names)
    if card.mine is None or not readers or len(drawn) > 1:
        return drawn
    [message] = messages(_for_all(card, card.mine), names)
    [attachment] = message["attachments"]
    content = {**attachment["content"], "refresh": _refresh(card.mine, readers)}
    seen = {**message, "attachments": [{**attachment, "content": content}]}
    return [seen] if size(seen) <= limits.MESSAGE else drawn


def own_view(card: Card, readers: Sequence[str]) -> Json:
    """What one reader sees in the place of the message; it is asked for again like the first time."""
    drawn = adaptive_card(card)
    return {**drawn, "refresh": _refresh(card.mine, readers)} if card.mine and readers else drawn


def asks_again(activity: Json) -> bool:
    """Does a client ask for its reader's own view?"""
    action = object_in(object_in(activity, "value"), "action")
    return object_in(object_in(action, "data"), OURS).get(AGAIN) is True


def by_itself(activity: Json) -> bool:
    """Did nobody press anything for that?"""
    return asks_again(activity) and object_in(activity, "value").get("trigger") == "automatic"


def _for_all(card: Card, mine: Mine) -> Card:
    buttons = (one for one in card.buttons if isinstance(one, LinkButton) or one.action not in mine.actions)
    return replace(card, buttons=tuple(buttons))


def _refresh(mine: Mine, readers: Sequence[str]) -> Json:
    ours = {"press": mine.button.action, "value": mine.button.value, AGAIN: True}
    action = {"type": "Action.Execute", "title": mine.button.label, "verb": mine.button.action, "data": {OURS: ours}}
    return {"action": action, "userIds": list(readers[:READERS])}
