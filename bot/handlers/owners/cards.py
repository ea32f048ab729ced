"""How an area looks: in one line, whole, and in a list; and the buttons that say who is accountable for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from agenda.actions import day_text
from agenda.owners import Seated, in_a_line, names_in, said
from agenda.recurrence import local_date
from agenda.roles import Right
from agenda.touchpoints import Seat
from bot import addresses
from bot.cards import Block, Button, Card, Facts, Item, ItemList, Note, Paragraph, card
from bot.ownership import seated
from bot.reading import joined
from bot.sharing import share_button
from bot.turns import Turn
from storage import people, rows
from storage.owners import Responsibility
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

DISPUTED = "CIO and CISO see this differently; it is on the next agenda."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads, and where: days are those of `zone`, and names those of who sits in that touchpoint."""

    record: Record
    seated: Seated
    zone: str


def reader_of(turn: Turn, area: Responsibility) -> Reader:
    """The asker."""
    touchpoint = rows.get(turn.record, Touchpoint, area.touchpoint_id)
    return Reader(record=turn.record, seated=seated(turn.record, touchpoint), zone=turn.asker.zone or touchpoint.zone)


def confirmed(reader: Reader, area: Responsibility) -> str:
    """`Tue 3 March by Sam`, `Tue 3 March by both`; empty where nobody ever did."""
    if area.confirmed_at is None:
        return ""
    day, today = (local_date(moment, reader.zone) for moment in (area.confirmed_at, reader.record.now))
    by = people.called(reader.record, area.confirmed_by_id) if area.confirmed_by_id else "both"
    return f"{day_text(day, today)} by {by}"


def line(reader: Reader, area: Responsibility, called: str = "") -> str:
    """Who owns it and since when that is certain, in one line."""
    when = confirmed(reader, area)
    since = f"Confirmed {when}." if when else "" if area.gap else "Never confirmed."
    doubt = DISPUTED if area.disputed_at else ""
    return " ".join(filter(None, (in_a_line(area, reader.seated, called), since, doubt)))


def line_card(turn: Turn, area: Responsibility, called: str = "") -> Card:
    """The answer to `who owns`: one line, and how to mend it where nobody is accountable."""
    more = Button(action="owners.show", label="Show all", value=str(area.key))
    return card(
        line(reader_of(turn, area), area, called),
        buttons=[*mending(turn, area), more, *share_button(turn, "owners.share", str(area.key), of=area.touchpoint_id)],
    )


def mending(turn: Turn, area: Responsibility) -> list[Button]:
    """Where it is not plain who is accountable, one tap says it: for those who may."""
    if not turn.asker.may(Right.RUN, area.touchpoint_id) or not (area.gap or area.disputed_at):
        return []
    return [*chair_buttons(area), somebody_else(area)]


def chair_buttons(area: Responsibility, *, rare: bool = False) -> list[Button]:
    """One tap each."""
    return [
        Button(action="owners.set", label=f"{seat.label} is accountable", value=f"{area.key}|{seat}", rare=rare)
        for seat in Seat
        if area.disputed_at or area.accountable != seat.label
    ]


def somebody_else(area: Responsibility, *, label: str = "Somebody else", rare: bool = False) -> Button:
    """The form."""
    return Button(action="owners.edit", label=label, value=str(area.key), opens_form=True, rare=rare)


def area_card(turn: Turn, area: Responsibility) -> Card:
    """All of it, as its reader sees it in private."""
    reader = reader_of(turn, area)
    doubt = [Note(DISPUTED)] if area.disputed_at else []
    acts = own_buttons(area) if turn.asker.may(Right.RUN, area.touchpoint_id) else []
    shared = share_button(turn, "owners.share", str(area.key), of=area.touchpoint_id)
    link = addresses.copy_button(turn, f"O-{area.key}")
    return card(area.area, *doubt, facts(reader, area), buttons=[*acts, *shared, *link])


def facts(reader: Reader, area: Responsibility) -> Facts:
    """Who does what, and what else it is called."""
    owners = said(area.accountable, reader.seated)
    named = (
        ("Accountable", joined([owners, area.gap]) if owners else "nobody"),
        *(
            (role.capitalize(), said(getattr(area, role), reader.seated))
            for role in ("responsible", "consulted", "informed")
        ),
        ("Confirmed", confirmed(reader, area) or "never"),
        ("Also called", ", ".join(names_in(area.synonyms))),
        ("NIST CSF 2.0", joined([area.category and area.function, area.category])),
    )
    return Facts(tuple((name, value) for name, value in named if value))


def own_buttons(area: Responsibility) -> list[Button]:
    """What whoever sits on a chair may do with it: what is asked for first, and the rest in a menu."""
    value, plain = str(area.key), not area.gap and not area.disputed_at
    confirm = Button(action="owners.confirm", label="Confirm", value=value, style="primary" if plain else "default")
    drop = Button(
        action="owners.drop", label="Drop", value=value, confirm=f"Drop “{area.area}” from the list?"[:300], rare=True
    )
    return [
        *([] if area.gap else [confirm]),
        *chair_buttons(area, rare=plain),
        somebody_else(area, label="Edit"),
        drop,
    ]


def listed(areas: Sequence[Responsibility], called: Seated, *, buttons: bool) -> list[ItemList]:
    """A line each, under the functions of CSF 2.0."""
    return [
        ItemList(tuple(list_item(area, called, buttons=buttons) for area in group), heading)
        for heading, group in groupby(areas, lambda area: area.function)
    ]


def list_item(area: Responsibility, called: Seated, *, buttons: bool) -> Item:
    """Who is accountable, or that nobody is."""
    doubt = "seen differently" if area.disputed_at else ""
    show = (Button(action="owners.show", label="Show", value=str(area.key)),) if buttons else ()
    return Item(title=area.area, detail=joined([said(area.accountable, called), area.gap, doubt]), buttons=show)


def state_of(areas: Sequence[Responsibility]) -> list[Block]:
    """The gaps, said first: `4 of 22 areas have no accountable owner.`"""
    nobody = sum(not names_in(area.accountable) for area in areas)
    several = sum(len(names_in(area.accountable)) > 1 for area in areas)
    doubts = sum(area.disputed_at is not None for area in areas)
    found = [
        f"{nobody} of {len(areas)} areas {has(nobody)} no accountable owner." if nobody else "",
        f"{several} {has(several)} more than one." if several else "",
        f"{doubts} {'is' if doubts == 1 else 'are'} seen differently by CIO and CISO." if doubts else "",
    ]
    text = " ".join(filter(None, found)) or "Every area has one accountable owner."
    return [Paragraph(text, tone="strong")]


def has(count: int) -> str:
    """`1 has`, `2 have`."""
    return "has" if count == 1 else "have"
