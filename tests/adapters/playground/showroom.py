"""A scripted core behind the real playground: every block, every field, every reply, a clock that knows two prompts.

`python -m tests.adapters.playground.showroom` serves it for a browser. Nothing is recorded; that is the real core's part.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from adapters.playground.app import PlaygroundAdapter
from adapters.playground.edge import PlayEdge
from adapters.playground.room import HOME, PEOPLE
from bot.cards import (
    Button,
    Card,
    Chart,
    Divider,
    Facts,
    Heat,
    HeatCell,
    HeatMap,
    Item,
    ItemList,
    LinkButton,
    Note,
    Paragraph,
    Span,
    Table,
    Verbatim,
    card,
)
from bot.commands import REGISTRY
from bot.forms import Check, Choice, Date, Form, Number, Option, Person, Text, Time, Values
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply
from bot.requests import ButtonPressed, CommandTyped, FormSubmitted, MessagePosted, MessageTaken, Request

CIO, CISO = PEOPLE[0].account, PEOPLE[1].account


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    usage: str
    summary: str


class Usages(tuple[Usage, ...]):
    """What is suggested; what is a command, the real registry says."""

    def exact(self, text: str) -> object | None:
        return REGISTRY.exact(text) or next((one for one in self if one.usage == text), None)


COMMANDS = Usages(
    Usage(usage=usage, summary=summary)
    for usage, summary in (
        ("setup", "Set a touchpoint up here, or change it"),
        ("agenda", "Show the next agenda"),
        ("agenda add <text>", "Put a point on the next agenda"),
        ("risk add [title]", "Raise a risk"),
        ("risk list", "Show open risks, the highest first"),
        ("decision add [title]", "Record a decision"),
        ("decision find <words>", "Find decisions by their words"),
        ("showroom", "Every block there is"),
        ("help [topic]", "Show what I can do"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    label: str


SHORTCUTS = {"take.decision": Offer(label="Record as decision"), "take.item": Offer(label="Add to the agenda")}

SETUP = Form(
    form_id="setup",
    title="Set up a touchpoint",
    intro="Two people, one rhythm. The agenda will build itself and appear here.",
    submit="Next",
    context={"home": HOME},
    fields=(
        Person(name="cio", label="CIO"),
        Person(name="ciso", label="CISO"),
        Choice(
            name="weekdays",
            label="On",
            several=True,
            value=("TU",),
            options=tuple(Option(name[:2].upper(), name) for name in ("Mon", "Tue", "Wed", "Thu", "Fri")),
        ),
        Number(name="every", label="Every … weeks", value="2", least=1, most=12),
        Time(name="at", label="At", value="09:30"),
        Choice(
            name="zone",
            label="Time zone",
            value="Europe/Zurich",
            options=tuple(
                Option(z, z.replace("_", " "))
                for z in ("Europe/Zurich", "Europe/London", "America/New_York", "Asia/Tokyo", "UTC")
            ),
        ),
    ),
)

EVERY_FIELD = Form(
    form_id="every_field",
    title="Raise a risk",
    intro="It stays on the agenda until it is closed or accepted by both.",
    submit="Raise it",
    fields=(
        Text(name="title", label="What could happen?", placeholder="Unpatched VPN gateway is exploited", limit=120),
        Text(
            name="detail",
            label="Why it matters",
            multiline=True,
            required=False,
            limit=1000,
            hint="What both should know before they talk.",
        ),
        Choice(
            name="likelihood",
            label="Likelihood",
            options=tuple(Option(str(n), word) for n, word in enumerate(("Rare", "Possible", "Likely", "Certain"), 1)),
            value="2",
        ),
        Number(name="cost", label="Exposure in kCHF", required=False, least=0),
        Person(name="owner", label="Owner", value=PEOPLE[2].account),
        Date(name="review", label="Review on", hint="It comes back to you on that day."),
        Check(name="notify", label="Tell the other principal now", value=True, required=False),
    ),
)

SETUP_ECHO = card(
    "Every other Tuesday at 09:30, Europe/Zurich",
    ItemList(
        (
            Item(title="Tue 1 December, 09:30"),
            Item(title="Tue 15 December, 09:30"),
            Item(title="Tue 29 December, 09:30"),
        ),
        heading="The next three",
    ),
    buttons=(
        Button(action="save", label="Save", style="primary"),
        Button(action="change", label="Change", opens_form=True),
    ),
)

SETUP_DONE = card(
    "CIO and CISO touchpoint",
    Paragraph("Every other Tuesday at 09:30, Europe/Zurich."),
    Facts(
        (
            ("Principals", "Sam Okafor and Dana Reyes"),
            ("Next sync", "Tuesday 1 December, 09:30"),
            ("Prompts", "Monday 30 November, 09:00"),
        )
    ),
    Note("Both will be asked in private what to talk about; the agenda then appears here an hour before."),
    buttons=(Button(action="agenda", label="See the agenda"), Button(action="change", label="Change", opens_form=True)),
)

PROMPT = card(
    "What should we talk about?",
    Paragraph("Your sync with {other} is on Tuesday 1 December at 09:30."),
    ItemList(
        (
            Item(title="VPN gateways reach end of support", detail="R-7 · review is due Thursday"),
            Item(title="Who owns the identity roadmap?", detail="Deferred twice"),
        ),
        heading="Already on it",
    ),
    Note("Reply here, a message a point. “threats: …” files it under a theme."),
    buttons=(
        Button(action="raise", label="Add points", style="primary", opens_form=True),
        Button(action="nothing", label="Nothing from me"),
    ),
)

AGENDA = card(
    "Agenda for Tuesday 1 December, 09:30",
    Paragraph("Four items, about 30 minutes."),
    ItemList(
        (
            Item(
                title="VPN gateways reach end of support in March",
                detail="Threats · R-7, review due · Dana Reyes",
                buttons=(
                    Button(action="discussed", label="Discussed", value="1"),
                    Button(action="defer", label="Defer", value="1"),
                    Button(action="raise", label="Change the wording", value="1", opens_form=True, rare=True),
                    Button(action="hand", label="Hand it to somebody", value="1", rare=True),
                    Button(action="drop", label="Drop", value="1", style="danger", rare=True),
                ),
            ),
            Item(
                title="Budget for the second SOC shift",
                detail="Investment · raised by Sam Okafor",
                buttons=(
                    Button(action="discussed", label="Discussed", value="2"),
                    Button(action="defer", label="Defer", value="2"),
                ),
            ),
            Item(title="Who owns the identity roadmap?", detail="Strategy · deferred twice"),
            Item(title="Phishing drill: what we tell the board", detail="Communication · raised by Dana Reyes"),
        ),
        numbered=True,
    ),
    Divider(),
    Facts((("Open risks", "5, two above appetite"), ("Awaiting a key", "D-12"))),
    buttons=(
        Button(action="start", label="Start", style="primary"),
        Button(action="add", label="Add an item", opens_form=True),
        Button(action="change", label="Move this sync", opens_form=True, rare=True),
        Button(action="skip", label="Skip it", style="danger", confirm="Skip the sync on Tuesday?", rare=True),
    ),
    notify=(CIO, CISO),
)

DECISION = card(
    "D-12 Retire the VPN gateways by March",
    Paragraph(
        "Replace them with the access broker we already pay for; no extension of support is bought.", tone="strong"
    ),
    Facts((("Owner", "Robin Vale"), ("Review", "Tuesday 16 March"), ("Keys", "Sam Okafor ✓   Dana Reyes …"))),
    Note("Binding when both keys are turned. The text cannot change after that."),
    buttons=(
        Button(
            action="sign",
            label="Agree",
            style="primary",
            value="D-12",
            confirm="Agree to D-12 as it stands? A signed text is never edited.",
        ),
        Button(action="reject", label="Reject", style="danger", value="D-12", confirm="Reject D-12?"),
        LinkButton(label="Open the paper", url="https://example.org/d-12"),
    ),
)

CALENDAR = """\
RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU
  <b>*no* _markup_ [here](javascript:alert(1))</b>
https://touchpoint.example/calendar/4f7b2c9d1e5a48c0b6d3a1f2e8c7d9b04f7b2c9d1e5a48c0b6d3a1f2e8c7d9b0.ics"""

SCALE = ("very low", "low", "medium", "high", "very high")
LEVELS = ("LLMMH", "LLMHH", "LMMHC", "LMHHC", "MHHCC")  # from the lowest likelihood up, and by impact
RISKS = {(4, 4): "2", (3, 3): "1", (2, 1): "12", (0, 0): "3", (1, 4): "1"}
HEATS: dict[str, Heat] = {"L": "low", "M": "medium", "H": "high", "C": "critical"}

MATRIX = HeatMap(
    title="Open risks by likelihood and impact",
    down="Likelihood",
    across="Impact",
    rows=SCALE[::-1],
    columns=SCALE,
    cells=tuple(
        tuple(
            HeatCell(RISKS.get((row, column), ""), HEATS[letter], above=letter in "HC" and (row, column) in RISKS)
            for column, letter in enumerate(LEVELS[row])
        )
        for row in reversed(range(5))
    ),
)

EVERY_BLOCK = card(
    "Quarter in review",
    Paragraph("Two risks closed, one accepted, none overdue.", tone="strong"),
    Paragraph("A line.\nAnd another; <b>this is text</b>, not markup."),
    Facts((("Syncs held", "6 of 6"), ("Decisions", "9 agreed, 1 rejected"), ("Longest open", "R-3, 74 days"))),
    Chart(
        title="Open risks by week",
        kind="line",
        categories=("W40", "W41", "W42", "W43", "W44", "W45"),
        series=(("Above appetite", (4, 4, 3, 3, 2, 2)), ("Within", (6, 7, 7, 6, 6, 5))),
    ),
    Chart(
        title="Risks by theme",
        kind="bar",
        categories=("Threats", "Hygiene", "Operations", "Strategy"),
        series=(("Open", (5, 3, 2, 1)), ("Closed", (2, 4, 1, 0))),
    ),
    Chart(
        title="Where the time went",
        kind="pie",
        categories=("Threats", "Investment", "Strategy", "Hygiene"),
        series=(("Minutes", (70, 45, 40, 25)),),
    ),
    MATRIX,
    Divider(),
    Table(
        caption="What it costs",
        columns=("Item", "Owner", "kCHF"),
        rows=(
            ("Access broker", "Robin Vale", "120"),
            ("Second SOC shift", "Dana Reyes", "310"),
            ("Phishing drill", "Alex Kim", "18"),
        ),
    ),
    ItemList(
        (
            Item(
                title="R-7 VPN gateways",
                detail="Likely, severe",
                snippet=(Span("… replace the "), Span("VPN", marked=True), Span(" gateways before <b>March</b> …")),
                link="https://example.org/r-7",
                buttons=(Button(action="page", label="Show"),),
            ),
            Item(
                title="R-9 Shadow SaaS",
                detail="Possible, moderate",
                buttons=(Button(action="close", label="Close", style="danger", confirm="Close R-9?"),),
            ),
        ),
        heading="Open risks",
    ),
    Verbatim(CALENDAR),
    Note("Figures from the record, today."),
    buttons=(
        Button(action="page", label="Next page", value="2"),
        LinkButton(label="Minutes", url="https://example.org/minutes"),
    ),
)


@dataclass
class ShowClock:
    """Two prompts ahead: the private ones on the day before, and the agenda an hour before the sync."""

    edge: PlayEdge | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(hour=8, minute=12, second=0, microsecond=0))
    jumps: int = 0

    def now(self) -> datetime:
        return self.at

    async def jump(self) -> datetime | None:
        self.jumps += 1
        if self.edge is None or self.jumps > 2:
            return None
        self.at = self.at.replace(hour=8, minute=0) + timedelta(days=1)
        if self.jumps == 1:
            for account, other in ((CIO, "Dana"), (CISO, "Sam")):
                await self.edge.post(conversation=account, card=_about(PROMPT, other), delivery=f"prompt-{account}")
        else:
            await self.edge.post(conversation=HOME, card=AGENDA, delivery="agenda")
        return self.at


class ShowCore:
    """Answers a few words by script. `asked` keeps every request, for tests to look at."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.edge: PlayEdge | None = None
        self.failing = False

    async def ask(self, request: Request) -> list[Reply]:
        self.asked.append(request)
        if self.failing:
            raise RuntimeError("the database is away")
        match request:
            case CommandTyped():
                return await self._typed(request)
            case ButtonPressed():
                return await self._pressed(request)
            case FormSubmitted():
                return await self._submitted(request)
            case MessageTaken():
                return [OpenForm(form=EVERY_FIELD)]
            case MessagePosted(deleted=False, edited=False):
                return [
                    Answer(
                        card=card(
                            "Noted for Tuesday 1 December, 09:30",
                            Paragraph(f"“{request.text}”"),
                            Note("Raised by you for Tuesday 1 December. Edit your message and this follows."),
                        )
                    )
                ]
        return []

    async def reference(self, conversation: str) -> str | None:
        return None

    async def _typed(self, request: CommandTyped) -> list[Reply]:
        match request.text:
            case "setup":
                return [OpenForm(form=SETUP)]
            case "risk add" | "decision add":
                return [OpenForm(form=EVERY_FIELD)]
            case "agenda":
                return [Answer(card=AGENDA)]
            case "decision":
                await self._post(HOME, DECISION)
                return []
            case "showroom":
                return [Answer(card=EVERY_BLOCK)]
        known = ", ".join(command.usage for command in COMMANDS)
        return [Answer(card=card("What can be asked for", Note(f"No command “{request.text}”."), Paragraph(known)))]

    async def _pressed(self, request: ButtonPressed) -> list[Reply]:
        if request.action in ("raise", "add", "change"):
            return [OpenForm(form=EVERY_FIELD)]
        if request.action == "save":
            await self._post(HOME, SETUP_DONE)
            return [Answer(card=card("Saved."), replaces=True)]
        if request.action == "page":
            back = Button(action="page", label="Previous page", value="1")
            return [
                Answer(
                    card=card("Quarter in review, page 2", Paragraph("That is all."), buttons=(back,)), replaces=True
                )
            ]
        if request.action == "sign" and request.message and self.edge:
            await self.edge.update(
                message=request.message, card=card("D-12 is agreed", Paragraph("Both keys are turned."))
            )
            return []
        return [Answer(card=card("Noted", Paragraph(f"{request.action} {request.value}".strip())))]

    async def _submitted(self, request: FormSubmitted) -> list[Reply]:
        form = {"setup": SETUP, "every_field": EVERY_FIELD}[request.form_id]
        errors = _errors(request.values)
        if errors:
            return [RejectForm(form=form, values=request.values, errors=errors)]
        if request.form_id == "setup":
            return [CloseForm(), Answer(card=SETUP_ECHO)]
        title = str(request.values.get("title", ""))
        return [
            CloseForm(),
            Answer(
                card=card(
                    f"R-8 {title}", Facts((("Owner", "Robin Vale"), ("Review", str(request.values.get("review")))))
                )
            ),
        ]

    async def _post(self, conversation: str, what: Card) -> None:
        if self.edge:
            await self.edge.post(conversation=conversation, card=what, delivery="")


def showroom() -> tuple[PlaygroundAdapter, ShowCore, ShowClock]:
    """The real adapter with this core and clock wired to its edge."""
    core, clock = ShowCore(), ShowClock()
    adapter = PlaygroundAdapter(core, clock, COMMANDS, SHORTCUTS)
    core.edge = clock.edge = adapter.edge
    return adapter, core, clock


def _about(prompt: Card, other: str) -> Card:
    opening = Paragraph(f"Your sync with {other} is on Tuesday 1 December at 09:30.")
    return card(prompt.title, opening, *prompt.blocks[1:], buttons=prompt.buttons)


def _errors(values: Values) -> dict[str, str]:
    errors = {}
    if values.get("every") == "0":
        errors["every"] = "At least every week: 1 or more."
    if values.get("cio") and values.get("cio") == values.get("ciso"):
        errors["ciso"] = "The two chairs need two people."
    if "title" in values and len(str(values["title"])) < 8:
        errors["title"] = "Say it in a few words, so that both know it again."
    return errors


async def _open() -> None:
    adapter, _, _ = showroom()
    print(f"http://127.0.0.1:{await adapter.listen()}")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_open())
