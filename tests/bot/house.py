"""A whole house: two touchpoints of one organization, one of another, and everybody who may press what Sam and Dana were shown.

Every text that Sam and Dana write holds `SECRET`. `House` remembers each button and each form that they were ever shown.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from agenda.conversations import Conversation
from agenda.errors import TouchpointError
from bot.access import Asker
from bot.cards import Card
from bot.dispatch import Bot
from bot.forms import Form
from bot.replies import Answer, OpenForm, RejectForm, Reply, Results
from bot.requests import FromPerson, Request
from storage.deliveries import Owed
from storage.tables import METADATA
from tests.bot import furniture
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of

SECRET = "heron"
OTHER_HOME, FOREIGN_HOME = "slack:T1/C-other", "slack:T2/C-foreign"
# What presses leave behind that is nobody's record: marks, counts, and the log of all.
TRACES = {"inbox_mark", "counter", "audit_event", "audit_head"}


class Watched(Bot):
    """Remembers why it refused the last request."""

    refused: TouchpointError | None = None

    def dispatch(self, request: Request, now: datetime) -> list[Reply]:
        self.refused = None
        return super().dispatch(request, now)

    def _refused(self, request: FromPerson, asker: Asker, now: datetime, error: TouchpointError) -> list[Reply]:
        self.refused = error
        return super()._refused(request, asker, now, error)


@dataclass
class House(Room):
    """Buttons and forms by what they carry, each with the place where it was shown first."""

    buttons: dict[tuple[str, str], str] = field(default_factory=dict)
    forms: dict[tuple[str, str], Form] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.bot: Watched = Watched(self.engine)

    def chair(self, name: str, *, account: str | None = None, outsider: bool = False) -> "Neighbour":
        chair = super().chair(name, account=account, outsider=outsider)
        return Neighbour(room=self, profile=chair.profile)

    def _send(self, owed: Owed) -> Posted | None:
        posted = super()._send(owed)
        if posted and owed.conversation in {HOME, self.sam.account, self.dana.account, self.kim.account}:
            self.shown(posted.card, owed.conversation)
        return posted

    def shown(self, card: Card, place: str) -> None:
        """These buttons are known from now on."""
        asked = [card.mine.button] if card.mine else []
        for button in [*buttons_of(card), *asked]:
            self.buttons.setdefault((button.action, button.value), place)

    @cached_property
    def sam(self) -> "Neighbour":
        return self.chair("Sam")

    @cached_property
    def dana(self) -> "Neighbour":
        return self.chair("Dana")

    @cached_property
    def kim(self) -> "Neighbour":
        """Stands in for Sam."""
        return self.chair("Kim")

    @cached_property
    def mia(self) -> "Neighbour":
        """Was let in as a member."""
        return self.chair("Mia")

    @cached_property
    def vic(self) -> "Neighbour":
        """Was let in as a viewer."""
        return self.chair("Vic")

    @cached_property
    def robin(self) -> "Neighbour":
        """A principal of the other touchpoint of the same organization."""
        return self.chair("Robin")

    @cached_property
    def pia(self) -> "Neighbour":
        """A member of that other touchpoint."""
        return self.chair("Pia")

    @cached_property
    def eve(self) -> "Neighbour":
        """A principal in another organization."""
        return self.chair("Eve", account="slack:T2/Eve")

    @cached_property
    def noor(self) -> "Neighbour":
        """A member without a chair."""
        return self.chair("Noor")

    @cached_property
    def guest(self) -> "Neighbour":
        return self.chair("Guest", outsider=True)

    def strangers(self) -> list[tuple["Neighbour", str]]:
        """Everybody who has no business here, and where they press."""
        return [
            (self.robin, OTHER_HOME),
            (self.robin, HOME),
            (self.eve, FOREIGN_HOME),
            (self.noor, HOME),
            (self.noor, self.noor.account),
            (self.guest, HOME),
            (self.pia, HOME),
            (self.pia, OTHER_HOME),
        ]

    def record(self) -> dict[tuple[str, str], dict[str, object]]:
        """All rows of all tables, by table and key."""
        with self.engine.connect() as connection:
            return {
                (name, str([row[column.name] for column in table.primary_key])): dict(row)
                for name, table in METADATA.tables.items()
                if name not in TRACES
                for row in connection.execute(select(table)).mappings()
            }


@dataclass
class Neighbour(Chair):
    """Somebody in the house. What Sam, Dana and Kim see is remembered."""

    def sends(self, request: Request) -> list[Reply]:
        replies = super().sends(request)
        house = self.room
        assert isinstance(house, House)
        assert isinstance(request, FromPerson)
        if self.profile.name in {"Sam", "Dana", "Kim"}:
            for reply in replies:
                match reply:
                    case Answer():
                        house.shown(reply.card, request.where.conversation)
                    case OpenForm() | RejectForm():
                        kept = {name: value for name, value in reply.form.context.items() if name != "once"}
                        house.forms.setdefault((reply.form.form_id, str(kept)), reply.form)
                    case Results():
                        for item in reply.items:
                            house.shown(item.card, request.where.conversation)
                    case _:
                        pass
        return replies


def fill_in(chair: Chair, label: str, card: Card | Posted | None, place: str | None = None, **values: object) -> None:
    """Presses a button that opens a form, and submits it."""
    chair.presses(label, on=card, place=place)
    assert chair.form, f"{label} opened no form: {chair.text}"
    chair.fills(place=place, **values)  # type: ignore[arg-type]
    assert not chair.errors, chair.errors


def furnished(house: House | None = None) -> House:
    """Everything that two people may record, one day of it after the other; in that house, or in a new one."""
    house = house or House()
    house.bot.public_url = "https://touchpoint.test"
    sam, dana, kim = house.sam, house.dana, house.kim
    house.set_up_by_hand(sam, dana, {})
    for chair, other, place in ((house.robin, "Lee", OTHER_HOME), (house.eve, "Mallory", FOREIGN_HOME)):
        found(house, chair, other, place)
    house.now = house.now.replace(hour=9)
    switch_on(house)
    write(house)
    live_with(house)
    hold(house)
    lend(house)
    own(house)
    agree(house)
    let_in(house)
    part(house)
    for talk in furniture.TALKS:
        talk.furnish(house, sam, dana)
    for chair in (sam, dana, kim):
        for command in (*EVERYTHING, *furniture.COMMANDS):
            chair.types(command)
            chair.types(command, place="direct")
    for kind in house.bot.registry.searches:
        sam.looks_up(kind)
    dana.types("nudges")
    dana.presses("Turn off")
    open_all(house)
    return house


def part(house: House) -> None:
    """Kim had a second account for a moment."""
    twin = house.chair("Twin")
    code = house.kim.types("link", place="direct").split("Join your own two accounts: ")[1].split()[0]
    twin.types(f"link {code}", place="direct")
    house.kim.types("unlink", place="direct")
    house.kim.presses("Unlink Slack", place="direct")
    house.settle()


EVERYTHING = (
    "home",
    "setup", "cadence", "cadence weekdays 8:45", "settings", "syncs", "sync move", "sync extra", "agenda", "minutes", "access",
    "decision list", "decision show 1", "decision show 2", "decision find heron", "find heron", "risk list", "risk show 1",
    "risk matrix", "risk accept 7", "risk show 8", "risk show 9", "policy",
    "owe", "promise list", "promise show 1", "promise show 2", "nudges", "hours", "away", "delegate", "calendar", "help",
    "owners", "owners gaps", f"owners show {SECRET}", f"who owns {SECRET}", "who owns communication", "owners check",
    "decision add", "risk add", "promise add", "risk close 1", "desicion lits",
)  # fmt: skip


def found(house: House, chair: Neighbour, other: str, place: str) -> None:
    """A touchpoint of somebody else's. An admin gives the two of them their chairs."""
    tenant = chair.account.rpartition("/")[0]
    second = house.chair(other, account=f"{tenant}/{other}")
    host = house.sam if tenant == "slack:T1" else chair
    host.types("setup", place=place)
    host.fills(people=(chair.profile, second.profile), place=place, cio=chair.account, ciso=second.account)
    host.presses("Save", place=place)
    house.settle()


def switch_on(house: House) -> None:
    """All five conversations."""
    house.sam.types("conversations")
    fill_in(house.sam, "Change", house.sam.answer, on=tuple(Conversation))
    house.settle()


def write(house: House) -> None:
    """Points, a risk, decisions, promises; long enough to have pages."""
    sam, dana = house.sam, house.dana
    long = f"{SECRET} " * 700
    for number in range(9):
        sam.types(f"risk add {SECRET} {number}\n{long}", place="direct")
        dana.types(f"decision add {SECRET} {number}\n{long}", place=HOME)
        dana.types(f"promise add {SECRET} {number} by 6 March\n{long}", place=HOME)
    sam.types(f"agenda add threats: the {SECRET}")
    fill_in(sam, "Change", sam.answer, title=f"{SECRET} again", detail="", theme="threats")
    for number in range(4):
        dana.says(f"the {SECRET} number {number}")
    for pages in ("risk list", "decision list", f"find {SECRET}", f"decision find {SECRET}", "promise list"):
        sam.types(pages)
        sam.presses("Next page")
    sam.types(f"agenda add {SECRET} at length\n{long}")
    sam.types(f'find "{SECRET} at length"')
    sam.presses("Show")
    sam.presses("Next page")
    for whole in ("risk show 1", "decision show 1", "promise show 1"):
        sam.types(whole)
        sam.presses("Next page")
    house.settle()


def live_with(house: House) -> None:
    """One risk is accepted for a while, and of another it is asked."""
    sam, dana = house.sam, house.dana
    for number, until in (("8", "2031-03-26"), ("9", "2031-12-24")):
        sam.types(f"risk accept {number}")
        sam.fills(justification=f"The {SECRET} is far away.", until=until)
        house.settle()
        if number == "8":
            dana.presses("Turn my key", on=[p for p in house.in_(dana.account) if p.owed.kind == "acceptance_key"][-1])
    for chair in (sam, dana):
        chair.types("risk show 9")
        chair.presses("Read the request")
    house.settle()


def hold(house: House) -> None:
    """A sync from its start to its minutes, and what the days after it bring."""
    sam, dana = house.sam, house.dana
    posted = house.until(house.now.replace(day=4, hour=8, minute=31))
    sam.presses("Start", on=next(one for one in house.in_(HOME) if one in posted and one.owed.kind == "start"))
    live = next(one for one in house.settle() if one.owed.kind == "sync")
    for label in ("Record decision", "Promise", "Raise a risk", "Escalate"):
        sam.presses(label, on=live)
    fill_in(dana, "Escalate", live, place=HOME, to=f"the {SECRET} board", due_on="2031-03-11", word="")
    live = next(one for one in house.settle() if one.owed.kind == "sync")
    sam.presses("Defer", on=live)
    live = next(one for one in house.settle() if one.owed.kind == "sync")
    dana.presses("Discussed", on=live)
    live = next(one for one in house.settle() if one.owed.kind == "sync")
    sam.presses("Close", on=live)
    house.until(house.now.replace(day=7, hour=12))


def lend(house: House) -> None:
    """Leave, a delegate, a skipped sync, an extra one, a pause that is over."""
    sam, dana, kim = house.sam, house.dana, house.kim
    sam.types("away 17-21 March", place="direct")
    fill_in(sam, "Name who stands in", sam.answer, people=(kim.profile,), person=kim.account, until="2031-03-21")
    dana.types("away 1-2 April", place="direct")
    dana.types("sync extra fri 14:00")
    dana.types(f"sync skip {SECRET}")
    dana.types("pause")
    house.settle()
    dana.types("resume")
    posted = house.until(house.now.replace(day=18, hour=8, minute=31))
    kim.presses("Start", on=[one for one in house.in_(HOME) if one in posted and one.owed.kind == "start"][-1])
    live = next(one for one in house.settle() if one.owed.kind == "sync")
    for label in ("Discussed", "Drop", "Close"):
        kim.presses(label, on=live)
        live = next((one for one in house.settle() if one.owed.kind == "sync"), live)


def agree(house: House) -> None:
    """Decisions that are agreed, and whose review has come: one is confirmed, and one would be replaced."""
    sam, dana = house.sam, house.dana
    for number in range(2):
        dana.types("decision add", place=HOME)
        dana.fills(title=f"{SECRET} agreed {number}", rationale=SECRET, review_on="2031-03-10", place=HOME)
        house.settle()
        key = [one for one in house.in_(sam.account) if one.owed.kind == "key"][-1]
        sam.presses("Agree with dissent", on=key)
        sam.presses("Turn my key", on=key)
        dana.types("decision list", place=HOME)
        number_of = dana.text.splitlines()[1].split()[0]
        sam.types(f"decision show {number_of}", place=HOME)
        if number:
            fill_in(sam, "Revise", sam.answer, place=HOME, title=f"{SECRET} revised")
        else:
            sam.presses("Confirm", place=HOME)
            sam.types(f"decision show {number_of}", place=HOME)
    house.settle()


def let_in(house: House) -> None:
    """A member and a viewer, and a member of the other touchpoint."""
    for host, chair, role, place in (
        (house.sam, house.mia, "member", HOME),
        (house.sam, house.vic, "viewer", HOME),
        (house.robin, house.pia, "member", OTHER_HOME),
    ):
        host.types("access", place=place)
        filled = {"person": chair.account, "role": role, "people": (chair.profile,)}
        fill_in(host, "Let somebody in", host.answer, place=place, **filled)
    house.settle()


def own(house: House) -> None:
    """Areas, and a check that is half answered."""
    sam, dana = house.sam, house.dana
    sam.types("owners")
    sam.presses("Start with 22 usual areas")
    sam.types(f"owners add {SECRET}")
    fill_in(sam, "Edit", sam.answer, accountable=f"the {SECRET} team", informed=f"the {SECRET} board")
    dana.types("owners check")
    house.settle()
    asked = [one for one in house.posted.values() if one.owed.kind == "ownership"]
    mine = next(one for one in asked if one.owed.conversation == dana.account)
    dana.presses("Me", on=mine)
    house.settle()
    fill_in(dana, "Somebody else", house.posted[mine.message], dana.account, named=SECRET)
    house.settle()


def open_all(house: House) -> None:
    """Every button that opens a form, pressed by whom it was shown to, so that its form is known."""
    for (action, value), place in list(house.buttons.items()):
        for chair in (house.sam, house.kim):
            chair.tries(action, value, place) if not house.bot.registry.buttons[action].writes else None
