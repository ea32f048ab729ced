"""Every command, button and form, tried in every role: what the role may not is refused and leaves no trace.

A new one needs a right; without one it is for the principals and who stands in for them alone.
"""

from collections.abc import Iterator

import pytest

from agenda.errors import NotAllowed
from agenda.roles import Right, Role
from bot.commands import REGISTRY
from bot.requests import FormRequested
from bot.turns import Command, FormKind, Press
from tests.bot.house import EVERYTHING, House, Neighbour, furnished
from tests.bot.room import HOME, buttons_of
from tests.bot.test_sweeps import assert_untouched, some_of_each, standing, submission

# About the asker alone, or with a rule of their own, which other tests try.
EVERYBODYS = {
    *("setup", "home", "owe", "nudges", "hours", "away", "link", "unlink", "help"),
    *("setup.save", "setup.change", "help.run", "away.forget", "calendar.stop"),
    *("nudge.snooze", "nudge.mute", "nudge.silence", "nudge.unmute"),
    *("promise.done", "promise.move", "promise_move"),
    "hygiene.done_too",
}
# A member does this with what is their own; with what is others' it takes more.
WITH_THEIR_OWN = {
    *("item.edit", "item.remove", "promise.edit", "promise.reassign", "promise.drop"),
    *("decision.edit", "decision.more", "decision.withdraw"),
    *("acceptance.change", "acceptance.withdraw"),
    *("ask.edit", "ask.numbers", "ask.withdraw"),
}
# A delegate answers for the chair on which they sit, and not for the other one.
ON_THEIR_CHAIR = {"ownership.name", "ownership.else", "ownership.change"}


@pytest.fixture(scope="module")
def house() -> House:
    return furnished()


def cast(house: House) -> list[tuple[Role, Neighbour]]:
    return [(Role.DELEGATE, house.kim), (Role.MEMBER, house.mia), (Role.VIEWER, house.vic)]


def lacks(role: Role, what: Command | Press | FormKind) -> bool:
    return what.right is not None and not role.may(what.right)


def places(chair: Neighbour) -> tuple[str, str]:
    return HOME, chair.account


def test_what_is_everybodys_is_so_on_purpose():
    known = [*((one.name, one) for one in REGISTRY), *REGISTRY.buttons.items(), *REGISTRY.forms.items()]
    assert {name for name, one in known if one.right is None} == EVERYBODYS


def test_the_roles_of_the_house(house: House):
    for role, chair in cast(house):
        (held,) = house.bot.door.asker(chair.profile, house.now).seats
        assert (held.role, held.seat is not None) == (role, role is Role.DELEGATE)


def samples(house: House) -> Iterator[tuple[str, str]]:
    yield from some_of_each((pair[0], pair) for pair in house.buttons)


def test_no_button_does_what_a_role_may_not(house: House):
    before = house.record()
    for action, value in samples(house):
        for role, chair in cast(house):
            if lacks(role, REGISTRY.buttons[action]):
                for place in places(chair):
                    chair.tries(action, value, place)
                    assert house.bot.refused, f"a {role} pressed {action} {value}"
    assert_untouched(house, before)


def test_no_form_does_what_a_role_may_not(house: House):
    before = house.record()
    for form in some_of_each((form.form_id, form) for form in house.forms.values()):
        for role, chair in cast(house):
            if lacks(role, REGISTRY.forms[form.form_id]):
                asked = FormRequested(
                    id=house.new_id(),
                    actor=chair.profile,
                    where=chair.where(HOME),
                    form_id=form.form_id,
                    context=form.context,
                )
                for request in (asked, submission(chair, form, standing(form), HOME)):
                    chair.sends(request)
                    assert isinstance(house.bot.refused, NotAllowed), f"a {role} sent {form.form_id}"
    assert_untouched(house, before)


def test_no_command_does_what_a_role_may_not(house: House):
    before = house.record()
    for command in REGISTRY:
        for role, chair in cast(house):
            if lacks(role, command):
                for place in places(chair):
                    for argument in ("x", "1", "R-1 done", "thu 10:00"):
                        chair.types(f"{command.name} {argument}", place=place)
                        assert house.bot.refused, f"a {role} typed {command.name} {argument}"
                        if isinstance(house.bot.refused, NotAllowed):
                            break
                    assert isinstance(house.bot.refused, NotAllowed), f"a {role} typed {command.name}"
    assert_untouched(house, before)


def test_each_role_may_do_what_it_may(house: House):
    refused: set[tuple[Role, str]] = set()
    for action, value in samples(house):
        press = REGISTRY.buttons[action]
        for role, chair in cast(house):
            if press.right and not lacks(role, press):
                chair.tries(action, value, HOME)
                refused |= {(role, action)} if isinstance(house.bot.refused, NotAllowed) else set()
    theirs = {(Role.MEMBER, action) for action in WITH_THEIR_OWN}
    assert refused <= theirs | {(Role.DELEGATE, action) for action in ON_THEIR_CHAIR}


def test_a_viewer_reads_everything_that_can_be_read(house: House):
    for command in REGISTRY:
        if command.right is Right.READ:
            for chair in (house.mia, house.vic):
                chair.types(f"{command.name} 1")
                assert not isinstance(house.bot.refused, NotAllowed), command.name


def test_nobody_is_offered_in_private_what_they_may_not_press(house: House) -> None:
    """Each card that a command answers with, and each that a button of it leads to."""
    for chair in (house.vic, house.mia, house.kim):
        for typed in EVERYTHING:
            for place in (HOME, chair.account):
                chair.types(typed, place=place)
                for button in buttons_of(chair.answer) if chair.answer else []:
                    chair.tries(button.action, button.value, place)
                    refused = house.bot.refused
                    assert not isinstance(refused, NotAllowed), (chair.profile.name, typed, button.label, refused)
