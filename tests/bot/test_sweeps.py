"""Everything that the registry knows, hit with garbage and by everybody who has no business with it.

No press, no form and no command ever breaks, shows somebody else's record, changes it, or loses what was typed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from bot.cards import Card
from bot.commands import REGISTRY
from bot.forms import AnyField, Choice, Form, Values
from bot.legible import printable
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply
from bot.requests import CommandTyped, FormRequested, FormSubmitted, MessagePosted
from bot.turns import Command
from tests.bot.house import OTHER_HOME, SECRET, House, Neighbour, furnished
from tests.bot.room import HOME, readable

KEYS = ("", "x", "-1", "0", "999999", "1|", "1|1", "|1", "1|999999999999999999999", "９", "9" * 30, "\0", "';--", "[1]")
PAIRS = ("999999|hour", "1|whenever", "0|1", "99999999999999999999|1", "0|" + "9" * 40, "1|0|" + "x" * 900)
GARBAGE = (*KEYS, *PAIRS, '[["FREQ=DAILY","2031-03-04","09:30","UTC"],{},"slack:T1/Sam"]')
TYPED = (
    "",
    " ",
    "x" * 5_000,
    "a\0\ud83db",
    "2031-99-99",
    "-1",
    "1e99",
    "９",
    "'; DROP TABLE person; --",
    "25:61",
    "slack:T9/U1",
)
SAM, DANA, KIM = 1, 2, 7  # The keys of their rows.
Shown = TypeVar("Shown")


@pytest.fixture(scope="module")
def house() -> House:
    """One for all: whatever people do in it, the next one must find it whole."""
    return furnished()


def some_of_each(shown: Iterable[tuple[str, Shown]], most: int = 3) -> list[Shown]:
    """The first few of each kind, and the last: the others differ by their number alone."""
    kinds: dict[str, list[Shown]] = defaultdict(list)
    for kind, one in shown:
        kinds[kind].append(one)
    return [one for alike in kinds.values() for one in [*alike[: most - 1], *alike[most - 1 :][-1:]]]


def said(replies: Iterable[Reply]) -> str:
    """All that anybody can read in them."""
    texts: list[str] = []
    for reply in replies:
        match reply:
            case Answer():
                texts += [readable(reply.card), *(button.label for button in reply.card.buttons)]
            case OpenForm() | RejectForm():
                texts += [reply.form.title, reply.form.intro, *map(field_text, reply.form.fields)]
            case CloseForm():
                pass
    return "\n".join(texts)


def field_text(field: AnyField) -> str:
    options = " ".join(option.label for option in field.options) if isinstance(field, Choice) else ""
    return f"{field.label} {field.hint} {field.value} {options}"


def submission(chair: Neighbour, form: Form, values: Values, place: str) -> FormSubmitted:
    return FormSubmitted(
        id=chair.room.new_id(),
        actor=chair.profile,
        where=chair.where(place),
        form_id=form.form_id,
        context={**form.context, "once": chair.room.new_id()},
        values=values,
        people=(chair.profile,),
    )


def standing(form: Form) -> dict[str, str | tuple[str, ...]]:
    """What would be sent if nobody changed anything."""
    return {field.name: "yes" if field.value is True else field.value or "" for field in form.fields}


def test_the_house_shows_every_button_and_every_form(house: House) -> None:
    assert {action for action, _value in house.buttons} == set(REGISTRY.buttons)
    assert {form_id for form_id, _context in house.forms} == set(REGISTRY.forms)


def test_no_stranger_sees_or_changes_anything_by_a_button(house: House) -> None:
    before = house.record()
    for action, value in some_of_each((pair[0], pair) for pair in house.buttons):
        for stranger, place in house.strangers():
            seen = said(stranger.tries(action, value, place)).replace(f"“{SECRET}”", "what was looked for")
            assert SECRET not in seen, f"{stranger.profile.name} pressed {action} {value} in {place}: {seen}"
    assert_untouched(house, before)


def test_no_stranger_sees_or_changes_anything_by_a_form(house: House) -> None:
    before = house.record()
    for form in some_of_each((form.form_id, form) for form in house.forms.values()):
        for stranger, place in house.strangers():
            where = stranger.where(place)
            asked = FormRequested(
                id=house.new_id(), actor=stranger.profile, where=where, form_id=form.form_id, context=form.context
            )
            assert SECRET not in said(stranger.sends(asked)), f"{stranger.profile.name} asked for {form.form_id}"
            values = {name: value for name, value in standing(form).items() if SECRET not in str(value)}
            seen = said(stranger.sends(submission(stranger, form, values, place)))
            assert SECRET not in seen, f"{stranger.profile.name} sent {form.form_id} in {place}: {seen}"
    assert_untouched(house, before)


def test_no_stranger_sees_anything_by_a_command(house: House) -> None:
    for command in REGISTRY:
        for argument in ("", "1", "R-1 done", SECRET[:3], "2031-03-04"):
            for stranger, place in house.strangers()[::2]:
                assert SECRET not in stranger.types(f"{command.name} {argument}", place=place), command.name


def assert_untouched(house: House, before: Mapping[tuple[str, str], Mapping[str, object]]) -> None:
    """What Sam and Dana had is as it was. The others may have added rows and changed rows of their own."""
    after = house.record()
    changed = [key for key, row in before.items() if after.get(key) != row and not is_strangers(house, row)]
    assert not changed, [(before[key], after.get(key)) for key in changed]


def is_strangers(house: House, row: Mapping[str, object]) -> bool:
    """Does it belong to somebody whom nothing here is meant for?"""
    ours: set[object] = {HOME, *(chair.account for chair in (house.sam, house.dana, house.kim))}
    whose = {row[name] for name in ("address", "conversation", "home") if name in row}
    person_id = row["id"] if "admin" in row else row.get("person_id")
    return row.get("organization_id") != 1 or bool(whose - ours) or person_id not in {SAM, DANA, KIM, None}


@pytest.mark.parametrize("action", sorted(REGISTRY.buttons))
def test_any_button_survives_any_value(house: House, action: str) -> None:
    for value in GARBAGE:
        for chair in (house.noor, house.robin, house.kim):
            assert chair.tries(action, value, OTHER_HOME) is not None


@pytest.mark.parametrize("form_id", sorted(REGISTRY.forms))
def test_any_form_survives_any_context(house: House, form_id: str) -> None:
    names = {name for form in house.forms.values() if form.form_id == form_id for name in form.context}
    for name in sorted(names | {"item", "number"} - {"once"}):
        for value in (*GARBAGE[::3], "7"):
            asked = FormRequested(
                id=house.new_id(),
                actor=house.robin.profile,
                where=house.robin.where(OTHER_HOME),
                form_id=form_id,
                context={name: value},
            )
            assert house.robin.sends(asked)
            sent = FormSubmitted(
                id=house.new_id(),
                actor=house.robin.profile,
                where=asked.where,
                form_id=form_id,
                context={name: value},
                values={"title": ("a", "b")},
            )
            assert house.robin.sends(sent)


@pytest.mark.parametrize("form_id", sorted(REGISTRY.forms))
def test_no_form_loses_what_was_filled_in(house: House, form_id: str) -> None:
    """Each field in turn holds garbage; what is refused comes back with every other field as it was."""
    form = next(form for form in reversed(house.forms.values()) if form.form_id == form_id)
    for field in form.fields:
        for typed in TYPED:
            values = standing(form) | {field.name: typed}
            replies = house.dana.sends(submission(house.dana, form, values, HOME))
            if house.bot.refused is None:
                continue
            rejected = [reply for reply in replies if isinstance(reply, RejectForm)]
            if rejected:
                assert rejected[0].errors
                assert dict(rejected[0].values) == {name: cleaned(value) for name, value in values.items()}
            else:
                seen = said(replies)
                assert all(printable(value) in seen for value in values.values() if isinstance(value, str))


def cleaned(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return printable(value) if isinstance(value, str) else tuple(map(printable, value))


@pytest.mark.parametrize("command", REGISTRY.commands, ids=lambda command: command.name)
def test_no_command_breaks_or_loses_what_was_typed(house: House, command: Command) -> None:
    """As a slash command, and as a sentence in the direct chat."""
    for typed in ("a\0\ud83db", "2031-99-99", "９", "until 1 Jan 1900", "next blue moon " * 40):
        chair = house.dana
        text = f"{command.name} {typed}"
        asked: dict[str, Any] = {"id": house.new_id(), "actor": chair.profile, "where": chair.where("direct")}
        for request in (CommandTyped(**asked, text=text), MessagePosted(**asked, text=text, message=asked["id"])):
            chair.sends(replace(request, id=house.new_id()))
            assert chair.answer or chair.form
            assert house.bot.refused is None or printable(typed).strip() in chair.text


def test_everything_that_ever_stood_on_a_card_may_be_pressed_again(house: House) -> None:
    """By those whom it was shown to, long after: a worn card says how things stand, and breaks nothing."""
    for action, value in some_of_each(((pair[0], pair) for pair in list(house.buttons)), most=2):
        for chair, place in ((house.kim, HOME), (house.dana, house.dana.account)):
            chair.tries(action, value, place)
    for form in some_of_each(((form.form_id, form) for form in list(house.forms.values())), most=2):
        for chair in (house.kim, house.dana):
            chair.sends(submission(chair, form, standing(form), HOME))
    house.settle()
    assert house.wait(days=3), "time goes on"


def test_a_card_of_an_older_version_says_so(house: House) -> None:
    assert "belongs to an older card" in said(house.dana.tries("no.such.action", "1", HOME))
    form = Form(form_id="no.such.form", title="", fields=())
    assert "belongs to an older version" in said(house.dana.sends(submission(house.dana, form, {}, HOME)))
    assert isinstance(house.dana.answer, Card)
