"""Who the people are: Slack's profile of each account, looked up once and kept in memory.

A request of somebody who was not seen before waits for their profile, but never longer than `FIRST_SIGHT`: whether
they are a guest decides what they may see. After that nothing waits. What is learnt is told to the core as
`ProfileSeen`.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final

import structlog

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack import addresses
from adapters.slack.clients import Clients
from adapters.slack.web import truthfully
from bot.requests import Profile, ProfileSeen

log = structlog.get_logger(__name__)

FIRST_SIGHT: Final = 1.0  # seconds, of the three in which Slack wants an answer
_FRESH: Final = 6 * 3600.0  # seconds; after that a profile is looked up again, in the background
_RETRY: Final = 30.0  # seconds until a lookup that failed is tried again
_KEPT: Final = 20_000

Spawn = Callable[[Coroutine[Any, Any, None]], None]


class People:
    def __init__(self, clients: Clients, tell: Callable[[ProfileSeen], Awaitable[Any]], spawn: Spawn) -> None:
        self._clients = clients
        self._tell = tell
        self._spawn = spawn
        self._profiles: dict[str, tuple[Profile, float]] = {}  # account → profile, when it was looked up
        self._failed: dict[str, float] = {}
        self._lookups: dict[str, asyncio.Task[Profile | None]] = {}

    def known(self, account: str) -> Profile | None:
        kept = self._profiles.get(account)
        return kept[0] if kept else None

    def names_in(self, team: str) -> Callable[[str], str]:
        """Their names, as far as they were seen; Slack's ids for the others."""

        def name_of(user: str) -> str:
            known = self.known(addresses.account(team, user))
            return known.name if known and known.name else user

        return name_of

    def keep(self, profile: Profile) -> None:
        while len(self._profiles) >= _KEPT:
            self._profiles.pop(next(iter(self._profiles)))
        self._profiles[profile.account] = (profile, time.monotonic())

    async def profile(self, account: str) -> Profile:
        """At once if they were seen before, else within `FIRST_SIGHT`; with nothing but the account if that fails."""
        kept = self._profiles.get(account)
        if kept is None:
            return await self._first_sight(account)
        if time.monotonic() - kept[1] > _FRESH:
            self._look_up(account)
        return kept[0]

    async def _first_sight(self, account: str) -> Profile:
        unknown = Profile(account=account)
        if time.monotonic() - self._failed.get(account, -_RETRY) < _RETRY:
            return unknown
        done, _ = await asyncio.wait([self._look_up(account)], timeout=FIRST_SIGHT)
        if not done:
            log.warning("slack.profile_slow", account=account)
        return next((task.result() for task in done), None) or unknown

    def _look_up(self, account: str) -> "asyncio.Task[Profile | None]":
        if account not in self._lookups:
            task = asyncio.create_task(self._ask_slack(account))
            self._lookups[account] = task
            task.add_done_callback(lambda _: self._lookups.pop(account, None))
        return self._lookups[account]

    async def _ask_slack(self, account: str) -> Profile | None:
        try:
            client = await self._clients.of(addresses.team_of(account))
            answer = await truthfully(client.users_info(user=addresses.last_of(account)))
        except (SendLater, SendRefused, SendUnknown) as error:
            log.warning("slack.profile_unknown", account=account, reason=str(error))
            if len(self._failed) >= _KEPT:
                self._failed.clear()
            self._failed[account] = time.monotonic()
            return None
        self._failed.pop(account, None)
        user = answer["user"]
        profile = profile_of(user, addresses.team_of(account))
        self.keep(profile)
        self._spawn(self._told(ProfileSeen(id=f"users.info/{uuid.uuid4()}", profile=profile, left=has_left(user))))
        return profile

    async def _told(self, seen: ProfileSeen) -> None:
        await self._tell(seen)


def profile_of(user: Mapping[str, Any], team: str) -> Profile:
    """https://docs.slack.dev/reference/objects/user-object"""
    details = user.get("profile") or {}
    names = (details.get("display_name"), details.get("real_name"), user.get("real_name"), user.get("name"))
    return Profile(
        account=addresses.account(team, user["id"]),
        name=next((name for name in names if name), ""),
        zone=user.get("tz") or "",
        outsider=is_outsider(user, team),
    )


def is_outsider(user: Mapping[str, Any], team: str) -> bool:
    """Guests of one or several channels, people of another company, bots; and whoever is not of this workspace.

    `team` may be a whole Enterprise organization: then nobody of its workspaces is a stranger, whatever Slack's flag of
    that name says (it means: of another workspace). https://docs.slack.dev/reference/objects/user-object
    """
    if any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_bot", "is_workflow_bot")):
        return True
    if user["id"] == "USLACKBOT":
        return True
    member = user.get("enterprise_user") or {}
    if team in (member.get("enterprise_id"), user.get("enterprise_id"), *(member.get("teams") or ())):
        return False
    home = user.get("team_id") or (user.get("profile") or {}).get("team")
    return bool(user.get("is_stranger")) or (bool(home) and home != team)


def has_left(user: Mapping[str, Any]) -> bool:
    return bool(user.get("deleted"))
