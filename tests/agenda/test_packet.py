"""What stands on an agenda, in which order it is talked about, and how long each line gets."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.acceptances import AcceptanceFields, AcceptanceState
from agenda.actions import ActionFields
from agenda.causes import Answered, Cause, at_rest, of_acceptance, of_decision, of_promise, of_risk, waiting_for_key
from agenda.decisions import DecisionFields
from agenda.items import ItemFields, Outcome, Source
from agenda.packet import BOXES, IF_TIME_REMAINS, MOST_GAPS, MUST_SETTLE_BOX, OPENING_AND_CLOSING, Packet, build
from agenda.risks import RiskFields
from agenda.themes import Theme
from agenda.touchpoints import Seat

NOW = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
NEXT = date(2031, 3, 18)


def item(title: str, theme: Theme = Theme.OPERATIONS, *, minute: int = 0, **fields: object) -> ItemFields:
    return ItemFields(title=title, theme=theme, raised_at=NOW + timedelta(minutes=minute), **fields)


def cause(title: str, source: Source, source_id: int = 1, theme: Theme = Theme.OPERATIONS, urgency: int = 0) -> Cause:
    return Cause(source=source, source_id=source_id, title=title, theme=theme, why="because", urgency=urgency)


def agenda(rows: list[ItemFields], causes: list[Cause] | None = None, **changes: object) -> Packet[ItemFields]:
    return build(rows, causes or [], **({"minutes": 60, "defer_limit": 3} | changes))  # type: ignore[arg-type]


def titles(packet: Packet[ItemFields]) -> list[str]:
    return [line.title for line in packet.lines]


def test_by_theme_then_carried_over_then_what_the_record_asks_then_what_was_raised():
    rows = [
        item("printers", Theme.OPERATIONS),
        item("phishing", Theme.THREATS, minute=2),
        item("ransomware", Theme.THREATS, minute=1),
        item("the VPN, again", Theme.THREATS, minute=3, deferrals=1),
        item("the firewall, twice", Theme.THREATS, minute=4, deferrals=2),
        item("passkeys", Theme.HYGIENE, minute=5),
    ]
    asked = [
        cause("D-1", Source.DECISION_KEY, 1, Theme.THREATS, urgency=2),
        cause("D-2", Source.DECISION_KEY, 2, Theme.THREATS, urgency=9),
    ]
    packet = agenda(rows, asked)
    assert [(heading, [line.title for line in lines]) for heading, lines in packet.groups] == [
        ("Threats and trends", ["the firewall, twice", "the VPN, again", "D-2", "D-1", "ransomware", "phishing"]),
        ("Cyber hygiene", ["passkeys"]),
        ("Operations", ["printers"]),
    ]


def test_what_was_raised_in_one_breath_stays_as_it_was_written():
    assert titles(agenda([item("b"), item("a"), item("c")])) == ["b", "a", "c"]


def test_what_was_deferred_too_often_comes_first_whatever_its_theme():
    rows = [item("the VPN", Theme.THREATS), item("the EDR renewal", deferrals=3), item("the budget", deferrals=4)]
    packet = agenda(rows)
    assert titles(packet) == ["the budget", "the EDR renewal", "the VPN"]
    assert [line.must_settle for line in packet.lines] == [True, True, False]
    assert [heading for heading, _lines in packet.groups] == ["Must be settled", "Threats and trends"]
    assert [line.must_settle for line in agenda(rows, defer_limit=5).lines] == [False, False, False]


def test_with_time_to_spare_a_line_gets_twice_its_box_and_no_more():
    packet = agenda([item("the VPN"), item("the budget", deferrals=3)], minutes=30)
    assert [line.minutes for line in packet.lines] == [16, 10]


def test_with_some_time_to_spare_it_is_shared():
    packet = agenda([item(str(number)) for number in range(4)], minutes=30)
    assert [line.minutes for line in packet.lines] == [7, 7, 7, 7]


def test_what_does_not_fit_is_named_and_nobody_overtakes():
    rows = [item(f"point {number}", minute=number) for number in range(6)]
    packet = agenda(rows, [cause("R-1", Source.RISK_GAP)], minutes=27)
    *_planned, (heading, later) = packet.groups
    assert heading == IF_TIME_REMAINS
    assert [line.title for line in later] == ["R-1", "point 5"], (
        "two minutes are free, but a risk's gap can wait longer"
    )
    assert [line.minutes for line in later] == [2, 5]


def test_a_sync_that_is_too_short_for_anything_is_about_the_most_important():
    packet = agenda([item("the VPN"), item("the budget", deferrals=3)], minutes=5)
    assert [(line.title, line.minutes, line.fits) for line in packet.lines] == [
        ("the budget", 3, True),
        ("the VPN", 5, False),
    ]


def test_a_line_that_stands_already_is_not_generated_again():
    carried = item("D-1 the VPN", source=Source.DECISION_KEY, source_id=1, deferrals=1)
    packet = agenda([carried], [cause("D-1 the VPN, off", Source.DECISION_KEY)])
    (line,) = packet.lines
    assert (line.item, line.title, line.why, line.deferrals) == (carried, "D-1 the VPN, off", "because", 1)


def test_a_line_whose_cause_has_gone_is_left_out_until_the_sync_runs():
    carried = item("D-1 the VPN", source=Source.DECISION_KEY, source_id=1, deferrals=1)
    packet = agenda([carried, item("the budget")])
    assert (titles(packet), packet.gone) == (["the budget"], (carried,))
    running = agenda([carried], started_at=NOW)
    assert (titles(running), running.gone) == (["D-1 the VPN"], (carried,)), "whoever reads the card sees it settled"


def test_what_is_settled_or_was_raised_by_somebody_never_counts_as_gone():
    rows = [
        item("the VPN"),
        item("D-1", source=Source.DECISION_KEY, source_id=1, outcome=Outcome.DISCUSSED),
        item("D-2", source=Source.DECISION_KEY, outcome=Outcome.DROPPED),
    ]
    assert agenda(rows).gone == ()


def test_a_risk_is_one_line_whatever_is_missing_from_it():
    both = [cause("R-1 gap", Source.RISK_GAP), cause("R-1 review", Source.RISK_REVIEW)]
    assert titles(agenda([], both)) == ["R-1 review"]
    standing = item("R-1 gap", source=Source.RISK_GAP, source_id=1)
    assert titles(agenda([standing], both)) == ["R-1 gap"]


def test_a_register_that_is_filled_in_by_halves_brings_its_worst_gaps():
    gaps = [cause(f"R-{level}", Source.RISK_GAP, level, urgency=level) for level in range(1, 20)]
    assert titles(agenda([], gaps)) == ["R-19", "R-18", "R-17"]
    standing = [item("R-1", source=Source.RISK_GAP, source_id=1)]
    assert len(agenda(standing, gaps).lines) == MOST_GAPS


def test_once_it_runs_nothing_is_generated_and_what_is_added_comes_last():
    rows = [item("passkeys", Theme.HYGIENE), item("a new threat", Theme.THREATS, minute=9)]
    packet = agenda(rows, [cause("D-1", Source.DECISION_KEY)], started_at=NOW + timedelta(minutes=5))
    assert titles(packet) == ["passkeys", "a new threat"]
    assert [heading for heading, _lines in packet.groups] == ["Cyber hygiene", "Added in this sync"]


def test_what_was_dropped_is_not_talked_about_and_everything_else_is():
    packet = agenda([item(outcome.value, outcome=outcome) for outcome in Outcome])
    assert set(titles(packet)) == {"open", "discussed", "deferred", "escalated"}
    assert [line.title for line in packet.waiting] == ["open"]


def test_an_empty_agenda():
    assert agenda([]) == Packet(lines=())


SOURCES = [None, *Source]
ROWS = st.builds(
    lambda title, theme, minute, deferrals, source, source_id, outcome: item(
        title,
        theme,
        minute=minute,
        deferrals=deferrals,
        source=source,
        source_id=source_id if source else None,
        outcome=outcome,
    ),
    st.text("abc", min_size=1, max_size=3),
    st.sampled_from(Theme),
    st.integers(0, 99),
    st.integers(0, 5),
    st.sampled_from(SOURCES),
    st.integers(1, 30),
    st.sampled_from([Outcome.OPEN, Outcome.OPEN, Outcome.DISCUSSED]),
)
CAUSES = st.builds(
    cause,
    st.text("abc", min_size=1, max_size=3),
    st.sampled_from(Source),
    st.integers(1, 30),
    st.sampled_from(Theme),
    st.integers(0, 25),
)
SYNC = {"minutes": st.integers(5, 120), "defer_limit": st.integers(1, 4)}
QUICK = settings(max_examples=150, deadline=None)


@QUICK
@given(rows=st.lists(ROWS, max_size=20), causes=st.lists(CAUSES, max_size=20), **SYNC)
def test_what_fits_fits_and_nothing_is_lost_or_hidden(rows, causes, minutes, defer_limit):
    packet = build(rows, causes, minutes=minutes, defer_limit=defer_limit)
    assert sum(line.minutes for line in packet.lines if line.fits) <= minutes - OPENING_AND_CLOSING
    assert all(line.minutes > 0 for line in packet.lines)
    standing = [line.item for line in packet.lines if line.item]
    assert len(standing) + len(packet.gone) == len(rows)
    assert {id(row) for row in rows} == {id(row) for row in (*standing, *packet.gone)}
    subjects = [(line.source.subject, line.source_id) for line in packet.lines if line.source and not line.item]
    assert len(subjects) == len(set(subjects)), "one line a thing"
    fits = [line.fits for line in packet.lines]
    assert fits == sorted(fits, reverse=True), "what does not fit comes last"


@QUICK
@given(
    rows=st.lists(ROWS, max_size=15, unique_by=(lambda row: row.raised_at, lambda row: row.source_id or row.title)),
    causes=st.lists(CAUSES, max_size=15),
    seed=st.integers(0, 99),
    **SYNC,
)
def test_the_order_is_that_of_the_rows_and_not_of_their_reading(rows, causes, seed, minutes, defer_limit):
    causes = list({(one.source, one.source_id): one for one in causes}.values())  # a row gives each reason once
    shuffled, mixed = list(rows), list(causes)
    Random(seed).shuffle(shuffled)
    Random(seed).shuffle(mixed)
    first = build(rows, causes, minutes=minutes, defer_limit=defer_limit)
    second = build(shuffled, mixed, minutes=minutes, defer_limit=defer_limit)
    assert titles(first) == titles(second)
    assert [line.minutes for line in first.lines] == [line.minutes for line in second.lines]


@QUICK
@given(rows=st.lists(ROWS, max_size=15), one_more=ROWS, **SYNC)
def test_one_more_line_never_costs_what_must_be_settled_before_it_costs_an_ordinary_line(
    rows, one_more, minutes, defer_limit
):
    for listed in (rows, [*rows, one_more]):
        lines = build(listed, [], minutes=minutes, defer_limit=defer_limit, started_at=NOW).lines
        cut = [line for line in lines if not line.fits]
        kept = [line for line in lines if line.fits]
        assert not any(line.must_settle for line in cut) or all(line.must_settle for line in kept)


@QUICK
@given(rows=st.lists(ROWS, min_size=1, max_size=15), **SYNC)
def test_a_box_is_between_its_own_and_twice_its_own(rows, minutes, defer_limit):
    lines = build(rows, [], minutes=minutes, defer_limit=defer_limit, started_at=NOW).lines
    for line in lines[1:]:
        own = MUST_SETTLE_BOX if line.must_settle else BOXES[line.source]
        assert own <= line.minutes <= 2 * own or len([one for one in lines if one.fits]) == 1


def risk(**fields: object) -> RiskFields:
    return RiskFields(title="No restore was ever tested", raised_at=NOW, **fields)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ["has no owner and no review date"]),
        ({"review_on": date(2031, 6, 1)}, ["has no owner"]),
        ({"owner": "Robin"}, ["has no review date"]),
        ({"owner": "Robin", "review_on": NEXT}, []),
        ({"owner": "Robin", "review_on": date(2031, 3, 17)}, ["review is due Mon 17 March"]),
        ({"owner": "Robin", "review_on": date(2030, 12, 31)}, ["review was due Tue 31 December 2030"]),
        (
            {"owner": "Robin", "review_on": NEXT, "reopened_at": datetime(2031, 2, 28, 23, 30, tzinfo=UTC)},
            ["open again since Sat 1 March: its acceptance ended"],
        ),
        ({"review_on": date(2031, 2, 28)}, ["review was due Fri 28 February", "has no owner"]),
    ],
)
def test_what_a_risk_asks_for(fields: dict[str, object], why: list[str]):
    found = of_risk(risk(**fields), key=7, ref="R-3", today=TODAY, zone="Europe/Zurich", before=NEXT)
    assert [one.why for one in found] == why
    assert all(one.title == "R-3 No restore was ever tested" for one in found)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ["its acceptance waits for the CISO’s key for 2 days"]),
        ({"state": AcceptanceState.ACCEPTED}, ["its acceptance ends Mon 17 March"]),
        ({"state": AcceptanceState.ACCEPTED, "expires_on": NEXT}, []),
        ({"state": AcceptanceState.REVOKED}, []),
    ],
)
def test_what_an_acceptance_asks_for(fields: dict[str, object], why: list[str]):
    text = {"risk_title": "No restore", "likelihood": 3, "impact": 3, "justification": "It is far."}
    days = {"expires_on": date(2031, 3, 17), "requested_at": NOW - timedelta(days=2)}
    one = AcceptanceFields(**(text | days | fields))
    found = of_acceptance(
        one, risk(), key=7, ref="R-3", missing=[Seat.CISO], zone="Europe/Zurich", today=TODAY, before=NEXT
    )
    assert [one.why for one in found] == why
    assert all(one.title == "R-3 No restore was ever tested" for one in found)


def test_what_a_decision_asks_for():
    decision = DecisionFields(
        title="Switch the VPN off", recorded_at=NOW, owner="Robin", next_review_on=date(2031, 3, 4)
    )
    waits = waiting_for_key(
        decision, key=1, ref="D-4", missing=[Seat.CISO], since=TODAY - timedelta(days=9), today=TODAY
    )
    assert (waits.title, waits.why, waits.owner) == (
        "D-4 Switch the VPN off",
        "waits for the CISO’s key for 9 days",
        "Robin",
    )
    both = waiting_for_key(decision, key=1, ref="D-4", missing=list(Seat), since=TODAY, today=TODAY)
    assert both.why == "waits for both keys since today"
    (review,) = of_decision(decision, key=1, ref="D-4", today=TODAY, before=NEXT)
    assert review.why == "review is due Tue 4 March"
    assert of_decision(decision, key=1, ref="D-4", today=TODAY, before=date(2031, 3, 4)) == []


def test_what_a_promise_asks_for():
    action = ActionFields(title="Test the restore", due_on=TODAY - timedelta(days=2), promised_at=NOW)
    (late,) = of_promise(action, key=1, ref="P-2", owner="Dana", today=TODAY)
    assert (late.title, late.why) == ("P-2 Test the restore", "2 days overdue, promised by Dana")
    assert of_promise(action, key=1, ref="P-2", owner="Dana", today=action.due_on) == []


def test_what_both_dropped_rests_for_a_quarter_and_a_review_that_was_only_talked_about_does_not():
    def earlier(source: Source, outcome: Outcome, days: int) -> Answered:
        return Answered(source=source, source_id=days, outcome=outcome, on=TODAY - timedelta(days=days))

    rests = at_rest(
        [
            earlier(Source.RISK_GAP, Outcome.DROPPED, 14),
            earlier(Source.RISK_GAP, Outcome.DROPPED, 91),
            earlier(Source.DECISION_KEY, Outcome.DISCUSSED, 15),
            earlier(Source.PROMISE, Outcome.ESCALATED, 16),
            earlier(Source.DECISION_REVIEW, Outcome.DISCUSSED, 400),
        ],
        TODAY,
    )
    assert rests == {(Source.RISK_GAP, 14), (Source.PROMISE, 16)}
    asked = [cause("R-14", Source.RISK_GAP, 14), cause("R-91", Source.RISK_GAP, 91)]
    assert titles(agenda([], asked, resting=rests)) == ["R-91"]
