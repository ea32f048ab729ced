"""Slack on the contract suite's stage: the real adapter behind a real HTTP server, and a Slack double behind the adapter.

A verb is what Slack would send: a signed request made from a payload of the real shape (tests/payloads/slack). What the
adapter acknowledges is carried out as Slack does, and the screen is what the double holds.
"""

import copy
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from adapters.port import Core
from adapters.slack.app import PATH, SlackAdapter, SlackConfig
from adapters.slack.manifest import build_manifest
from bot.commands import REGISTRY
from tests.contract.stage import Chair, Seen, SeenForm
from tests.doubles import slack_blocks, slack_views
from tests.doubles.slack_api import BOT_TOKEN, BOT_USER, SIGNING_SECRET, TEAM, Json, SlackApi

PAYLOADS = Path(__file__).parent.parent / "payloads" / "slack"
HOME, OTHER = "C0HOME", "C0OTHER"


def payload(name: str) -> Json:
    """A payload as Slack sends it."""
    read: Json = json.loads((PAYLOADS / f"{name}.json").read_text())
    return read


def signed(raw: bytes, *, secret: str = SIGNING_SECRET, stamp: str | None = None) -> dict[str, str]:
    """The headers that prove that it is Slack's: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    when = stamp or str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{when}:".encode() + raw, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": when, "X-Slack-Signature": f"v0={digest}"}


class SlackStage:
    platform = "slack"

    def __init__(self, slack: SlackApi, adapter: SlackAdapter, http: aiohttp.ClientSession, url: str) -> None:
        self.slack = slack
        self.adapter = adapter
        self.edge = adapter.edge
        self.home = f"slack:{TEAM}/{HOME}"
        self._http = http
        self._url = url
        self._ids = itertools.count(1)
        self._last: tuple[bytes, dict[str, str]] | None = None
        self.last_status = 0

    async def seat(self, name: str, *, zone: str = "Europe/Zurich", outsider: bool = False) -> "SlackChair":
        user = self.slack.add_user(f"U{next(self._ids)}{name.upper()[:8]}", name, zone=zone, is_restricted=outsider)
        for channel in (HOME, OTHER):
            self.slack.channels[channel].members.add(user)
        self.slack.direct(user)
        return SlackChair(self, user)

    def refused(self) -> list[str]:
        return self.slack.rejected

    async def redeliver(self) -> None:
        assert self._last is not None
        await self._send(*self._last)

    async def command(self, body: Json) -> Json:
        return await self._deliver(urlencode(body).encode(), "application/x-www-form-urlencoded")

    async def interaction(self, body: Json) -> Json:
        raw = urlencode({"payload": json.dumps(body)}).encode()
        return await self._deliver(raw, "application/x-www-form-urlencoded")

    async def event(self, name: str, *, ok: bool = True, **event: Any) -> Json:
        """A payload with other particulars, under an event id of its own."""
        body = payload(name)
        body["event"] |= event
        body["event_id"] = f"Ev{next(self._ids):08d}"
        answer = await self._deliver(json.dumps(body).encode(), "application/json")
        assert (self.last_status == 200) is ok, self.last_status
        return answer

    async def _deliver(self, raw: bytes, kind: str) -> Json:
        self._last = raw, {"Content-Type": kind, **signed(raw)}
        return await self._send(*self._last)

    async def _send(self, raw: bytes, headers: dict[str, str]) -> Json:
        async with self._http.post(self._url, data=raw, headers=headers) as response:
            self.last_status, text = response.status, await response.text()
        await self.adapter.settled()
        answer: Json = json.loads(text) if text.startswith("{") else {}
        assert not self.slack.rejected, f"Slack would not have taken it: {self.slack.rejected}"
        return answer

    def name_of(self, user: str) -> str:
        return str(self.slack.users[user]["profile"]["display_name"]) if user in self.slack.users else user


class SlackChair:
    """One person in the workspace."""

    def __init__(self, stage: SlackStage, user: str) -> None:
        self._stage = stage
        self._slack = stage.slack
        self._user = user
        self.account = f"slack:{TEAM}/{user}"
        self.form: SeenForm | None = None

    async def types(self, text: str, *, where: str = "home") -> None:
        channel = self._channel(where)
        name = self._slack.channels[channel].name
        body = payload("slash_command") | {
            "channel_id": channel,
            "channel_name": name,
            "user_id": self._user,
            "user_name": self._stage.name_of(self._user).lower(),
            "text": _escaped(text),
            "trigger_id": self._slack.trigger(self._user),
            "response_url": self._slack.response_url(channel, self._user),
        }
        answer = await self._stage.command(body)
        assert self._stage.last_status == 200, self._stage.last_status
        if answer.get("blocks") or answer.get("text"):
            assert answer["response_type"] == "ephemeral"
            assert not (wrong := slack_blocks.problems(answer["blocks"])), wrong
            self._slack.show(channel, self._user, {"text": answer["text"], "blocks": answer["blocks"]})
        self._look_at_form()

    async def says(
        self, text: str, *, to: Seen | None = None, where: str = "direct", files: tuple[tuple[str, str], ...] = ()
    ) -> str:
        channel = _place_of(to) if to else self._channel(where)
        thread = {"thread_ts": to.raw.get("thread_ts") or to.raw["ts"]} if to else {}
        direct = channel.startswith("D")
        words = _escaped(text) if direct else f"<@{BOT_USER}> {_escaped(text)}"
        said = self._slack.say(channel, self._user, words, **thread, **_attached(files))
        await self._stage.event("message_im" if direct else "app_mention", **_event(channel, said, thread))
        return f"slack:{TEAM}/{channel}/{said['ts']}"

    async def opens_home(self) -> None:
        chat = self._slack.direct(self._user).id
        await self._stage.event("app_home_opened", user=self._user, channel=chat, tab="home")

    async def takes(self, label: str, text: str, *, by: Chair, where: str = "home") -> str | None:
        channel = self._channel(where)
        said = self._slack.say(channel, by.account.rpartition("/")[2], _escaped(text))
        offered = build_manifest((), REGISTRY.shortcuts, {}, base_url=None, socket_mode=True)["features"]["shortcuts"]
        body = payload("message_action") | {
            "callback_id": next(each["callback_id"] for each in offered if each["name"] == label),
            "user": self._who(),
            "channel": {"id": channel, "name": self._slack.channels[channel].name},
            "trigger_id": self._slack.trigger(self._user),
            "response_url": self._slack.response_url(channel, self._user),
            "message_ts": said["ts"],
            "message": copy.deepcopy(said),
        }
        await self._stage.interaction(body)
        assert self._stage.last_status == 200, self._stage.last_status
        self._look_at_form()
        return f"https://acme.slack.com/archives/{channel}/p{said['ts'].replace('.', '')}"

    async def edits(self, message: str, text: str) -> None:
        """Slack tells the bot of edits in the direct chat, and of mentions that an edit leaves standing."""
        channel, said = self._said(message)
        before = dict(said)
        direct = channel.startswith("D")
        said["text"] = _escaped(text) if direct else f"<@{BOT_USER}> {_escaped(text)}"
        said["edited"] = {"user": self._user, "ts": self._slack.ts()}
        thread = {"thread_ts": said.get("thread_ts")}
        if direct:
            await self._stage.event("message_changed", channel=channel, message=dict(said), previous_message=before)
        else:
            await self._stage.event("app_mention", **_event(channel, said, thread))

    async def deletes(self, message: str) -> None:
        """In a channel the bot hears nothing of it: that would need a scope over all that is said there."""
        channel, said = self._said(message)
        self._slack.channels[channel].messages.remove(said)
        if channel.startswith("D"):
            gone = {"previous_message": dict(said), "deleted_ts": said["ts"]}
            await self._stage.event("message_deleted", channel=channel, **gone)

    async def presses(self, label: str, *, on: Seen | None = None) -> None:
        seen = on or next((each for each in reversed(self.screen()) if label in each.buttons), None)
        assert seen is not None, f"no button {label!r} on the screen of {self.account}"
        if seen.raw.get("type") in {"home", "modal"}:
            await self._presses_in_view(label, seen.raw)
            return
        channel = _place_of(seen)
        ephemeral = next((e for e in self._slack.ephemerals if e.message is seen.raw), None)
        button = next(b for b in slack_blocks.buttons(seen.raw["blocks"]) if slack_blocks.label(b) == label)
        body = payload("block_actions_ephemeral" if ephemeral else "block_actions") | {
            "user": self._who(),
            "trigger_id": self._slack.trigger(self._user),
            "channel": {"id": channel, "name": self._slack.channels[channel].name},
            "response_url": self._slack.response_url(channel, self._user, ephemeral or seen.raw),
            "actions": [{**button, "block_id": "b1", "action_ts": self._slack.ts()}],
        }
        thread = {"thread_ts": seen.raw["thread_ts"]} if "thread_ts" in seen.raw else {}
        body["container"] |= {"message_ts": seen.raw["ts"], "channel_id": channel, **thread}
        if not ephemeral:
            body["message"] = copy.deepcopy(seen.raw)
        await self._stage.interaction(body)
        assert self._stage.last_status == 200, self._stage.last_status
        self._look_at_form()

    async def _presses_in_view(self, label: str, view: Json) -> None:
        """On the Home tab or in a window: no channel, no message and no `response_url` comes with it."""
        button = next(b for b in slack_blocks.buttons(view["blocks"]) if slack_blocks.label(b) == label)
        body = payload("block_actions") | {
            "user": self._who(),
            "trigger_id": self._slack.trigger(self._user),
            "container": {"type": "view", "view_id": view["id"]},
            "view": copy.deepcopy(view) | {"app_installed_team_id": TEAM},
            "actions": [{**button, "block_id": "b1", "action_ts": self._slack.ts()}],
        }
        for name in ("channel", "message", "response_url"):
            del body[name]
        await self._stage.interaction(body)
        assert self._stage.last_status == 200, self._stage.last_status
        self._look_at_form()
        if self.form and "submit" not in self.form.raw:
            self.form = None  # It is the answer, and stands on the screen.

    async def fills(self, **values: str | tuple[str, ...] | bool) -> None:
        assert self.form is not None, "no form is open"
        unknown = values.keys() - self.form.fields.keys()
        assert not unknown, f"no such field: {unknown}"
        self.form.fields |= values
        view = self.form.raw
        body = payload("view_submission") | {"user": self._who(), "trigger_id": self._slack.trigger(self._user)}
        body["view"] |= view | {"state": {"values": dict(slack_views.state(view, self.form.fields))}}
        answer = await self._stage.interaction(body)
        assert self._stage.last_status == 200, self._stage.last_status
        self._carry_out(answer)

    def _carry_out(self, answer: Json) -> None:
        """What Slack does with a view's acknowledgement."""
        assert self.form is not None
        match answer.get("response_action"):
            case "errors":
                inputs = {block["block_id"] for block in self.form.raw["blocks"] if block["type"] == "input"}
                assert answer["errors"].keys() <= inputs, answer["errors"]
                self.form.errors = answer["errors"]
            case "update":
                if self._slack.views[self._user]["hash"] == self.form.raw["hash"]:  # else a later update stands by now
                    self._slack.open_view(self._user, answer["view"])
                self._look_at_form()
            case "clear" | None:
                self._slack.views.pop(self._user, None)
                self.form = None

    def screen(self) -> list[Seen]:
        """Ephemeral messages stand where they came in between."""
        seen: list[tuple[str, Seen]] = []
        for channel in self._slack.channels.values():
            if self._user in channel.members:
                seen += [(m["ts"], self._seen(channel.id, m, private=False)) for m in channel.messages]
        for shown in self._slack.ephemerals:
            if shown.user == self._user:
                seen.append((shown.message["ts"], self._seen(shown.channel, shown.message, private=True)))
        said = [each for _, each in sorted(seen, key=lambda pair: pair[0])]
        home, window = self._slack.homes.get(self._user), self._slack.views.get(self._user)
        over = [window] if window and "submit" not in window else []
        return [*(self._view(one) for one in [home] if one), *said, *map(self._view, over)]

    def _view(self, view: Json) -> Seen:
        """What stands outside of conversations."""
        text, found = slack_blocks.read(view["blocks"], self._stage.name_of), slack_blocks.buttons(view["blocks"])
        labels = tuple(map(slack_blocks.label, found))
        place = f"{self.account}/{view['type']}"
        return Seen(text=text, buttons=labels, private=True, place=place, message=place, raw=view)

    def _seen(self, channel: str, message: Json, *, private: bool) -> Seen:
        blocks = message.get("blocks") or []
        text = slack_blocks.read(blocks, self._stage.name_of) if blocks else message["text"]
        labels = tuple(map(slack_blocks.label, slack_blocks.buttons(blocks)))
        direct = channel.startswith("D")
        return Seen(
            text=text,
            buttons=labels,
            private=private and not direct,
            place=self.account if direct else f"slack:{TEAM}/{channel}",
            message=f"slack:{TEAM}/{channel}/{message['ts']}",
            raw=message,
        )

    def _look_at_form(self) -> None:
        view = self._slack.views.get(self._user)
        if view is None or (self.form and self.form.raw["hash"] == view["hash"]):
            return
        title = slack_blocks.shown(view["title"], str)
        if title == "Touchpoint" and view["blocks"]:
            title = slack_blocks.read(view["blocks"][:1])
        self.form = SeenForm(
            title=title, fields=dict(slack_views.standing(view)), errors=dict(slack_views.complaints(view)), raw=view
        )

    def _channel(self, where: str) -> str:
        known = {"home": HOME, "other": OTHER, "direct": self._slack.direct(self._user).id}
        return known.get(where) or where.rpartition("/")[2]

    def _said(self, message: str) -> tuple[str, Json]:
        channel, _, ts = message.partition("/")[2].partition("/")
        said = self._slack.message(channel, ts)
        assert said is not None, f"no message {message}"
        return channel, said

    def _who(self) -> Json:
        name = self._stage.name_of(self._user).lower()
        return {"id": self._user, "username": name, "name": name, "team_id": TEAM}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _place_of(seen: Seen) -> str:
    return seen.message.partition("/")[2].partition("/")[0]


def _attached(files: tuple[tuple[str, str], ...]) -> Json:
    """A message with files, each as the payload describes one."""
    example = payload("message_file_share")["event"]
    described = [example["files"][0] | {"name": name, "title": name, "permalink": address} for name, address in files]
    return {"subtype": "file_share", "upload": False, "files": described} if files else {}


def _event(channel: str, said: Json, thread: Json) -> Json:
    told = ("edited", "upload", "files", *(["subtype"] if channel.startswith("D") else []))
    more = {name: said[name] for name in told if name in said}
    return {
        "channel": channel,
        "user": said["user"],
        "text": said["text"],
        "ts": said["ts"],
        "event_ts": said["ts"],
        **more,
        **(thread or {"thread_ts": None}),
    }


@asynccontextmanager
async def slack_stage(core: Core) -> AsyncIterator[SlackStage]:
    """`stage.edge` is what the outbox sends through; `stage.slack` is the double."""
    async with SlackApi() as slack, aiohttp.ClientSession() as http:
        for channel, name in ((HOME, "security-sync"), (OTHER, "it-leads")):
            slack.add_channel(channel, name)
        for user, name in (("U0DANA", "Dana"), ("U0RAVI", "Ravi")):  # the people of the recorded payloads
            slack.channels[HOME].members.add(slack.add_user(user, name))
        adapter = SlackAdapter(SlackConfig(bot_token=BOT_TOKEN, signing_secret=SIGNING_SECRET, api_url=slack.url), core)
        async with served(adapter) as url:
            yield SlackStage(slack, adapter, http, url)


@asynccontextmanager
async def served(adapter: SlackAdapter) -> AsyncIterator[str]:
    """The adapter, started, on a port of its own."""
    app = web.Application()
    app.router.add_routes(adapter.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await adapter.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}{PATH}"
    finally:
        await adapter.stop()
        await runner.cleanup()
