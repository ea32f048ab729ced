"""Hygiene on every platform: answered in private, told together, and counted by people who never wrote to the bot before."""

import pytest

from agenda.hygiene import HABITS
from tests.contract.stage import Chair, Stage
from tests.contract.test_two_platforms import both, joined
from tests.contract.world import World, newest, sees

__all__ = ["both"]

Chairs = tuple[Chair, Chair]


async def switch_on(here: World, chair: Chair) -> None:
    await chair.types("conversations")
    await chair.presses("Change")
    await chair.fills(on=("investment", "initiatives", "health", "hygiene"))
    await here.settle()


async def answers(here: World, chair: Chair, *done: str, together: str = "yes") -> None:
    await chair.types("hygiene", where="direct")
    await chair.presses("Answer", on=newest(chair, "What did you do yourself this quarter?"))
    await chair.fills(done=done, together=together)
    assert chair.form is None, chair.form
    await here.settle()


@pytest.fixture
async def agreed(here: World, chairs: Chairs) -> Chairs:
    """Both answered, and both say yes."""
    sam, dana = chairs
    await switch_on(here, sam)
    await answers(here, sam, "0", "1", "3")
    await answers(here, dana, "1", "2", "3")
    return sam, dana


async def test_neither_sees_what_the_other_one_did_before_both_say_yes(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await switch_on(here, sam)
    await answers(here, sam, "0", "3")
    assert f"✓ {HABITS[0]}" in newest(sam, "Thank you. Only you see this").text
    assert not sees(dana, "✓ I ")
    await answers(here, dana, "0", together="no")
    assert not sees(sam, "You may now tell your colleagues")
    assert "nobody is told anything" in newest(dana, "Thank you. Only you see this").text


async def test_the_two_tell_their_colleagues_and_are_counted(here: World, agreed: Chairs, stage: Stage) -> None:
    sam, dana = agreed
    for chair in agreed:
        assert "You both did 2 of 5" in newest(chair, "You may now tell your colleagues").text
    kim, robin = await stage.seat("Kim"), await stage.seat("Robin")
    await dana.types("hygiene post", where="other")
    preview = newest(dana, "So far only you see this.")
    await dana.presses(next(label for label in preview.buttons if label.startswith("Post it")), on=preview)
    await here.settle()
    message = newest(kim, "We did this, please do too")
    assert "Sam (CIO) and Dana (CISO), this quarter:" in message.text
    assert f"✓ {HABITS[1]}" in message.text
    assert HABITS[0] not in message.text
    assert not message.private
    for chair in (kim, robin, kim):
        await chair.presses("Done too", on=newest(chair, "We did this, please do too"))
    await here.settle()
    assert "2 colleagues did too." in newest(sam, "We did this, please do too").text
    assert sees(kim, "You had pressed it before, and once is enough.")
    assert not sees(robin, "You had pressed it before, and once is enough.")
    assert "Kim" not in newest(robin, "We did this, please do too").text


async def test_it_is_taken_back_by_one_tap(here: World, agreed: Chairs) -> None:
    sam, dana = agreed
    await sam.presses("Take it back", on=newest(sam, "You may now tell your colleagues"))
    await here.settle()
    assert "One of you two took it back" in newest(sam, "Nothing is told at the moment").text
    await dana.types("hygiene post", where="other")
    assert sees(dana, "There is nothing to tell yet.")


async def test_habits_that_are_too_many_come_back_with_all_that_was_typed(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await switch_on(here, sam)
    many = "\n".join(f"I did {number}" for number in range(9))
    await sam.types("hygiene habits")
    await sam.fills(habits=many)
    assert sam.form
    assert "At most 8 habits; this is 9." in sam.form.errors["habits"]
    assert sam.form.fields["habits"] == many
    await sam.fills(habits="I did this\nI did that")
    assert "I did that" in newest(sam, "What you two ask yourselves").text


async def test_where_it_is_switched_off_it_says_so(chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("hygiene")
    assert sees(sam, "“Cyber hygiene” is not switched on here.")


async def test_the_two_sit_on_two_platforms(both: World) -> None:
    sam, dana = await joined(both)
    await switch_on(both, dana)
    await answers(both, sam, "1", "2")
    await answers(both, dana, "0", "1")
    for chair in (sam, dana):
        assert f"✓ {HABITS[1]}" in newest(chair, "You may now tell your colleagues").text
    await sam.types("hygiene post", where="other")
    preview = newest(sam, "So far only you see this.")
    await sam.presses(next(label for label in preview.buttons if label.startswith("Post it")), on=preview)
    await both.settle()
    colleague = await both.stage("teams").seat("Kim")
    await colleague.presses("Done too", on=newest(colleague, "We did this, please do too"))
    await both.settle()
    assert "1 colleague did too." in newest(sam, "We did this, please do too").text
