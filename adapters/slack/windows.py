"""The one window that a trigger can open. Slack lets it do so for three seconds, and the core may take longer.

    state    what happens                           then
    waiting  the form is there                      opened with it
             it is not there after `PATIENCE`       framed: a light view stands in for it
    framed   the form is there                      the frame is filled with it
             there is none after all                the frame says where the answer is
             nobody knows whether the frame opened  it is filled by the name that it was given

The clock starts when the payload arrives, before anything is looked up. Whoever closed the frame in the meantime gets a
button that opens the form. https://docs.slack.dev/surfaces/modals#updating_views
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import structlog

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack.clients import Clients
from adapters.slack.texts import plain, section
from adapters.slack.web import truthfully

log = structlog.get_logger(__name__)

PATIENCE: Final = 0.25  # seconds from the payload's arrival
_WITHIN: Final = 2.0  # seconds for views.open; its trigger is dead after three

WAIT = "One moment …"
ELSEWHERE = "The answer stands in the conversation. You may close this window."
NOTHING = "Done. You may close this window."
BROKE = "Something went wrong on our side. Please close this window and try once more."


def notice(text: str) -> dict[str, Any]:
    """A view that says one thing and has nothing to submit."""
    return {"type": "modal", "title": plain("Touchpoint"), "close": plain("Close"), "blocks": [section(text)]}


class Window:
    """`framed` says that a form is expected: then the frame stands as soon as the form is late.

    As a context it is for the time in which its form is looked for: what breaks off there leaves no frame that waits for ever.
    """

    def __init__(self, clients: Clients, team: str, trigger: str, *, framed: bool) -> None:
        self._clients = clients
        self._team = team
        self._trigger = trigger
        self._framing = asyncio.create_task(self._frame()) if framed else None
        self._begun = False

    async def __aenter__(self) -> "Window":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind and issubclass(kind, Exception):
            await self.settle(BROKE)

    async def show(self, view: Mapping[str, Any]) -> bool:
        """False where it could not be shown, and the trigger is lost."""
        return await self._fill(view) if await self._framed() else await self._open(view)

    async def settle(self, text: str) -> None:
        """No form came: a frame that stands there says so."""
        if await self._framed():
            await self._fill(notice(text))

    async def _frame(self) -> bool:
        await asyncio.sleep(PATIENCE)
        self._begun = True
        return await self._open({**notice(WAIT), "external_id": self._trigger})

    async def _framed(self) -> bool:
        """A frame that was begun may stand there, whatever became of the call."""
        if self._framing is None:
            return False
        if not self._begun:
            self._framing.cancel()
            return False
        await self._framing
        return True

    async def _open(self, view: Mapping[str, Any]) -> bool:
        try:
            client = await self._clients.of(self._team)
            await asyncio.wait_for(truthfully(client.views_open(trigger_id=self._trigger, view=dict(view))), _WITHIN)
        except (SendLater, SendRefused, SendUnknown, TimeoutError) as error:
            log.warning("slack.window_not_opened", request=self._trigger, reason=str(error))
            return False
        return True

    async def _fill(self, view: Mapping[str, Any]) -> bool:
        try:
            client = await self._clients.of(self._team)
            await truthfully(client.views_update(external_id=self._trigger, view=dict(view)))
        except (SendLater, SendRefused, SendUnknown) as error:  # closed by now, for one
            log.warning("slack.window_not_filled", request=self._trigger, reason=str(error))
            return False
        return True
