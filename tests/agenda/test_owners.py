"""Who owns what: which area was meant, who is meant by a name, and what a check asks about."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.causes import of_dispute
from agenda.errors import NotNow
from agenda.owners import (
    ASKED_AT_ONCE,
    FUNCTIONS,
    STARTER_SET,
    Found,
    ResponsibilityFields,
    as_known,
    find,
    in_a_line,
    names_in,
    said,
    same_owner,
    to_ask,
)
from agenda.touchpoints import Seat

NOW = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)
SEATED = {Seat.CIO: "Sam", Seat.CISO: "Dana Reyes"}
USUAL = [ResponsibilityFields(area=one.name, synonyms=one.synonyms, category=one.category) for one in STARTER_SET]


def area(name: str = "Vendor risk", **fields: object) -> ResponsibilityFields:
    return ResponsibilityFields(area=name, **fields)


def meant(asked: str) -> str:
    found = find(asked, USUAL)
    return found.area.area if found.area else ""


def near(asked: str) -> list[str]:
    return [one.area for one in find(asked, USUAL).near]


def test_the_starter_set_is_csf_2():
    """NIST CSWP 29 (February 2024), table 1: six functions, 22 categories."""
    categories = " ".join(one.category for one in STARTER_SET)
    assert categories == (
        "GV.OC GV.RM GV.RR GV.PO GV.OV GV.SC ID.AM ID.RA ID.IM PR.AA PR.AT PR.DS PR.PS PR.IR DE.CM DE.AE "
        "RS.MA RS.AN RS.CO RS.MI RC.RP RC.CO"
    )
    assert list(dict.fromkeys(one.category[:2] for one in STARTER_SET)) == list(FUNCTIONS)
    assert sorted(USUAL, key=lambda one: one.place) == USUAL


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("vendor risk", "Vendor risk"),
        ("Vendor-Risk?", "Vendor risk"),
        ("vendr risk managment", "Vendor risk"),
        ("our supliers", "Vendor risk"),
        ("the backups", "Data protection and backup"),
        ("bakcups", "Data protection and backup"),
        ("incident", "Incident response"),
        ("dissaster recovry", "Disaster recovery"),
        ("phishing training", "Awareness and training"),
        ("patching of servers", "Platforms and patching"),
        ("soc", "Monitoring"),
        ("MFA", "Identity and access"),
        ("idéntity", "Identity and access"),
    ],
)
def test_what_was_meant_is_found(asked: str, expected: str):
    assert meant(asked) == expected


@pytest.mark.parametrize("asked", ["communication", "association", "cake", "the", "???", "", "x" * 500, "a b " * 300])
def test_what_is_not_plain_is_not_guessed(asked: str):
    assert meant(asked) == ""


def test_several_near_ones_are_named():
    assert near("communication")[:2] == ["Incident communication", "Recovery communication"]
    assert len(near("cake")) == 3
    assert not find("cake", USUAL).alike
    assert find("vendor risk", []) == Found()


def test_a_name_comes_before_a_synonym_of_another():
    own = area("Backup")
    found = find("backup", [*USUAL, own])
    assert (found.area, found.phrase) == (own, "Backup")


def test_the_same_name_twice_is_asked_back():
    assert find("backup", [area("Backup"), area("Backup")]).area is None


@given(st.text(max_size=60))
def test_anything_can_be_asked(typed: str):
    assert len(find(typed, USUAL).near) <= 5


@pytest.mark.parametrize("one", USUAL, ids=lambda one: one.category)
def test_every_usual_area_is_found_by_its_name_and_by_each_of_its_synonyms(one: ResponsibilityFields):
    assert {meant(phrase) for phrase in one.phrases} == {one.area}


def test_names_are_read_as_people_write_them():
    assert names_in(" Kim ;  Procurement\nkim,,") == ["Kim", "Procurement"]
    assert said("ciso, Procurement", SEATED) == "Dana Reyes (CISO) and Procurement"
    assert said("", SEATED) == ""


def test_a_line_says_who_or_that_nobody_is():
    assert in_a_line(area(accountable="CIO"), SEATED) == "Vendor risk: Sam (CIO) is accountable."
    assert in_a_line(area(accountable="Kim", responsible="IT"), SEATED, "suppliers") == (
        "Suppliers (Vendor risk): Kim is accountable; responsible: IT."
    )
    assert in_a_line(area(), SEATED) == "Nobody is accountable for Vendor risk."
    assert "where one should be" in in_a_line(area(accountable="Kim, Lee"), SEATED)


def test_a_name_is_kept_as_its_one_bearer_is_called():
    known = ["Dana Reyes", "Sam", "Kim Lee", "Kim Ray"]
    typed = ["dana", "DANA REYES", "kim", "kim lee", "ciso", "procurement", "???"]
    assert [as_known(name, known) for name in typed] == [
        *("Dana Reyes", "Dana Reyes", "kim", "Kim Lee", "CISO", "procurement", "???"),
    ]


def test_who_sits_on_a_chair_is_the_chair():
    assert same_owner("CISO", "dana  reyes", SEATED)
    assert not same_owner("CISO", "CIO", SEATED)
    assert not same_owner("nobody", "CIO", SEATED)


def test_a_gap_cannot_be_confirmed_and_a_dispute_ends_with_a_word():
    one = area()
    with pytest.raises(NotNow, match="Say who is accountable first"):
        one.confirm(NOW)
    one.dispute(NOW)
    one.dispute(NOW + timedelta(days=1))
    assert one.disputed_at == NOW, "since when, stays"
    one.give_to("CIO", NOW)
    assert (one.disputed_at, one.confirmed_at, one.gap) == (None, NOW, "")
    one.give_to("", NOW)
    assert (one.confirmed_at, one.gap) == (None, "nobody is accountable")
    one.accountable = "Kim, Lee"
    assert one.gap == "2 are accountable"


def test_a_check_asks_about_gaps_first_then_what_was_confirmed_longest_ago():
    sure = [area(f"sure {n}", accountable="CIO", confirmed_at=NOW - timedelta(days=n)) for n in range(6)]
    unsure = area("never confirmed", accountable="CIO")
    gap, disputed = area("gap"), area("disputed", disputed_at=NOW)
    asked = [one.area for one in to_ask([*sure, disputed, unsure, gap])]
    assert asked == ["gap", "never confirmed", "sure 5", "sure 4", "sure 3"]
    assert len(asked) == ASKED_AT_ONCE


def test_a_dispute_asks_for_a_line_and_names_nobody():
    cause = of_dispute(area(accountable="CIO"), key=7, since=NOW.date() - timedelta(days=3), today=NOW.date())
    assert (cause.title, cause.why) == ("Who owns Vendor risk?", "you two see this differently")
    assert (cause.owner, cause.urgency) == ("", 3)
