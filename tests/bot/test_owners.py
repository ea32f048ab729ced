"""Who owns what: asked in a sentence, set in a tap, and checked without either hearing what the other one named."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from storage.export import whole_record
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of
from tests.conftest import MONDAY


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def two(room: Room) -> tuple[Chair, Chair]:
    return room.set_up()


def with_areas(chair: Chair, *areas: str) -> None:
    for area in areas:
        chair.types(f"owners add {area}")


def cards_of(room: Room, chair: Chair) -> Posted:
    """The check as it stands in somebody's direct chat."""
    room.settle()
    return next(one for one in reversed(room.in_(chair.account)) if one.owed.kind == "ownership")


def answers(room: Room, chair: Chair, *labels: str) -> Posted:
    """One tap each, on the card that moves on."""
    for label in labels:
        assert chair.presses(label, on=cards_of(room, chair)) == ""
    return cards_of(room, chair)


def names(room: Room, chair: Chair, name: str) -> None:
    """By the form."""
    chair.presses("Somebody else", on=cards_of(room, chair))
    chair.fills(named=name, place="direct")
    assert chair.form is None, chair.errors


def everything_of(room: Room) -> str:
    """Every row of every table."""
    with room.engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        return json.dumps(
            [[list(map(str, row)) for row in connection.execute(text(f"SELECT * FROM {t}"))] for t in tables]
        )


class TestAsking:
    def test_the_usual_areas_are_one_tap_away(self, two):
        sam, _dana = two
        assert "Nobody has said yet who owns what" in sam.types("owners")
        assert "22 of 22 areas have no accountable owner." in sam.presses("Start with 22 usual areas")
        first = sam.types("owners")
        assert "Who owns what (22 areas)\n22 of 22 areas have no accountable owner.\nGovern\nBusiness context" in first
        assert "Asset inventory (nobody is accountable)" in first
        sam.presses("Next page")
        sam.presses("Next page")
        assert "Recover\nDisaster recovery" in sam.text
        sam.tries("owners.start", "1")
        assert "22 areas" in sam.types("owners"), "pressed twice, it is there once"

    def test_one_line_says_who_and_since_when(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        sam.presses("CISO is accountable")
        sam.presses("Edit")
        sam.fills(responsible="procurement; dana")
        room.now += timedelta(days=1)
        line = (
            "Vendor risk: Dana (CISO) is accountable; responsible: procurement and Dana. Confirmed Mon 3 March by Sam."
        )
        for asked in ("who owns vendor risk", "who owns the vendr risk?", "Who owns our vendor-risk management"):
            assert dana.types(asked) == line
        assert dana.says("who owns vendor risk?") == line, "a plain sentence in the direct chat"

    def test_it_is_shared_on_request_and_follows(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        dana.types("who owns vendor risk")
        dana.presses("Share here")
        (posted,) = room.settle()
        assert str(posted) == "Nobody is accountable for Vendor risk.\nShared by Dana."
        sam.types("who owns vendor risk")
        sam.presses("CIO is accountable")
        (again,) = room.settle()
        assert again.message == posted.message
        assert "Sam (CIO) is accountable. Confirmed Mon 3 March by Sam." in str(again)

    def test_a_synonym_answers_in_the_words_that_were_asked_for(self, two):
        sam, _dana = two
        sam.types("owners")
        sam.presses("Start with 22 usual areas")
        assert "Nobody is accountable for Backups (Data protection and backup)." in sam.types("who owns the bakcups?")

    def test_several_near_ones_are_offered_and_none_says_what_to_do(self, two):
        sam, _dana = two
        with_areas(sam, "Incident communication", "Recovery communication")
        assert "Which one do you mean?" in sam.types("who owns communication")
        assert "Nobody is accountable for Recovery communication." in sam.presses("Recovery communication")
        assert "There is no area of that name." in sam.types("who owns the coffee machine")
        assert "You typed: the coffee machine" in sam.text
        assert "owners add" in sam.text
        assert "wants <area> behind it" in sam.types("who owns")
        assert sam.types("who owns ???").startswith("There is no area of that name.")

    def test_help_gives_an_example(self, two):
        assert "Try “who owns vendor risk”" in two[0].types("help owners")

    def test_only_the_gaps(self, two):
        sam, _dana = two
        with_areas(sam, "Vendor risk", "Backup", "Payroll")
        sam.types("owners show backup")
        sam.presses("CIO is accountable")
        assert "2 of 3 areas have no accountable owner." in sam.types("owners")
        assert "Backup (Sam (CIO))" in sam.text
        assert "Backup" not in sam.presses("Only gaps")
        assert sam.types("owners payroll").startswith("Nobody is accountable for Payroll.")

    def test_two_accountable_are_a_gap(self, two):
        sam, _dana = two
        with_areas(sam, "Payroll")
        sam.presses("Edit")
        sam.fills(accountable="CIO, ciso")
        assert "Sam (CIO) and Dana (CISO) are accountable, where one should be." in sam.types("who owns payroll")
        assert "1 has more than one." in sam.types("owners")
        assert "Confirm" not in [button.label for button in buttons_of(sam.answer)]

    def test_a_chair_follows_who_sits_there(self, room, two):
        sam, _dana = two
        kim = room.chair("Kim")
        with_areas(sam, "Vendor risk")
        sam.presses("CISO is accountable")
        sam.types("setup")
        sam.fills(people=(sam.profile, kim.profile), cio=sam.account, ciso=kim.account)
        sam.presses("Save")
        assert "Kim (CISO) is accountable" in sam.types("who owns vendor risk")

    def test_bad_input_says_what_to_do(self, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        assert "There is an area “Vendor risk” already." in dana.types("owners add VENDOR RISK")
        assert "at most 80 characters" in dana.types(f"owners add {'x' * 81}")
        sam.types("owners show vendor risk")
        sam.presses("Edit")
        sam.fills(area=" ", informed="the board")
        assert sam.errors == {"area": "Say in a few words what it is."}
        sam.fills(area="Vendor risk", consulted="x" * 501)
        assert "At most 500 characters" in sam.errors["consulted"]

    def test_two_who_edit_at_once_lose_nothing(self, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        for chair in (sam, dana):
            chair.types("owners show vendor risk")
            chair.presses("Edit")
        sam.fills(informed="the board")
        dana.fills(informed="the auditors")
        assert "the board" in dana.errors["informed"]

    def test_what_is_dropped_is_gone_from_the_list(self, two):
        sam, dana = two
        with_areas(sam, "Vendor risk", "Backup")
        sam.types("owners show backup")
        card = sam.answer
        sam.presses("Drop")
        assert "Backup" not in dana.types("owners")
        assert "not on the list" in sam.presses("CIO is accountable", on=card)

    def test_confirmed_by_whoever_says_so(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        sam.presses("CIO is accountable")
        room.now += timedelta(days=100)
        dana.types("owners show vendor risk")
        assert "Confirmed: Wed 11 June by Dana" in dana.presses("Confirm")

    def test_strangers_hear_nothing(self, room, two):
        sam, _dana = two
        with_areas(sam, "Vendor risk")
        assert "no chair" in room.chair("Noor").types("who owns vendor risk")
        assert "members of this organization" in room.chair("Guest", outsider=True).types("who owns vendor risk")


class TestChecking:
    def test_where_both_agree_it_is_confirmed_and_never_on_the_agenda(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk", "Backup")
        assert "2 areas, one tap each, within 14 days." in sam.types("owners check")
        assert "Who is accountable for Backup?\n1 of 2." in str(cards_of(room, sam))
        answers(room, sam, "Dana", "Me")
        assert "You named\nBackup (Dana (CISO))\nVendor risk (Sam (CIO))" in str(cards_of(room, sam))
        dana_sees = answers(room, dana, "Me", "Sam")
        assert "You two agree on 2 of 2 areas" in str(dana_sees)
        result = next(one for one in room.in_(sam.account) if one.owed.kind == "ownership_result")
        assert str(result) == "You two agree on 2 of 2 areas\nYou agree\nBackup (Dana (CISO))\nVendor risk (Sam (CIO))"
        assert sam.types("who owns backup") == "Backup: Dana (CISO) is accountable. Confirmed Mon 3 March by both."
        assert "Who owns" not in sam.types("agenda")

    def test_where_they_differ_it_is_on_the_next_agenda_and_settled_in_the_sync(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk", "Backup")
        sam.types("owners check")
        answers(room, sam, "Me", "Me")
        answers(room, dana, "Sam", "Me")
        room.settle()
        assert "You two agree on 1 of 2 areas\nYou see these differently\nVendor risk" in str(cards_of(room, dana))
        assert "Who owns Vendor risk?" in sam.types("agenda")
        assert "you two see this differently" in sam.text
        assert "Backup" not in sam.text
        assert "CIO and CISO see this differently" in dana.types("who owns vendor risk")

        room.until(MONDAY.replace(day=4, hour=8, minute=31))
        dana.presses("Start", on=next(one for one in room.in_(HOME) if one.owed.kind == "start"))
        live = next(one for one in room.settle() if one.owed.kind == "sync")
        dana.presses("CISO is accountable", on=live)
        live = next(one for one in room.settle() if one.owed.kind == "sync")
        assert "Everything is settled." in str(live)
        assert "Dana (CISO) is accountable. Confirmed Tue 4 March by Dana." in sam.types("who owns vendor risk")

    def test_neither_ever_sees_what_the_other_named(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        sam.types("owners check")
        names(room, sam, "Zebedee")
        assert "Zebedee" in str(cards_of(room, sam))
        assert "Zebedee" not in str(cards_of(room, dana))
        for command in ("owners check", "owners", "owners show vendor risk", "who owns vendor risk", "agenda"):
            assert "Zebedee" not in dana.types(command, place="direct"), command
        assert "Zebedee" not in json.dumps(whole_record(room.engine)), "nor in what an operator exports"

        answers(room, dana, "Me")
        room.settle()
        assert not [posted for posted in room.posted.values() if "Zebedee" in str(posted)]
        assert "Zebedee" not in everything_of(room), "it is erased, and the log never held it"
        assert "“owners check” begins another one" in _pressed(dana, room, "ownership.name", "2|CIO")

    def test_nobody_answers_for_the_other_chair(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        sam.types("owners check")
        for button in buttons_of(cards_of(room, dana).card):
            assert "for the other chair" in _pressed(sam, room, button.action, button.value)
        with room.engine.connect() as connection:
            assert (
                connection.execute(text("SELECT count(*) FROM ownership_answer WHERE named_at IS NOT NULL")).scalar()
                == 0
            )

    def test_an_answer_can_be_changed_until_both_are_done(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk", "Backup")
        sam.types("owners check")
        answers(room, sam, "Nobody", "Back", "Me", "Me")
        answers(room, sam, "Change")
        assert "Who is accountable for Backup?" in str(answers(room, sam))
        answers(room, sam, "Dana")
        worn = cards_of(room, sam)
        answers(room, dana, "Me", "Sam")
        assert "agree on 2 of 2" in str(cards_of(room, dana))
        assert "is closed" in sam.presses("Change", on=worn)

    def test_a_name_and_the_chair_of_who_bears_it_are_the_same(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        sam.types("owners check")
        names(room, sam, "dana")
        answers(room, dana, "Me")
        assert "Dana (CISO) is accountable" in sam.types("who owns vendor risk")

    def test_the_same_is_not_asked_twice_in_a_row_and_gaps_come_first(self, room, two):
        sam, dana = two
        sam.types("owners")
        sam.presses("Start with 22 usual areas")
        asked = []
        for _ in range(2):
            sam.types("owners check")
            for chair in (sam, dana):
                titles = []
                for _ in range(5):
                    titles.append(cards_of(room, chair).card.title)
                    answers(room, chair, "Nobody")
            asked.append(set(titles))
        assert [len(titles) for titles in asked] == [5, 5]
        assert not asked[0] & asked[1]

    def test_one_check_at_a_time(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        sam.types("owners check")
        assert "Who is accountable for Vendor risk?" in dana.types("owners check")
        dana.presses("Me")
        assert "Thank you, that is all" in dana.text
        answers(room, sam, "Dana")
        assert len([one for one in room.in_(dana.account) if one.owed.kind == "ownership"]) == 1

    def test_who_never_answers_does_not_keep_it_open(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk", "Backup")
        sam.types("owners check")
        answers(room, sam, "Me", "Me")
        answers(room, dana, "Me")
        room.until(MONDAY + timedelta(days=15))
        result = next(one for one in room.in_(sam.account) if one.owed.kind == "ownership_result")
        assert "Dana did not name anybody for 1 of them within 14 days. Those stay as they were." in str(result)
        assert "You see these differently\nBackup" in str(result)
        assert "Nobody is accountable for Vendor risk." in sam.types("who owns vendor risk")
        assert "Who owns Backup?" in sam.types("agenda")

    def test_who_is_away_is_stood_in_for(self, room, two):
        sam, dana = two
        kim = room.chair("Kim")
        with_areas(sam, "Vendor risk")
        sam.types("away 3-21 March", place="direct")
        sam.presses("Name who stands in")
        sam.fills(people=(kim.profile,), person=kim.account, until="2031-03-21")
        dana.types("owners check")
        card = cards_of(room, kim)
        assert [button.label for button in card.card.buttons][:2] == ["Sam", "Dana"], "“Me” would mean somebody else"
        answers(room, kim, "Sam")
        answers(room, dana, "Sam")
        assert "Sam (CIO) is accountable" in dana.types("who owns vendor risk")

    def test_who_changes_chairs_neither_answers_twice_nor_reads_what_was_named_there(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk")
        sam.types("owners check")
        names(room, sam, "Zebedee")
        sam.types("setup")
        sam.fills(people=(sam.profile, dana.profile), cio=dana.account, ciso=sam.account)
        sam.presses("Save")
        sam.types("owners check")
        assert "You answered for the other chair yourself." in sam.presses("Nobody")
        assert "Vendor risk (named by somebody else on this chair)" in dana.types("owners check")
        assert "Somebody else answers for this chair now" in str(cards_of(room, sam))

    def test_what_is_dropped_meanwhile_is_not_waited_for(self, room, two):
        sam, dana = two
        with_areas(sam, "Vendor risk", "Backup")
        sam.types("owners check")
        answers(room, sam, "Me", "Me")
        answers(room, dana, "Sam")
        dana.types("owners show vendor risk")
        dana.presses("Drop")
        assert "You two agree on 1 of 1 areas" in str(cards_of(room, dana))

    def test_nothing_to_ask_about(self, two):
        assert "There is no area to ask about." in two[0].types("owners check")


def _pressed(chair: Chair, room: Room, action: str, value: str) -> str:
    chair.answer = None
    chair.tries(action, value, place="direct")
    return chair.text
