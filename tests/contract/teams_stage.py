"""Teams as a stage of the contract suite: signed activities over real HTTP into the real adapter and the real SDK.

Behind it stands the double of Microsoft's connector; what people see is read from what that one was sent. The activities
are the examples in tests/payloads/teams with their people, places and words exchanged.
"""

import html
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
from aiohttp import web

from adapters.port import Core
from adapters.teams.app import TeamsAdapter
from adapters.teams.config import TeamsConfig
from adapters.teams.manifest import manifest
from adapters.teams.port import MakePort
from adapters.teams.references import account_address, conversation_address, local_id, message_address
from bot.commands import REGISTRY
from tests.contract.stage import Chair, Seen, SeenForm
from tests.doubles.adaptive_cards import buttons_of, check_card, lines_of, plain, pressed
from tests.doubles.bot_connector import (
    APP_ID,
    CATALOG_APP,
    SECRET,
    TENANT,
    BotConnector,
    Conversation,
    Member,
    Message,
    bot_connector,
)

Json: TypeAlias = dict[str, Any]

PAYLOADS = Path(__file__).parents[1] / "payloads" / "teams"
HOME_ID = "19:4f7b2c9d1e5a48c0b6d3a1f2e8c7d9b0@thread.tacv2"
OTHER_ID = "19:9c8b7a6f5e4d4c3b2a19087f6e5d4c3b@thread.v2"
CARD_RESPONSE = "application/vnd.microsoft.card.adaptive"
SERVED = (200, 500, 503)


def payload(name: str) -> Json:
    """One of the example activities, to be changed at will."""
    read: Json = json.loads((PAYLOADS / f"{name}.json").read_text())
    return read


class TeamsStage:
    """`Stage` over one `TeamsAdapter`. `last_status` is the HTTP status of the last activity."""

    platform = "teams"
    home = conversation_address(TENANT, HOME_ID)
    other = conversation_address(TENANT, OTHER_ID)

    def __init__(self, adapter: TeamsAdapter, double: BotConnector, http: aiohttp.ClientSession) -> None:
        self.adapter = adapter
        self.edge = adapter.edge
        self.double = double
        self.last_status = 0
        self._http = http
        self._last: bytes = b""
        double.conversation(HOME_ID, "channel", "security-sync")
        double.conversation(OTHER_ID, "groupChat", "other")

    async def seat(
        self, name: str, *, zone: str = "Europe/Zurich", outsider: bool = False, installed: bool = True
    ) -> "TeamsChair":
        """`installed`: whether this person has the app for themselves, so that it can write to them directly."""
        member = self.double.person(name, outsider=outsider, installed=installed)
        for conversation_id in (HOME_ID, OTHER_ID):
            self.double.conversations[conversation_id].members[member.aad] = member
        return TeamsChair(self, member, zone)

    def refused(self) -> list[str]:
        return self.double.complaints

    async def redeliver(self) -> None:
        assert self._last, "nothing was delivered yet"
        await self._post(self._last)

    async def deliver(self, activity: Json) -> Json:
        self._last = json.dumps(activity, ensure_ascii=False).encode()
        return await self._post(self._last)

    async def _post(self, body: bytes) -> Json:
        headers = {"Authorization": self.double.sign(), "Content-Type": "application/json"}
        async with self._http.post("/api/messages", data=body, headers=headers) as response:
            self.last_status = response.status
            text = await response.text()
        assert self.last_status in SERVED, f"{self.last_status} {text}"
        assert not self.double.complaints, self.double.complaints
        answer: Json = json.loads(text) if text else {}
        return answer

    def at(self, address: str) -> Conversation:
        return self.double.conversations[local_id(address)]


class TeamsChair:
    """`Chair`: one person at their Teams client. `toasts` are the lines that a press left under its card."""

    def __init__(self, stage: TeamsStage, member: Member, zone: str) -> None:
        self.account = account_address(TENANT, member.aad)
        self.form: SeenForm | None = None
        self.toasts: list[str] = []
        self._stage = stage
        self._member = member
        self._zone = zone
        self._own_views: dict[str, Json] = {}
        self._dialogs: list[Seen] = []
        stage.double.direct(member)

    async def types(self, text: str, *, where: str = "home") -> None:
        place = self._place(where)
        before = {message.id for message in place.messages}
        await self._speak(place, text, root=None, command=True)
        fresh = [m for m in place.messages if m.id not in before and m.sender == APP_ID and self._sees(m)]
        for message in fresh:
            buttons = buttons_of(message.card) if message.card else []
            if len(buttons) == 1 and "form" in _ours(buttons[0]):
                await self._press(buttons[0], place, message)

    async def opens_home(self) -> None:
        activity = self._from_me(payload("installation-add-personal"), self._stage.double.direct(self._member), None)
        await self._stage.deliver(activity | {"id": self._stage.double.next_id()})

    async def says(
        self, text: str, *, to: Seen | None = None, where: str = "direct", files: tuple[tuple[str, str], ...] = ()
    ) -> str:
        place = self._stage.at(to.place) if to and to.place != self.account else self._place(where)
        quoted = to.message.rsplit("/", 1)[1] if to else None
        if to and to.place == self.account:
            place, quoted = self._place("direct"), None
        said = await self._speak(place, text, root=quoted, command=False, files=files)
        return message_address(TENANT, place.id, said.id)

    async def takes(self, label: str, text: str, *, by: Chair, where: str = "home") -> str | None:
        place, writer = self._place(where), self._stage.double.people[local_id(by.account)]
        said = Message(id=self._stage.double.next_id(), sender=writer.aad, text=text)
        place.messages.append(said)
        return await self.acts(label, said, writer, place)

    async def acts(self, label: str, said: Message, writer: Member, place: Conversation) -> str:
        """A message action, wherever it is, and the dialog that it opens."""
        offered = manifest((), REGISTRY.shortcuts, app_id=APP_ID, base_url="https://x.example", version="1.0.0")
        [extension] = offered["composeExtensions"]
        command = next(each["id"] for each in extension["commands"] if each["title"] == label)
        link = f"https://teams.microsoft.com/l/message/{place.id}/{said.id}"
        content = "".join(f"<p>{html.escape(line)}</p>" for line in said.text.splitlines())
        activity = self._invoked("invoke-message-action", place, None)
        activity["value"]["commandId"] = command
        activity["value"]["messagePayload"] |= {
            "id": said.id,
            "linkToMessage": link,
            "body": {"contentType": "html", "content": f"<div>{content}</div>"},
            "from": {"user": {"userIdentityType": "aadUser", "id": writer.aad, "displayName": writer.name}},
        }
        self._show(await self._stage.deliver(activity), place, submits="invoke-message-action-submit")
        return link

    async def edits(self, message: str, text: str) -> None:
        place, said = self._find(message)
        said.text, said.edits = text, said.edits + 1
        activity = self._from_me(payload("message-update-edit"), place, said)
        words = self._worded(place, text)
        activity["attachments"] = _attachments(said)
        await self._stage.deliver({**activity, **words, "timestamp": f"2026-11-03T08:16:{said.edits:02}.0000000Z"})

    async def deletes(self, message: str) -> None:
        place, said = self._find(message)
        place.messages.remove(said)
        await self._stage.deliver(self._from_me(payload("message-delete"), place, said))

    async def presses(self, label: str, *, on: Seen | None = None) -> None:
        candidates = [on] if on else [seen for seen in self.screen() if label in seen.buttons][-1:]
        assert candidates, f"no button {label!r} on the screen"
        card = candidates[0].raw
        button = next(found for found in buttons_of(card) if found["title"] == label)
        place = self._place("direct" if candidates[0].place == self.account else candidates[0].place)
        message = next((m for m in place.messages if m.id == candidates[0].message.rsplit("/", 1)[1]), None)
        await self._press(pressed(button), place, message)

    async def fills(self, **values: str | tuple[str, ...] | bool) -> None:
        assert self.form, "no dialog is open"
        card, place, submits = self.form.raw
        unknown = values.keys() - self.form.fields.keys()
        assert not unknown, f"no such field: {unknown}"
        inputs = {element["id"]: element for element in _inputs(card)}
        typed = {name: _typed(inputs[name], value) for name, value in (self.form.fields | values).items()}
        data = {**card["actions"][0]["data"], **{name: value for name, value in typed.items() if value != ""}}
        self.form = None
        activity = self._invoked(submits, place, None)
        activity["value"] |= {"data": data, "context": {"theme": "default"}}
        self._show(await self._stage.deliver(activity), place, submits=submits)

    def screen(self) -> list[Seen]:
        """A command's echo stands on no other platform's screen, so it is left out here."""
        places = [c for c in self._stage.double.conversations.values() if self._member.aad in c.members]
        seen = [
            (message.id, self._seen(place, message))
            for place in places
            for message in place.messages
            if self._sees(message) and not message.command
        ]
        return [one for _, one in sorted(seen, key=lambda pair: pair[0])] + self._dialogs

    def _sees(self, message: Message) -> bool:
        return message.only_for in (None, self._member.aad)

    def _seen(self, place: Conversation, message: Message) -> Seen:
        card = self._own_views.get(message.id, message.card)
        words = message.text or plain(message.activity.get("text", ""))
        return Seen(
            text="\n".join(lines_of(card)) if card else words,
            buttons=tuple(button["title"] for button in buttons_of(card)) if card else (),
            private=message.only_for is not None,
            place=self.account if place.kind == "personal" else conversation_address(TENANT, place.id),
            message=message_address(TENANT, place.id, message.id),
            raw=card,
        )

    async def _speak(
        self,
        place: Conversation,
        text: str,
        *,
        root: str | None,
        command: bool,
        files: tuple[tuple[str, str], ...] = (),
    ) -> Message:
        said = Message(
            id=self._stage.double.next_id(),
            sender=self._member.aad,
            text=text,
            root=root,
            command=command,
            files=files,
        )
        place.messages.append(said)
        name = {"personal": "message-personal", "channel": "message-channel-mention"}.get(
            place.kind, "message-groupchat-mention"
        )
        activity = self._from_me(payload(name), place, said)
        activity["attachments"] = _attachments(said)
        await self._stage.deliver({**activity, **self._worded(place, text, root=root)})
        return said

    def _worded(self, place: Conversation, text: str, root: str | None = None) -> Json:
        """Text as Teams sends it: HTML's entities in it, the mention where others read along, a quote in a chat."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if place.kind == "personal":
            return {"text": escaped}
        example = payload("message-groupchat-mention")
        quote = payload("message-personal-quote")["entities"][1] if root and place.kind == "groupChat" else None
        if quote:
            quote["quotedReply"]["messageId"] = root
        entities = [*example["entities"], *([quote] if quote else [])]
        return {"text": f"<at>Touchpoint</at>&nbsp;{escaped}", "entities": entities}

    async def _press(self, button: Json, place: Conversation, message: Message | None) -> None:
        assert button["type"] in {"Action.Execute", "Action.Submit"}, f"nothing comes back from a {button['type']}"
        assert message or button["type"] == "Action.Submit", "nothing else comes back from a dialog"
        if button["type"] == "Action.Submit":
            fetches = button["data"].get("msteams") == {"type": "task/fetch"}
            assert fetches is (message is not None), "a dialog fetches no other, and a message submits nothing"
            activity = self._invoked("invoke-task-fetch-button" if fetches else "invoke-task-submit", place, message)
            activity["value"] = {"data": button["data"], "context": {"theme": "default"}}
            self._show(await self._stage.deliver(activity), place)
            return
        activity = self._invoked("invoke-execute", place, message)
        activity["value"]["action"] = button
        answer = await self._stage.deliver(activity)
        if self._stage.last_status != 200:
            return
        assert answer["statusCode"] == 200, answer
        if answer["type"] == CARD_RESPONSE and message:
            check_card(answer["value"])
            self._own_views[message.id] = answer["value"]
        else:
            self.toasts.append(answer["value"])

    def _show(self, answer: Json, place: Conversation, *, submits: str = "invoke-task-submit") -> None:
        """What Teams does with an invoke's answer to a dialog: shows a card, says a line, or closes it."""
        task = answer.get("task")
        if not task:
            return
        if task["type"] == "message":
            self.toasts.append(task["value"])
            return
        card = task["value"]["card"]["content"]
        check_card(card)
        if _inputs(card):
            self.form = _seen_form(task["value"]["title"], card, (card, place, submits))
            return
        address = conversation_address(TENANT, place.id)
        shown = Seen(
            text="\n".join(lines_of(card)),
            buttons=tuple(button["title"] for button in buttons_of(card)),
            private=True,
            place=address,
            message=f"{address}/dialog",
            raw=card,
        )
        self._dialogs.append(shown)

    def _from_me(self, activity: Json, place: Conversation, message: Message | None) -> Json:
        root = (message.root or message.id) if message else None
        suffix = f";messageid={root}" if root and place.kind == "channel" else ""
        activity["from"] = {"id": self._member.id, "name": self._member.name, "aadObjectId": self._member.aad}
        activity["recipient"] = {"id": f"28:{APP_ID}", "name": "Touchpoint"}
        activity["serviceUrl"] = self._stage.double.service_url
        activity["localTimezone"] = self._zone
        activity["conversation"] = {
            "conversationType": place.kind,
            "tenantId": TENANT,
            "id": place.id + suffix,
            **({"isGroup": True} if place.kind != "personal" else {}),
        }
        activity["channelData"] = {**activity["channelData"], "tenant": {"id": TENANT}}
        if place.kind == "channel":
            sort = {"type": place.sort} if place.sort else {}
            activity["channelData"]["channel"] = {"id": place.id, "name": place.name, **sort}
        for entity in activity.get("entities", []):
            if entity["type"] == "clientInfo":
                entity["timezone"] = self._zone
        if message:
            activity["id"] = message.id
        return activity

    def _invoked(self, example: str, place: Conversation, message: Message | None) -> Json:
        activity = self._from_me(payload(example), place, message)
        activity["id"] = f"f:{self._stage.double.next_id()}"
        activity.pop("replyToId", None)
        return {**activity, "replyToId": message.id} if message else activity

    def _place(self, where: str) -> Conversation:
        known: dict[str, Callable[[], Conversation]] = {
            "home": lambda: self._stage.at(self._stage.home),
            "other": lambda: self._stage.at(self._stage.other),
            "direct": lambda: self._stage.double.direct(self._member),
        }
        return known[where]() if where in known else self._stage.at(where)

    def _find(self, address: str) -> tuple[Conversation, Message]:
        conversation_id, activity_id = local_id(address).rsplit("/", 1)
        place = self._stage.double.conversations[conversation_id]
        return place, next(message for message in place.messages if message.id == activity_id)


def _attachments(said: Message) -> list[Json]:
    """The message's files, and its text once more as HTML, as the payload shows them."""
    info, html = payload("message-personal-files")["attachments"][:2]
    files = [{**info, "name": name, "contentUrl": address} for name, address in said.files]
    return [*files, {**html, "content": f"<p>{said.text}</p>"}] if files else []


def _ours(button: Json) -> Json:
    data = button.get("data")
    ours: Json = data.get("touchpoint", {}) if isinstance(data, dict) else {}
    return ours


def _inputs(card: Json) -> list[Json]:
    return [element for element in card["body"] if element["type"].startswith("Input.")]


def _seen_form(title: str, card: Json, raw: Any) -> SeenForm:
    form = SeenForm(title=title, fields={}, raw=raw)
    last = label = ""
    for element in card["body"]:
        if element["type"].startswith("Input."):
            last, label = element["id"], f"{element['label'].removesuffix(' (optional)')}: "
            form.fields[last] = _standing(element)
        elif element.get("color") == "Attention":
            form.errors[last] = plain(element["text"]).removeprefix("⚠ ").removeprefix(label)
    return form


def _standing(element: Json) -> Any:
    value = element.get("value", "")
    match element["type"]:
        case "Input.Toggle":
            return value == element["valueOn"]
        case "Input.ChoiceSet" if element.get("isMultiSelect"):
            return tuple(part.replace("%2C", ",").replace("%25", "%") for part in value.split(",") if part)
        case "Input.ChoiceSet" if "choices.data" in element:
            return account_address(TENANT, value) if value else ""
        case "Input.Number":
            return f"{value:g}" if value != "" else ""
    return value


def _typed(element: Json, value: Any) -> Any:
    """What the client puts into the invoke for what somebody typed, picked or ticked."""
    match element["type"]:
        case "Input.Toggle":
            on = value if isinstance(value, bool) else value == "yes"
            return element["valueOn"] if on else element["valueOff"]
        case "Input.ChoiceSet" if element.get("isMultiSelect"):
            picked = (value,) if isinstance(value, str) else value
            return ",".join(part.replace("%", "%25").replace(",", "%2C") for part in picked if part)
        case "Input.ChoiceSet" if "choices.data" in element:
            return local_id(value) if value else ""
    return value


@asynccontextmanager
async def teams_stage(
    core: Core, *, targeted_messages: bool = False, installs: bool = False, make_port: MakePort | None = None
) -> AsyncIterator[TeamsStage]:
    """The adapter behind a server of its own, the double behind the adapter; `installs` for who lacks it."""
    async with bot_connector() as double:
        config = TeamsConfig(
            app_id=APP_ID,
            app_password=SECRET,
            tenant_id=TENANT,
            targeted_messages=targeted_messages,
            catalog_app_id=CATALOG_APP if installs else "",
            login_url=double.url,
            graph_url=double.url,
            openid_metadata_url=double.openid_url,
            service_url=double.service_url,
        )
        adapter = TeamsAdapter(config, core, make_port)
        await adapter.start()
        app = web.Application()
        app.router.add_post("/api/messages", adapter.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as http:
                yield TeamsStage(adapter, double, http)
            assert not double.complaints, double.complaints
        finally:
            await runner.cleanup()
            await adapter.stop()
