"""A Slack of our own on 127.0.0.1: the Web API, `response_url` and Socket Mode, as strict as the real one is documented.

It holds one workspace (people, channels, messages, views) and answers Slack's own errors: a wrong token, blocks over a limit,
a channel where the bot is not, a trigger that is used or too old. Every call is kept in `calls`. It can be told to misbehave:
`fail("chat.postMessage", ratelimited=2)`, `drop=True` (takes the message, then breaks the connection), `slow=0.5`. Or by
chance, for as long as it has a `weather`.
"""

import asyncio
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import WSMsgType, web

from tests.doubles import slack_blocks

BOT_TOKEN = "xoxb-1-double"
APP_TOKEN = "xapp-1-double"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM = "T0SLACK"
BOT_USER = "U0BOT"
BOT_ID = "B0BOT"
TRIGGER_LIVES = 3.0
PAYLOADS = Path(__file__).parent.parent / "payloads" / "slack"
UNKNOWN_HERE = "a block that this workspace does not have yet"

Json = dict[str, Any]


@dataclass(slots=True)
class Channel:
    id: str
    name: str
    members: set[str] = field(default_factory=set)
    archived: bool = False
    shared: bool = False  # with another company
    group: bool = False  # a group message
    messages: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Ephemeral:
    """What one person sees until they reload."""

    channel: str
    user: str
    message: Json


@dataclass(slots=True)
class Fault:
    error: str = ""
    ratelimited: int | None = None
    status: int | None = None
    drop: bool = False
    before: bool = False
    slow: float = 0.0
    then: int | None = None  # done, and answered with this status all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How likely it is that a message, or its redraw, is taken and the connection then dropped, or 500 then answered; that any
    call is throttled for so many seconds; and how many seconds it takes at most. The same every time, by `random`'s seed."""

    random: Random
    drop: float = 0.0
    then_500: float = 0.0
    throttled: float = 0.0
    retry_after: int = 1
    slow: float = 0.0

    def fault(self, method: str) -> Fault:
        drawn, slow = self.random.random(), self.random.uniform(0, self.slow)
        if drawn < self.throttled:
            return Fault(ratelimited=self.retry_after)
        if method not in {"chat.postMessage", "chat.update"}:
            return Fault(slow=slow)
        return Fault(
            slow=slow,
            drop=drawn < self.throttled + self.drop,
            then=500 if drawn > 1 - self.then_500 else None,
        )


class Refused(Exception):
    """`{"ok": false, "error": …}`."""


class SlackApi:
    """`async with SlackApi() as slack:`; then `slack.url` is the SLACK_API_URL."""

    def __init__(self, team: str = TEAM) -> None:
        self.team = team
        self.tokens = {BOT_TOKEN}  # with which the bot may speak here
        self.users: dict[str, Json] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[Ephemeral] = []
        self.views: dict[str, Json] = {}  # user → the view that is open
        self.homes: dict[str, Json] = {}  # user → what stands on their Home tab
        self.calls: list[tuple[str, Json]] = []
        self.rejected: list[str] = []  # what a real Slack would not have taken from us, and why
        self.foreseen: set[str] = set()  # errors that a test provokes, and that are no mistake of ours
        self.unknown_blocks: set[str] = set()  # as in a workspace that does not have them yet
        self.sockets: list[web.WebSocketResponse] = []
        self.pongs = 0
        self.deaf = False  # no socket answers a ping any more
        self.speechless = False  # no new socket is greeted
        self.tickets: set[str] = set()
        self.weather: Weather | None = None
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._triggers: dict[str, tuple[float, str]] = {}
        self._responses: dict[str, Json] = {}
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._unacknowledged: dict[str, tuple[web.WebSocketResponse, Json]] = {}
        self._count = itertools.count(1)
        self._now = int(time.time())
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> "SlackApi":
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/response/{ticket}", self._respond)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self.sockets:
            await socket.close()
        if self._runner:
            await self._runner.cleanup()

    # ── the workspace ───────────────────────────────────────────────────────────────────────────────────────────────────

    def add_user(self, user: str, name: str, *, zone: str = "Europe/Zurich", **flags: Any) -> str:
        profile = {"display_name": name, "real_name": name}
        self.users[user] = {
            "id": user,
            "team_id": self.team,
            "name": name.lower(),
            "tz": zone,
            "profile": profile,
            **flags,
        }
        return user

    def add_channel(self, channel: str, name: str, *members: str) -> str:
        self.channels[channel] = Channel(id=channel, name=name, members={BOT_USER, *members})
        return channel

    def direct(self, user: str) -> Channel:
        """The chat of the bot with somebody."""
        channel = f"D{user[1:]}"
        return self.channels.setdefault(channel, Channel(id=channel, name="directmessage", members={BOT_USER, user}))

    def ts(self) -> str:
        return f"{self._now}.{next(self._count):06d}"

    def say(self, channel: str, user: str, text: str, **more: Any) -> Json:
        """A person's message, as it stands in the channel."""
        message = {"type": "message", "user": user, "text": text, "ts": self.ts(), **more}
        self.channels[channel].messages.append(message)
        return message

    def message(self, channel: str, ts: str) -> Json | None:
        return next((m for m in self.channels[channel].messages if m["ts"] == ts), None)

    def trigger(self, user: str, *, age: float = 0.0) -> str:
        trigger = f"{next(self._count)}.{self._now}.{user.lower()}"
        self._triggers[trigger] = (time.monotonic() - age, user)
        return trigger

    def response_url(self, channel: str, user: str, message: Ephemeral | Json | None = None) -> str:
        ticket = f"{self.team}-{next(self._count)}"
        self._responses[ticket] = {"channel": channel, "user": user, "message": message, "left": 5}
        return f"{self.url.removesuffix('/api/')}/response/{ticket}"

    def fail(self, method: str, *, times: int = 1, **how: Any) -> None:
        self._faults[method] += [Fault(**how) for _ in range(times)]

    def recover(self, method: str) -> None:
        """No failure that was ordered and not met yet comes any more."""
        self._faults[method].clear()

    def called(self, method: str) -> list[Json]:
        return [arguments for name, arguments in self.calls if name == method]

    # ── the Web API ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        fault = self._fault(method)
        await asyncio.sleep(fault.slow)
        if fault.before:
            return self._broken(request)
        if fault.ratelimited is not None:
            headers = {"Retry-After": str(fault.ratelimited)}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if fault.status:
            return web.Response(status=fault.status, text="<html>upstream</html>", content_type="text/html")
        try:
            answer = {"ok": True, **self._answer(method, request, arguments, fault.error)}
        except Refused as refused:
            self._note(method, refused, fault.error)
            answer = {"ok": False, "error": str(refused.args[0])}
        if fault.then:
            return web.Response(status=fault.then, text="<html>upstream</html>", content_type="text/html")
        return self._broken(request) if fault.drop else web.json_response(answer)

    def _fault(self, method: str) -> Fault:
        if self._faults[method]:
            return self._faults[method].pop(0)
        return self.weather.fault(method) if self.weather else Fault()

    def _note(self, method: str, refused: Refused, told: str) -> None:
        error = str(refused.args[0])
        if error != told and error not in self.foreseen and UNKNOWN_HERE not in refused.args:
            self.rejected.append(f"{method}: {refused}")

    def _broken(self, request: web.Request) -> web.Response:
        if request.transport is not None:  # whoever asked may have gone already
            request.transport.abort()
        return web.Response()

    def _answer(self, method: str, request: web.Request, arguments: Json, error: str) -> Json:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or arguments.pop("token", "")
        if token not in ({APP_TOKEN} if method == "apps.connections.open" else self.tokens):
            raise Refused("invalid_auth")
        if error:
            raise Refused(error)
        answer = self._methods().get(method)
        if answer is None:
            raise Refused("unknown_method")
        return answer(arguments)

    def _methods(self) -> dict[str, Callable[[Json], Json]]:
        return {
            "auth.test": lambda _: {
                "user_id": BOT_USER,
                "team_id": self.team,
                "bot_id": BOT_ID,
                "team": "Acme",
                "user": "touchpoint",
            },
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
            "conversations.open": self._open,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.info": self._info,
            "users.info": self._user,
            "views.open": self._view,
            "views.update": self._view_update,
            "views.publish": self._view_publish,
            "apps.connections.open": self._ticket,
        }

    def _info(self, arguments: Json) -> Json:
        """Of a private chat in which the bot is not, nothing is told."""
        channel = self._channel(arguments["channel"])
        here = BOT_USER in channel.members
        if channel.id[0] in "DG" and not here:
            raise Refused("channel_not_found")
        about = {"is_channel": True, "is_member": here, "is_archived": channel.archived, "is_mpim": channel.group}
        shared = {"is_ext_shared": channel.shared, "is_pending_ext_shared": False, "is_org_shared": False}
        return {"channel": {"id": channel.id, "name": channel.name, **about, **shared, "a_field_of_tomorrow": 1}}

    def _channel(self, channel: str, *, speaking: bool = False) -> Channel:
        found = self.channels.get(channel)
        if found is None:
            raise Refused("channel_not_found")
        if speaking and found.archived:
            raise Refused("is_archived")
        if speaking and BOT_USER not in found.members:
            raise Refused("not_in_channel")
        return found

    def _checked(self, arguments: Json) -> Json:
        blocks, text = arguments.get("blocks") or [], arguments.get("text", "")
        if not blocks and not text:
            raise Refused("no_text")
        wrong = slack_blocks.problems(blocks)
        if wrong:
            raise Refused("invalid_blocks", wrong)
        if any(block["type"] in self.unknown_blocks for block in blocks):
            raise Refused("invalid_blocks", UNKNOWN_HERE)
        if slack_blocks.too_long(blocks):
            raise Refused("msg_blocks_too_long")
        if len(text) > 4000:
            raise Refused("msg_too_long")
        return {"text": text, "blocks": blocks}

    def _unfurls_nothing(self, method: str, arguments: Json) -> None:
        """What somebody typed may hold an address: nobody asked that Slack fetch it and show it to all."""
        if arguments.get("unfurl_links") is not False or arguments.get("unfurl_media") is not False:
            self.rejected.append(f"{method}: links in it would be unfurled")

    def _post_message(self, arguments: Json) -> Json:
        self._unfurls_nothing("chat.postMessage", arguments)
        channel = self._channel(arguments["channel"], speaking=True)
        message = {"type": "message", "user": BOT_USER, "bot_id": BOT_ID, "ts": self.ts(), **self._checked(arguments)}
        for name in ("thread_ts", "metadata"):
            if arguments.get(name):
                message[name] = arguments[name]
        channel.messages.append(message)
        return {"channel": channel.id, "ts": message["ts"], "message": message}

    def _post_ephemeral(self, arguments: Json) -> Json:
        channel = self._channel(arguments["channel"], speaking=True)
        if arguments["user"] not in channel.members:
            raise Refused("user_not_in_channel")
        shown = self.show(channel.id, arguments["user"], self._checked(arguments), thread=arguments.get("thread_ts"))
        return {"message_ts": shown.message["ts"]}

    def show(self, channel: str, user: str, content: Json, *, thread: str | None = None) -> Ephemeral:
        """A message for one person alone."""
        message = {"ts": self.ts(), "user": BOT_USER, **content, **({"thread_ts": thread} if thread else {})}
        shown = Ephemeral(channel=channel, user=user, message=message)
        self.ephemerals.append(shown)
        return shown

    def _update(self, arguments: Json) -> Json:
        message = self._ours(arguments)
        message |= self._checked(arguments) | {"edited": {"user": BOT_USER}}
        return {"channel": arguments["channel"], "ts": message["ts"], "text": message["text"]}

    def _delete(self, arguments: Json) -> Json:
        self._channel(arguments["channel"]).messages.remove(self._ours(arguments))
        return {"channel": arguments["channel"], "ts": arguments["ts"]}

    def _ours(self, arguments: Json) -> Json:
        self._channel(arguments["channel"])
        message = self.message(arguments["channel"], arguments["ts"])
        if message is None:
            raise Refused("message_not_found")
        if message["user"] != BOT_USER:
            raise Refused("cant_update_message")
        return message

    def _permalink(self, arguments: Json) -> Json:
        """A chat in which the bot is not, is none that it could name."""
        channel = self.channels.get(arguments["channel"])
        if channel and channel.id[0] in "DG" and BOT_USER not in channel.members:
            raise Refused("channel_not_found")
        if self.message(self._channel(arguments["channel"]).id, arguments["message_ts"]) is None:
            raise Refused("message_not_found")
        ts = arguments["message_ts"].replace(".", "")
        return {"permalink": f"https://acme.slack.com/archives/{arguments['channel']}/p{ts}"}

    def _open(self, arguments: Json) -> Json:
        user = self.users.get(arguments["users"])
        if user is None:
            raise Refused("user_not_found")
        if user.get("deleted"):
            raise Refused("user_disabled")
        return {"channel": {"id": self.direct(user["id"]).id}}

    def _history(self, arguments: Json) -> Json:
        """Newest first, without what stands in threads."""
        oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
        inclusive = str(arguments.get("inclusive", "")).lower() in {"1", "true"}
        between = [
            m
            for m in reversed(self._channel(arguments["channel"]).messages)
            if m.get("thread_ts", m["ts"]) == m["ts"]
            and (oldest < float(m["ts"]) < latest or (inclusive and float(m["ts"]) in {oldest, latest}))
        ]
        return self._paged(between, arguments)

    def _replies(self, arguments: Json) -> Json:
        """The message and its thread, oldest first."""
        messages = self._channel(arguments["channel"]).messages
        thread = [m for m in messages if arguments["ts"] in {m["ts"], m.get("thread_ts")}]
        if not thread:
            raise Refused("thread_not_found")
        return self._paged(thread, arguments)

    def _paged(self, found: list[Json], arguments: Json) -> Json:
        limit, start = int(arguments.get("limit", 100)), int(arguments.get("cursor") or 0)
        page = found[start : start + limit]
        if not arguments.get("include_all_metadata"):
            page = [{name: value for name, value in m.items() if name != "metadata"} for m in page]
        more = start + limit < len(found)
        return {"messages": page, "response_metadata": {"next_cursor": str(start + limit) if more else ""}}

    def _user(self, arguments: Json) -> Json:
        if arguments["user"] not in self.users:
            raise Refused("user_not_found")
        return {"user": self.users[arguments["user"]]}

    # ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _view(self, arguments: Json) -> Json:
        made, user = self._triggers.pop(arguments["trigger_id"], (None, ""))
        if made is None:
            raise Refused("invalid_trigger_id")
        if time.monotonic() - made > TRIGGER_LIVES:
            raise Refused("expired_trigger_id")
        return {"view": self.open_view(user, arguments["view"])}

    def _view_publish(self, arguments: Json) -> Json:
        """https://docs.slack.dev/reference/methods/views.publish"""
        user, view = arguments["user_id"], arguments["view"]
        if user not in self.users:
            raise Refused("invalid_arguments")
        if view["type"] != "home" or not 0 < len(view["blocks"]) <= 100 or set(view) - {"type", "blocks"}:
            raise Refused("invalid_arguments")
        if problems := slack_blocks.problems(view["blocks"], slack_blocks.MODAL):
            self.rejected.append(f"views.publish: {problems}")
            raise Refused("invalid_arguments")
        self.homes[user] = {**view, "id": f"VHOME{user}"}
        return {"view": self.homes[user]}

    def open_view(self, user: str, view: Json) -> Json:
        """Also what an acknowledgement with `response_action: update` does."""
        if wrong := slack_blocks.view_problems(view):
            raise Refused("invalid_arguments", wrong)
        before = self.views.get(user, {})
        self.views[user] = {**view, "id": before.get("id") or f"V{next(self._count)}", "hash": str(next(self._count))}
        return self.views[user]

    def _view_update(self, arguments: Json) -> Json:
        name = "view_id" if "view_id" in arguments else "external_id"
        wanted = arguments[name], name.removeprefix("view_")
        user = next((user for user, view in self.views.items() if view.get(wanted[1]) == wanted[0]), None)
        if user is None:
            raise Refused("not_found")
        return {"view": self.open_view(user, arguments["view"])}

    # ── response_url ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _respond(self, request: web.Request) -> web.Response:
        arguments = await request.json()
        self.calls.append(("response_url", arguments))
        kept = self._responses.get(request.match_info["ticket"])
        if kept is None or kept["left"] <= 0:
            return web.Response(status=404, text="used_url")
        self._unfurls_nothing("response_url", arguments)
        try:
            content = self._checked(arguments)
        except Refused as refused:
            self._note("response_url", refused, "")
            return web.Response(status=400, text=str(refused.args[0]))
        kept["left"] -= 1
        message = kept["message"]
        if arguments.get("replace_original") and message is not None:
            (message.message if isinstance(message, Ephemeral) else message).update(content)
        else:
            self.show(kept["channel"], kept["user"], content, thread=arguments.get("thread_ts"))
        return web.Response(text="ok")

    # ── Socket Mode ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ticket(self, _: Json) -> Json:
        ticket = f"ticket-{next(self._count)}"
        self.tickets.add(ticket)
        return {"url": f"{self.url.replace('http', 'ws', 1).removesuffix('api/')}link?ticket={ticket}"}

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("ticket") not in self.tickets:
            return web.Response(status=401)
        self.tickets.discard(request.query["ticket"])  # good once
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.sockets.append(socket)
        if self.speechless:
            await asyncio.wait([asyncio.ensure_future(socket.receive())])
            return socket
        await socket.send_json(_recorded("hello") | {"num_connections": len(self.sockets)})
        async for message in socket:
            if message.type is WSMsgType.PING and not self.deaf:
                await socket.pong(message.data)
                self.pongs += 1
            elif message.type is WSMsgType.TEXT:
                answer = json.loads(message.data)
                self._unacknowledged.pop(answer["envelope_id"], None)
                waiting = self._acks.pop(answer["envelope_id"], None)
                if waiting and not waiting.done():
                    waiting.set_result(answer.get("payload") or {})
        await self._again(socket)
        return socket

    async def _again(self, closed: web.WebSocketResponse) -> None:
        """What was not acknowledged on a socket that closed goes over another one."""
        for _, envelope in [each for each in self._unacknowledged.values() if each[0] is closed]:
            await self._envelope(envelope | {"retry_attempt": 1, "retry_reason": "timeout"})

    async def _envelope(self, envelope: Json, over: web.WebSocketResponse | None = None) -> None:
        live = [socket for socket in self.sockets if not socket.closed]
        self._unacknowledged[envelope["envelope_id"]] = (over or live[-1], envelope)
        await (over or live[-1]).send_json(envelope)

    async def push(
        self, kind: str, payload: Json, *, within: float = 3.0, over: web.WebSocketResponse | None = None
    ) -> Json | None:
        """An envelope over the newest socket: what it was acknowledged with, or nothing if it was not."""
        name = f"envelope-{next(self._count)}"
        self._acks[name] = asyncio.get_running_loop().create_future()
        await self._envelope(_recorded("envelope") | {"type": kind, "envelope_id": name, "payload": payload}, over)
        try:
            return await asyncio.wait_for(self._acks[name], within)
        except TimeoutError:
            return None
        finally:
            self._unacknowledged.pop(name, None)

    async def until(self, true: Callable[[], bool | Awaitable[bool]], *, within: float = 5.0) -> None:
        """For what happens in its own time."""
        end = time.monotonic() + within
        while not true():
            assert time.monotonic() < end, "it did not come to pass"
            await asyncio.sleep(0.01)


def _recorded(kind: str) -> Json:
    """What Slack says over a WebSocket."""
    read: Json = json.loads((PAYLOADS / f"socket_{kind}.json").read_text())
    return read


async def _arguments(request: web.Request) -> Json:
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        arguments |= await request.json()
    elif request.can_read_body:
        arguments |= dict(await request.post())
    for name in ("blocks", "view", "metadata"):
        if isinstance(arguments.get(name), str):
            arguments[name] = json.loads(arguments[name])
    return arguments
