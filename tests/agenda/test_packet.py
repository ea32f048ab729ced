"""In which order an agenda is talked about."""

from datetime import UTC, datetime, timedelta

from agenda.decisions import DecisionFields
from agenda.items import ItemFields, Outcome
from agenda.packet import build
from agenda.risks import RiskFields
from agenda.themes import Theme

NOW = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)


def item(title: str, theme: Theme, *, minute: int, deferrals: int = 0, outcome: Outcome = Outcome.OPEN) -> ItemFields:
    raised_at = NOW + timedelta(minutes=minute)
    return ItemFields(title=title, theme=theme, raised_at=raised_at, deferrals=deferrals, outcome=outcome)


def risk(title: str, level: tuple[int, int], day: int) -> RiskFields:
    return RiskFields(title=title, likelihood=level[0], impact=level[1], raised_at=NOW + timedelta(days=day))


def test_items_by_theme_then_the_most_often_deferred_then_as_they_were_raised():
    raised = [
        item("printers", Theme.OPERATIONS, minute=0),
        item("phishing", Theme.THREATS, minute=2),
        item("ransomware", Theme.THREATS, minute=1),
        item("the VPN, again", Theme.THREATS, minute=3, deferrals=1),
        item("the VPN, for months", Theme.THREATS, minute=4, deferrals=3),
        item("passkeys", Theme.HYGIENE, minute=5),
    ]
    listed = {theme: [line.title for line in lines] for theme, lines in build(raised, [], []).items}
    assert listed == {
        Theme.THREATS: ["the VPN, for months", "the VPN, again", "ransomware", "phishing"],
        Theme.HYGIENE: ["passkeys"],
        Theme.OPERATIONS: ["printers"],
    }
    assert list(listed) == [Theme.THREATS, Theme.HYGIENE, Theme.OPERATIONS], "in the order of the themes"


def test_what_was_dropped_is_not_talked_about_and_everything_else_is():
    raised = [item(outcome.value, Theme.THREATS, minute=0, outcome=outcome) for outcome in Outcome]
    ((_theme, lines),) = build(raised, [], []).items
    assert {line.title for line in lines} == {"open", "discussed", "deferred"}


def test_risks_by_level_and_the_older_first():
    listed = [risk("newer", (3, 4), 2), risk("older", (4, 3), 1), risk("worst", (5, 5), 3), risk("least", (1, 1), 0)]
    assert [one.title for one in build([], listed, []).risks] == ["worst", "older", "newer", "least"]


def test_decisions_that_wait_for_a_key_the_oldest_first():
    listed = [DecisionFields(title=f"day {day}", recorded_at=NOW + timedelta(days=day)) for day in (2, 0, 1)]
    assert [one.title for one in build([], [], listed).decisions] == ["day 0", "day 1", "day 2"]


def test_an_empty_agenda():
    nothing = build([], [], [])
    assert (nothing.items, nothing.risks, nothing.decisions) == ((), (), ())
