"""What both did, and when anybody is told: only once both answered and both consent."""

from datetime import date

import pytest

from agenda.hygiene import (
    HABITS,
    MOST_HABITS,
    HygieneAnswerFields,
    begins_by_itself,
    both_did,
    habits_in,
    mark_of,
    written,
    wrong_habits,
)


def said(*done: int, consents: bool | None = True) -> HygieneAnswerFields:
    return HygieneAnswerFields(done=written(done), consents=consents)


def test_an_answer_keeps_the_places_of_what_was_done():
    assert said(3, 0).done == "0,3"
    assert said(3, 0).places == {0, 3}
    assert said().places == set()


def test_what_both_did_is_what_both_ticked():
    assert both_did(HABITS, said(0, 1, 3), said(1, 2, 3)) == [HABITS[1], HABITS[3]]
    assert both_did(HABITS, said(0), said(1)) == []


@pytest.mark.parametrize("answers", [(), (said(0),), (said(0), said(0, consents=False)), (said(0, consents=None),) * 2])
def test_without_both_and_both_consents_there_is_nothing(answers: tuple[HygieneAnswerFields, ...]):
    assert both_did(HABITS, *answers) == []


def test_no_round_begins_in_the_last_two_weeks_of_a_quarter():
    assert begins_by_itself(date(2031, 3, 17))
    assert not begins_by_itself(date(2031, 3, 18))
    assert not begins_by_itself(date(2031, 3, 31))
    assert begins_by_itself(date(2031, 4, 1))


def test_habits_are_a_line_each():
    assert habits_in(" I lock  my screen\n\nI lock my screen\nI ask") == ["I lock my screen", "I ask"]
    assert wrong_habits(HABITS) == ""
    assert "At most 8 habits; this is 9." in wrong_habits([str(n) for n in range(MOST_HABITS + 1)])
    assert "has 121" in wrong_habits(["x" * 121])


def test_a_mark_tells_the_same_person_and_needs_its_salt():
    assert mark_of("salt", 7) == mark_of("salt", 7)
    assert len({mark_of("salt", 7), mark_of("salt", 8), mark_of("pepper", 7)}) == 3
    assert len(mark_of("salt", 7)) == 64
