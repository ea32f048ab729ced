"""The playground as a stage of the contract suite: JSON over HTTP into the real adapter on 127.0.0.1, no browser.

Every verb is checked against `GET /state`. `Chair.screen` cannot wait for a response, so it reads the same snapshot
that `GET /state` serialises, through JSON, from the adapter in this process.
"""

import itertools
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp

from adapters.playground.app import PlaygroundAdapter
from adapters.playground.deeds import Clock
from adapters.playground.room import HOME, OTHER, TENANT, Room, Sitter
from adapters.port import Core
from bot.commands import REGISTRY
from tests.contract.stage import Chair, Seen, SeenForm

CHAIRS = (f"{TENANT}/cio", f"{TENANT}/ciso")


class WallClock:
    """The time that it is; nothing is ever planned."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def jump(self) -> datetime | None:
        return None


class PlayStage:
    """`Stage` over one `PlaygroundAdapter`. `last_status` is the HTTP status of the last verb."""

    platform = "play"
    home = HOME
    other = OTHER

    def __init__(self, adapter: PlaygroundAdapter, http: aiohttp.ClientSession, people: Sequence[Sitter]) -> None:
        self.adapter = adapter
        self.edge = adapter.edge
        self.last_status = 0
        self._http = http
        self._people = list(people)
        self._ids = itertools.count(1)
        self._last: tuple[str, dict[str, Any]] | None = None

    async def seat(self, name: str, *, zone: str = "Europe/Zurich", outsider: bool = False) -> "PlayChair":
        sitter = self._sitter(name, outsider)
        self.adapter.room.people[sitter.account] = sitter
        return PlayChair(self, sitter.account, zone)

    def refused(self) -> list[str]:
        """The page draws whatever there is; `_lines` breaks at a block that it could not draw."""
        return []

    async def redeliver(self) -> None:
        assert self._last, "nothing was delivered yet"
        await self.post(*self._last)

    async def send(self, verb: str, **body: Any) -> dict[str, Any]:
        """One new action of the page, under an id of its own."""
        self._last = (verb, {"id": f"stage-{next(self._ids)}", **body})
        return await self.post(*self._last)

    async def post(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        """A 503 is the core's refusal to acknowledge; any other refusal is a mistake of the scenario."""
        async with self._http.post(f"/{verb}", json=body) as response:
            self.last_status = response.status
            answer: dict[str, Any] = await response.json(content_type=None)
            assert response.status in (200, 503), answer
        await self._check_state()
        return answer

    def last_said(self) -> str:
        """The address of the message that the last verb put into the room, also where the core then refused it."""
        assert self._last
        message = self.adapter.room.under_request(f"{TENANT}/{self._last[1]['id']}")
        assert message, "nothing was said"
        return message.address

    def snapshot(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(json.dumps(self.adapter.snapshot()))
        return state

    async def _check_state(self) -> None:
        """What is read in-process is what a page would get: the addresses, since time may have passed in between."""
        async with self._http.get("/state") as response:
            served = await response.json()
        known = {message["address"] for message in self.snapshot()["messages"]}
        assert {message["address"] for message in served["messages"]} <= known

    def _sitter(self, name: str, outsider: bool) -> Sitter:
        prepared = next((one for one in self._people if one.name == name), None)
        if prepared:
            return prepared
        free = (account for account in CHAIRS if account not in self.adapter.room.people)
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
        return Sitter(account=next(free, f"{TENANT}/{slug}"), name=name, outsider=outsider)


class PlayChair:
    """`Chair`: one person at the page."""

    def __init__(self, stage: PlayStage, account: str, zone: str) -> None:
        self.account = account
        self.form: SeenForm | None = None
        self._stage = stage
        self._zone = zone

    async def types(self, text: str, *, where: str = "home") -> None:
        self._follow(await self._send("command", conversation=self._place(where), text=f"/touchpoint {text}"))

    async def opens_home(self) -> None:
        await self.types("home", where="direct")

    async def says(
        self, text: str, *, to: Seen | None = None, where: str = "direct", files: tuple[tuple[str, str], ...] = ()
    ) -> str:
        place = to.place if to else self._place(where)
        words = "\n".join(filter(None, (text, *(address for _, address in files))))
        spoken = words if place == self.account else f"@Touchpoint {words}"
        answer = await self._send("say", conversation=place, text=spoken, to=to.message if to else None)
        self._follow(answer)
        return self._stage.last_said()

    async def edits(self, message: str, text: str) -> None:
        shared = message.startswith((f"{HOME}/", f"{OTHER}/"))
        self._follow(await self._send("edit", message=message, text=f"@Touchpoint {text}" if shared else text))

    async def deletes(self, message: str) -> None:
        self._follow(await self._send("delete", message=message))

    async def takes(self, label: str, text: str, *, by: Chair, where: str = "home") -> str | None:
        said = {"chair": by.account, "conversation": self._place(where), "text": text, "to": None}
        message = (await self._stage.send("say", **said))["message"]
        offered = {each["label"]: each["action"] for each in self._stage.snapshot()["shortcuts"]}
        self._follow(await self._send("take", message=message, action=offered[label]))
        return None

    async def presses(self, label: str, *, on: Seen | None = None) -> None:
        candidates = [on] if on else [seen for seen in self.screen() if label in seen.buttons][-1:]
        assert candidates, f"no button {label!r} on the screen"
        button = next(b for b in buttons_of(candidates[0].raw["card"]) if b["label"] == label)
        assert button["type"] == "button", f"{label!r} opens an address; nothing comes back from it"
        pressed = {"action": button["action"], "value": button["value"]}
        self._follow(await self._send("press", message=candidates[0].message, **pressed))

    async def fills(self, **values: str | tuple[str, ...] | bool) -> None:
        assert self.form, "no dialog is open"
        form = self.form.raw
        unknown = values.keys() - self.form.fields.keys()
        assert not unknown, f"no such field: {unknown}"
        typed = {name: _as_typed(value) for name, value in (self.form.fields | values).items()}
        place = {"conversation": form["conversation"], "thread": form["thread"]}
        sent = {"form_id": form["form_id"], "context": form["context"], "values": typed}
        answer = await self._send("submit", **place, **sent)
        self.form = None
        self._follow(answer)

    def screen(self) -> list[Seen]:
        """What is a command's echo stands on no other platform's screen, so it is left out here."""
        return [_seen(m) for m in self._stage.snapshot()["messages"] if self._sees(m) and not m["command"]]

    def _sees(self, message: dict[str, Any]) -> bool:
        if message["conversation"] in (HOME, OTHER):
            return message["only_for"] in (None, self.account)
        return bool(message["conversation"] == self.account)

    async def _send(self, verb: str, **body: Any) -> dict[str, Any]:
        return await self._stage.send(verb, chair=self.account, zone=self._zone, **body)

    def _follow(self, answer: dict[str, Any]) -> None:
        dialog = answer.get("dialog")
        if dialog:
            form = dialog["form"] | {"conversation": dialog["conversation"], "thread": dialog["thread"]}
            fields = {field["name"]: field["value"] for field in form["fields"]}
            self.form = SeenForm(title=form["title"], fields=fields, errors=form["errors"], raw=form)

    def _place(self, where: str) -> str:
        return {"home": HOME, "direct": self.account, "other": OTHER}.get(where, where)


@asynccontextmanager
async def play_stage(
    core: Core, *, clock: Clock | None = None, people: Sequence[Sitter] = ()
) -> AsyncIterator[PlayStage]:
    """`people` prepares sitters by name, where a scenario wants particular accounts; `seat` makes the others."""
    clock = clock or WallClock()
    adapter = PlaygroundAdapter(core, clock, REGISTRY, REGISTRY.shortcuts, room=Room(clock.now, ()))
    port = await adapter.listen(0)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            yield PlayStage(adapter, http, people)
    finally:
        await adapter.close()


def buttons_of(card: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Every button of a drawn card, in reading order."""
    if card is None:
        return []
    inside = [b for block in card["blocks"] for item in block.get("items", ()) for b in item["buttons"]]
    return inside + list(card["buttons"])


def _seen(message: dict[str, Any]) -> Seen:
    card = message["card"]
    return Seen(
        text="\n".join([card["title"], *itertools.chain(*map(_lines, card["blocks"]))]) if card else message["text"],
        buttons=tuple(button["label"] for button in buttons_of(card)),
        private=message["only_for"] is not None,
        place=message["conversation"],
        message=message["address"],
        raw=message,
    )


def _lines(block: dict[str, Any]) -> list[str]:
    match block["type"]:
        case "paragraph" | "note" | "verbatim":
            return [block["text"]]
        case "facts":
            return [f"{name}: {value}" for name, value in block["facts"]]
        case "items":
            items = map(_item_line, block["items"])
            return [*filter(None, [block["heading"]]), *items]
        case "table":
            rows = (" | ".join(row) for row in [block["columns"], *block["rows"]])
            return [*filter(None, [block["caption"]]), *rows]
        case "chart":
            series = (f"{one['name']}: {', '.join(map(str, one['values']))}" for one in block["series"])
            return [block["title"], ", ".join(block["categories"]), *series]
        case "heat_map":
            rows = (
                " | ".join([name, *map(_heat_text, cells)])
                for name, cells in zip(block["rows"], block["cells"], strict=True)
            )
            return [
                block["title"],
                " | ".join([block["down"] + " ↓ " + block["across"] + " →", *block["columns"]]),
                *rows,
            ]
        case "divider":
            return []
    raise AssertionError(f"a block that the page could not draw: {block['type']}")


def _item_line(item: dict[str, Any]) -> str:
    excerpt = "".join(span["text"] for span in item["snippet"])
    return " ".join(filter(None, (item["title"], excerpt, item["detail"])))


def _heat_text(cell: dict[str, Any]) -> str:
    return " ".join(filter(None, (cell["text"], cell["letter"], "▲" if cell["above"] else "")))


def _as_typed(value: Any) -> str | list[str]:
    if isinstance(value, bool):
        return "yes" if value else ""
    return list(value) if isinstance(value, tuple | list) else str(value)
