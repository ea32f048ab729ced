"""What Slack shows of us outside of conversations: the Home tab, and the window in which a press on it is answered.

Nothing can be posted beside a button that stands there, so the answer is a window over it; what is pressed in that window is
answered in its place. https://docs.slack.dev/surfaces/app-home, https://docs.slack.dev/reference/events/app_home_opened
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack import addresses, cards, limits
from adapters.slack.clients import Clients
from adapters.slack.manifest import COMMAND
from adapters.slack.texts import Block, context, plain
from adapters.slack.web import truthfully
from adapters.slack.windows import Window, log
from bot.cards import Card
from bot.requests import HomeOpened, Profile, Where

Payload = Mapping[str, Any]
_HOME_TAB: Final = "home"


def opened(body: Payload, actor: Profile) -> HomeOpened | None:
    """Somebody looks at the Home tab; None for any other tab."""
    if body["event"].get("tab") != _HOME_TAB:
        return None
    where = Where(conversation=actor.account, direct=True)
    return HomeOpened(id=body["event_id"], actor=actor, where=where, surface=addresses.home(actor.account))


def is_in_view(body: Payload) -> bool:
    """Was it pressed on the Home tab or in a window?"""
    return (body.get("container") or {}).get("type") == "view"


def is_in_window(body: Payload) -> bool:
    """Was it a window?"""
    return is_in_view(body) and (body.get("view") or {}).get("type") == "modal"


async def publish(client: AsyncWebClient, user: str, card: Card) -> None:
    """Draws somebody's Home tab. What Slack does not take there says nothing of whether it takes messages.

    Doing it twice is doing it once. https://docs.slack.dev/reference/methods/views.publish
    """
    try:
        await truthfully(client.views_publish(user_id=user, view=home_view(card)))
    except SendUnknown as unknown:
        raise SendLater(5.0, str(unknown)) from unknown
    except SendRefused as refused:
        raise SendRefused(refused.reason, conversation_gone=False) from refused


def home_view(card: Card) -> dict[str, Any]:
    """What fits; it says so where that is not all."""
    blocks = _blocks([card])
    if len(blocks) > limits.BLOCKS_A_VIEW:
        blocks = [*blocks[: limits.BLOCKS_A_VIEW - 1], context(f"There is more: “{COMMAND} home” shows all of it.")]
    return {"type": "home", "blocks": blocks}


def answer_view(answers: Sequence[Card]) -> dict[str, Any] | None:
    """The window that says this; None where it is more than one holds."""
    blocks = _blocks(answers)
    if len(blocks) > limits.BLOCKS_A_VIEW:
        return None
    return {"type": "modal", "title": plain("Touchpoint"), "close": plain("Close"), "blocks": blocks}


def _blocks(several: Sequence[Card]) -> list[Block]:
    """As plain as can be: tables and charts are for messages."""
    drawn = chain.from_iterable(cards.drawn(card) for card in several)
    return [block for each in drawn for block in each.instead or (each.block,)]


class SameWindow(Window):
    """The window in which somebody pressed a button: whatever comes of it takes its place."""

    def __init__(self, clients: Clients, team: str, body: Payload) -> None:
        super().__init__(clients, team, body["trigger_id"], framed=False)
        self._view_id = str(body["view"]["id"])

    async def show(self, view: Mapping[str, Any]) -> bool:
        try:
            client = await self._clients.of(self._team)
            await truthfully(client.views_update(view_id=self._view_id, view=dict(view)))
        except (SendLater, SendRefused, SendUnknown) as error:  # closed by now, for one
            log.warning("slack.window_not_filled", request=self._trigger, reason=str(error))
            return False
        return True
