"""Asks as conversations: written down in two minutes, counted, decided with both keys, paid, and looked at again.

Means are exact. What is simulated is held to a few points, because another numpy draws other years.
"""

import re
from datetime import timedelta

import pytest

from bot.cards import Chart, Note
from tests.bot.room import HOME, Chair, Room, buttons_of

PHISHING = {"often": "2", "least": "20k", "most": "400k", "often_after": "1", "most_after": "200k"}
RANSOM = {"often": "once in 4 years", "least": "500k", "most": "4m", "often_after": "0.1", "most_after": "2m"}


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def chairs(room: Room) -> tuple[Chair, Chair]:
    """Two who count in CHF, and have two risks."""
    sam, dana = room.set_up()
    sam.types("policy")
    sam.presses("Change")
    sam.fills(currency="CHF")
    sam.types("risk add Phishing")
    sam.types("risk add Ransomware")
    return sam, dana


@pytest.fixture
def sam(chairs: tuple[Chair, Chair]) -> Chair:
    return chairs[0]


@pytest.fixture
def dana(chairs: tuple[Chair, Chair]) -> Chair:
    return chairs[1]


def asks(chair: Chair, title: str = "Sign-in without passwords", **values: object) -> None:
    """By form, for both risks."""
    chair.types("ask add")
    usual: dict[str, object] = {"one_off": "250k", "yearly": "40k", "risks": ("1", "2")}
    chair.fills(**{"title": title, **usual, **values})
    assert not chair.errors, chair.errors


def estimates(chair: Chair, ref: str, **numbers: str) -> None:
    """From its card."""
    chair.presses(f"Estimate {ref}")
    chair.fills(**numbers)
    assert not chair.errors, chair.errors


def counted(chair: Chair, **values: object) -> None:
    """An ask with all its numbers stands on the screen."""
    asks(chair, **values)
    estimates(chair, "R-1", **PHISHING)
    estimates(chair, "R-2", **RANSOM)


def labels(chair: Chair) -> list[str]:
    assert chair.answer
    return [button.label for button in buttons_of(chair.answer)]


def primary(chair: Chair) -> list[str]:
    assert chair.answer
    return [button.label for button in buttons_of(chair.answer) if button.style == "primary"]


def line(chair: Chair, name: str) -> str:
    """What a fact of the last answer says."""
    return next(said for said in chair.text.splitlines() if said.startswith(f"{name}: ")).partition(": ")[2]


def pays_back(chair: Chair) -> int:
    """Within 3 years, in so many of 100 cases."""
    found = re.search(r"[Pp]ays back within 3 years in (\d+) of 100", chair.text)
    assert found, chair.text
    return int(found[1])


def decided(sam: Chair, dana: Chair) -> None:
    """Dana decides what stands on her screen, and Sam agrees."""
    dana.presses("Decide")
    dana.fills()
    sam.types("decision show D-1")
    sam.presses("Turn my key")


# Written down and counted


def test_the_card_is_understood_in_five_seconds(dana: Chair) -> None:
    counted(dana)
    said = dana.text.splitlines()
    assert said[0] == "ASK-1 Sign-in without passwords"
    assert said[1].startswith(
        "Costs CHF 250k, then CHF 40k a year. Its risks cost CHF 700k a year on average today, CHF 190k with it. "
        "Pays back within 3 years in "
    )
    assert pays_back(dana) == pytest.approx(81, abs=2)
    assert "R-1 Phishing (twice a year, CHF 20k to 400k; with it once a year, CHF 20k to 200k)" in said
    assert "R-2 Ransomware (once in 4 years, CHF 500k to 4m; with it once in 10 years, CHF 500k to 2m)" in said
    assert line(dana, "Waiting a quarter") == "costs CHF 120k on average"
    assert primary(dana) == ["Decide"]
    assert "Worth at most" not in dana.text
    dana.presses("All numbers")
    assert "Worth at most (a first cost of CHF 1.4m)" in dana.text


def test_each_card_leads_to_what_comes_next(dana: Chair) -> None:
    dana.types("ask add Sign-in without passwords")
    assert primary(dana) == ["Edit"]
    assert "What it costs is not said yet." in dana.text
    dana.presses("Edit")
    dana.fills(risks=("1", "2"))
    assert (primary(dana), labels(dana).index("Estimate R-1")) == (["Edit"], 1)
    dana.presses("Edit")
    dana.fills(one_off="250k")
    assert primary(dana) == ["Estimate R-1"]
    assert "Not counted yet, for want of numbers: R-1, R-2." in dana.text
    estimates(dana, "R-1", **PHISHING)
    assert primary(dana) == ["Estimate R-2"]
    assert "Not counted yet, for want of numbers: R-2." in dana.text
    estimates(dana, "R-2", **RANSOM)
    assert primary(dana) == ["Decide"]


def test_three_numbers_are_enough_and_the_rest_is_as_today(dana: Chair) -> None:
    asks(dana, risks=("1",))
    estimates(dana, "R-1", often="2", least="20k", most="20k", often_after="never")
    assert "(twice a year, CHF 20k; with it never)" in dana.text
    assert "Its risks cost CHF 40k a year on average today, CHF 0 with it." in dana.text
    dana.presses("Numbers")
    dana.fills(often_after="1")
    assert "(twice a year, CHF 20k; with it once a year, CHF 20k)" in dana.text


def test_what_makes_a_risk_worse_is_allowed_and_said(dana: Chair) -> None:
    asks(dana, risks=("1",))
    estimates(dana, "R-1", often="1", least="20k", most="40k", often_after="2")
    assert "; worse with it than without)" in dana.text
    dana.presses("All numbers")
    assert "Worth at most (nothing: " in dana.text
    assert "Pays back (within 1 year in 0 of 100 cases, within 3 in 0 of 100 cases)" in dana.text


def test_the_chart_has_before_after_and_the_appetite(sam: Chair, dana: Chair) -> None:
    sam.types("policy")
    sam.presses("Change")
    sam.fills(loss_appetite="2m")
    assert "Loss appetite: a year in twenty may cost more than CHF 2m" in sam.text
    counted(dana)
    assert "your limit is CHF 2m" in line(dana, "One year in 20")
    assert dana.answer
    (chart,) = [block for block in dana.answer.blocks if isinstance(block, Chart)]
    assert (chart.kind, [name for name, _values in chart.series]) == ("line", ["Today", "With it", "Your limit"])
    assert len(chart.categories) <= 20
    (_today, today), (_after, after), (_limit, limit) = chart.series
    assert all(one >= other for one, other in zip(today, after, strict=True))
    assert all(one == round(one) for one in today if one > 1), "no false precision"
    assert limit[chart.categories.index("2m")] == 5.0
    assert limit[chart.categories.index("1m")] == 100.0


def test_how_it_is_counted_is_one_tap_away_and_so_is_the_way_back(dana: Chair) -> None:
    counted(dana)
    assert dana.answer
    assert Note("Counted with formula 1 over 100,000 years, from your estimates alone.") in dana.answer.blocks
    dana.presses("All numbers")
    assert re.search(
        r"^Loss a year today \(CHF 700k on average · 8 of 10 years between 0 and [\d.]+m · half", dana.text, re.M
    )
    assert "P50" not in dana.text.partition("How this is counted")[0]
    assert "Formula 1, 100,000 years, seed 1" in dana.text
    dana.presses("Back")
    assert dana.text.startswith("ASK-1 Sign-in without passwords\nCosts CHF 250k")


def test_the_same_numbers_give_the_same_figures_and_others_are_counted_anew(room: Room, dana: Chair) -> None:
    counted(dana)
    before = dana.text
    dana.presses("Edit")
    dana.fills()
    assert dana.text == before
    dana.presses("Edit")
    dana.fills(one_off="2.5m")
    dearer = pays_back(dana)
    assert dearer < 30
    dana.types("ask list")
    assert pays_back(dana) == dearer


def test_a_risk_that_is_left_out_is_counted_no_more(dana: Chair) -> None:
    counted(dana)
    dana.presses("Edit")
    dana.fills(risks=("1",))
    assert "Its risks cost CHF 270k a year on average today" in dana.text
    dana.presses("Edit")
    dana.fills(risks=())
    assert "Its risks cost" not in dana.text
    assert "It reduces no risk yet" in dana.text


# Bad input


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_lost(dana: Chair) -> None:
    dana.types("ask add")
    dana.fills(title="", one_off="-5", yearly="1,200k", risks=("1", "77"), detail="For everybody.")
    assert {name: said.partition(".")[0] for name, said in dana.errors.items()} == {
        "title": "Say in one line what you want to do",
        "one_off": "An amount cannot be negative",
        "yearly": "“1,200k” can be read in two ways",
        "risks": "One of these is not on the list any more",
    }
    dana.fills(title="Sign-in", one_off="5", yearly="1,200,000", risks=("1",))
    assert "Costs CHF 5, then CHF 1.2m a year." in dana.text


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [
        ({"often": "sometimes"}, {"often": "I cannot read"}),
        ({"often": "0"}, {"often": "Write more than 0"}),
        ({"often": "400"}, {"often": "At most 366 times a year."}),
        ({"least": "400k", "most": "20k"}, {"most": "The most is less than the least. Swap the two."}),
        ({"least": "-20k"}, {"least": "An amount cannot be negative."}),
        ({"least": "EUR 20k"}, {"least": "Amounts here are in CHF, not in EUR."}),
        ({"least": "0"}, {"least": "Write more than 0"}),
        ({"least": "1", "most": "1m"}, {"least": "The most is over 10,000 times the least."}),
        ({"least": "", "most": ""}, {"least": "Write an amount.", "most": "Write an amount."}),
        ({"most": "2000bn"}, {"most": "“2000bn” is more than can be counted."}),
        ({"least_after": "5m", "most_after": "1m"}, {"most_after": "The most is less than the least."}),
        ({"often_after": "-1", "most_after": "x"}, {"often_after": "I cannot read", "most_after": "I cannot read"}),
    ],
)
def test_numbers_that_cannot_be_say_so_beside_their_field(
    dana: Chair, numbers: dict[str, str], wrong: dict[str, str]
) -> None:
    asks(dana, risks=("1",))
    dana.presses("Estimate R-1")
    dana.fills(**(PHISHING | numbers))
    assert dana.errors.keys() == wrong.keys()
    assert all(dana.errors[name].startswith(said) for name, said in wrong.items())
    dana.fills(**PHISHING)
    assert "Its risks cost CHF 270k" in dana.text


def test_who_saves_second_is_told_what_the_first_one_wrote(sam: Chair, dana: Chair) -> None:
    counted(dana)
    sam.types("ask show 1")
    sam.presses("Edit")
    dana.presses("Edit")
    dana.fills(one_off="300k")
    sam.fills(one_off="200k")
    assert "Dana changed this meanwhile to “300,000”" in sam.errors["one_off"]


@pytest.mark.parametrize(
    "typed", ["ask show 9", "ask show R-1", "ask list nonsense", "portfolio a lot", "portfolio -5"]
)
def test_what_is_not_there_says_what_to_do(sam: Chair, typed: str) -> None:
    sam.types(typed)
    assert any(word in sam.text for word in ("ask list", "ask list all", "Write it like", "without a minus"))


def test_another_touchpoints_risk_cannot_be_reduced(dana: Chair) -> None:
    asks(dana, risks=("1",))
    dana.tries("ask.numbers", "1|2")
    assert "does not reduce that risk any more" in dana.text


# From the ask to what came of it


def test_the_decision_carries_cost_and_result_and_concerns_the_risks(sam: Chair, dana: Chair) -> None:
    counted(dana, owner="me")
    dana.presses("Decide")
    dana.fills()
    for said in (
        "D-1 We pay for Sign-in without passwords",
        "Costs CHF 250k, then CHF 40k a year. Its risks cost CHF 700k a year",
        "Worth at most: a first cost of CHF 1.4m.",
        "Wait (against: A quarter of waiting costs CHF 120k on average)",
        "R-2 Ransomware",
        "Owner: Dana",
        "waits for the CIO’s key",
    ):
        assert said in dana.text
    assert line(dana, "Theme") == "Security as an investment"
    dana.types("ask show 1")
    assert line(dana, "State") == "Waits for the keys on D-1"
    assert "Edit" not in labels(dana)


def test_its_numbers_stand_still_while_a_decision_quotes_them(sam: Chair, dana: Chair) -> None:
    counted(dana)
    sam.types("ask show 1")
    sam.presses("Edit")
    dana.presses("Decide")
    dana.fills()
    sam.fills(one_off="1")
    assert "in a decision that waits for its keys" in sam.text
    assert "Withdraw that decision first." in sam.text


def test_both_keys_fund_it_and_after_a_year_it_is_held_against_the_forecast(
    room: Room, sam: Chair, dana: Chair
) -> None:
    counted(dana)
    decided(sam, dana)
    sam.types("ask show 1")
    assert line(sam, "State") == "Funded by D-1: nothing spent yet"
    assert primary(sam) == ["Spent"]
    sam.presses("Spent")
    assert sam.form
    assert {field.name: field.value for field in sam.form.fields} == {  # type: ignore[union-attr]
        "spent": "250,000",
        "spent_on": "2031-03-03",
        "check_on": "2032-03-02",
    }
    sam.fills(spent="260k", spent_on="2030-03-05", check_on="2031-03-05")
    assert line(sam, "State") == "CHF 260k spent on Tue 5 March 2030; to be checked on Wed 5 March"
    room.until(room.now + timedelta(days=2))
    assert "ASK-1 Sign-in without passwords (10 min · check against the forecast is due" in sam.types("agenda")
    sam.types("ask show 1")
    sam.presses("Say what happened")
    sam.fills(happened_1="1", lost_1="120k", found="Nobody misses passwords.")
    assert sam.text.splitlines()[1:4] == [
        "You expected 0 to 2 incidents and CHF 190k; 1 happened and cost CHF 120k. "
        "Within the forecast, and no more than its average.",
        "Asked for: CHF 250k, then CHF 40k a year. Spent: CHF 260k.",
        "Nobody misses passwords.",
    ]
    assert "since then 1, CHF 120k" in sam.text
    assert line(sam, "State") == "Checked on Wed 5 March"
    assert "ASK-1" not in sam.types("agenda")


def test_the_line_of_the_agenda_asks_what_happened(room: Room, sam: Chair, dana: Chair) -> None:
    counted(dana)
    decided(sam, dana)
    sam.types("ask show 1")
    sam.presses("Spent")
    sam.fills(check_on="2031-03-04")
    start = next(one for one in room.until(room.now + timedelta(days=1, minutes=31)) if one.owed.kind == "start")
    sam.presses("Start", on=start)
    live = next(one for one in room.settle() if one.owed.kind == "sync")
    assert "ASK-1 Sign-in without passwords" in str(live)
    sam.presses("Say what happened", on=live)
    sam.fills()
    assert "none happened. Within the forecast, and no more than its average." in sam.text
    room.settle()
    assert "Say what happened" not in [button.label for button in buttons_of(room.posted[live.message].card)]


@pytest.mark.parametrize(
    ("form", "values", "wrong"),
    [
        ("Spent", {"spent": "-1"}, {"spent": "An amount cannot be negative."}),
        ("Spent", {"spent_on": "2031-03-04"}, {"spent_on": "That day is ahead."}),
        ("Spent", {"check_on": "2031-03-03"}, {"check_on": "Choose a day that is ahead."}),
        ("Say what happened", {"happened_1": "-1"}, {"happened_1": "Write a whole number from 0"}),
        ("Say what happened", {"happened_1": "1.5"}, {"happened_1": "Write a whole number from 0"}),
        ("Say what happened", {"lost_2": "much"}, {"lost_2": "I cannot read"}),
        ("Say what happened", {"lost_2": "5k"}, {"happened_2": "It cost something: say how often it happened."}),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    sam: Chair, dana: Chair, form: str, values: dict[str, str], wrong: dict[str, str]
) -> None:
    counted(dana)
    decided(sam, dana)
    sam.types("ask show 1")
    sam.presses("Spent")
    if form != "Spent":
        sam.fills()
        sam.presses(form)
    sam.fills(**values)
    assert sam.errors.keys() == wrong.keys()
    assert all(sam.errors[name].startswith(said) for name, said in wrong.items())


def test_where_one_key_does_it_is_funded_at_once(sam: Chair, dana: Chair) -> None:
    sam.types("policy")
    sam.presses("Change")
    sam.fills(one_key_themes=("investment",))
    counted(dana)
    dana.presses("Decide")
    dana.fills(one_key="yes")
    assert line_of_ask(dana) == "Funded by D-1: nothing spent yet"


def test_a_rejected_decision_declines_it_and_other_numbers_ask_again(sam: Chair, dana: Chair) -> None:
    counted(dana)
    dana.presses("Decide")
    dana.fills()
    sam.types("decision show D-1")
    sam.presses("Reject")
    sam.fills(because="Too dear.")
    dana.types("ask show 1")
    assert line(dana, "State") == "Declined: D-1 was rejected"
    dana.presses("Edit")
    dana.fills(one_off="100k")
    assert line(dana, "State") == "Open"
    dana.presses("Decide")
    dana.fills()
    assert "D-2 We pay for" in dana.text


def test_a_withdrawn_decision_leaves_it_open(sam: Chair, dana: Chair) -> None:
    counted(dana)
    dana.presses("Decide")
    dana.fills()
    dana.presses("Withdraw")
    dana.fills(because="Not yet.")
    assert "State: Open" in dana.types("ask show 1")


def test_an_agreed_decision_that_is_replaced_hands_its_ask_on_and_one_that_is_withdrawn_takes_the_money_back(
    sam: Chair, dana: Chair
) -> None:
    counted(dana)
    decided(sam, dana)
    dana.types("decision show D-1")
    dana.presses("Replace")
    dana.fills(title="We pay half")
    assert line_of_ask(dana) == "Funded by D-1: nothing spent yet"
    sam.types("decision show D-2")
    sam.presses("Turn my key")
    assert line_of_ask(dana) == "Funded by D-2: nothing spent yet"
    dana.types("decision show D-2")
    dana.presses("Withdraw")
    dana.fills(because="No money.")
    sam.types("decision show D-3")
    sam.presses("Turn my key")
    assert line_of_ask(dana) == "Open"


def line_of_ask(chair: Chair) -> str:
    chair.types("ask show 1")
    return line(chair, "State")


def test_it_is_withdrawn_with_a_reason(dana: Chair) -> None:
    counted(dana)
    dana.presses("Withdraw")
    dana.fills(because="")
    assert dana.errors == {"because": "Say in a line why."}
    dana.fills(because="Bought elsewhere.")
    assert line(dana, "State") == "Withdrawn: Bought elsewhere."
    assert "Nothing is asked for." in dana.types("ask list")
    assert "ASK-1" in dana.types("ask list withdrawn")


# Who may, and who sees it


def test_a_member_asks_and_estimates_their_own_and_a_viewer_reads(room: Room, sam: Chair, dana: Chair) -> None:
    mia, vic = room.chair("Mia"), room.chair("Vic")
    for chair, role in ((mia, "member"), (vic, "viewer")):
        sam.types("access")
        sam.presses("Let somebody in")
        sam.fills(person=chair.account, role=role, people=(chair.profile,))
        assert not sam.errors, sam.errors
    counted(mia)
    assert "Decide" in labels(mia)
    counted(dana, title="Backups")
    mia.types("ask show 2")
    assert "Edit" not in labels(mia)
    assert "Backups" in vic.types("ask show 2")
    assert {"Edit", "Decide", "Withdraw"} & set(labels(vic)) == set()
    vic.types("ask add Anything")
    assert "viewer" in vic.text


def test_it_is_shared_where_the_two_meet_and_follows_what_becomes_of_it(room: Room, sam: Chair, dana: Chair) -> None:
    counted(dana)
    dana.presses("Share here")
    room.settle()
    shared = room.in_(HOME)[-1]
    assert str(shared).splitlines()[1].startswith("Costs CHF 250k")
    dana.types("ask show 1")
    dana.presses("Edit")
    dana.fills(one_off="1m")
    room.settle()
    assert "Costs CHF 1m" in str(room.in_(HOME)[-1])


def test_a_list_is_shared_as_it_was_narrowed(room: Room, dana: Chair) -> None:
    counted(dana)
    for typed in ("ask list", "ask list open", "ask list passwords"):
        dana.types(typed)
        dana.presses("Share here")
        room.settle()
        assert "ASK-1 Sign-in without passwords (open" in str(room.in_(HOME)[-1])
    assert str(room.in_(HOME)[-1]).startswith("Asks: passwords (1)")


def test_its_risk_shows_it_and_it_is_found(sam: Chair, dana: Chair) -> None:
    counted(dana, detail="Security keys for the whole staff.")
    assert "ASK-1 Sign-in without passwords (open)" in sam.types("risk show 1")
    assert "ASK-1 Sign-in without passwords" in sam.types("find in:asks staff")
    sam.presses("Show")
    assert sam.text.startswith("ASK-1 Sign-in without passwords")
    assert "ASK-1" in sam.types("find ask-1 state:open")


# The portfolio


def test_under_a_budget_the_best_are_in_and_a_cut_says_what_it_loses(dana: Chair) -> None:
    for title, cost, most in (("Keys", "60k", "600k"), ("Backups", "40k", "300k"), ("Training", "30k", "200k")):
        dana.types("risk add " + title)
        number = dana.text.split()[0].removeprefix("R-")
        asks(dana, title=title, one_off=cost, yearly="0", risks=(number,))
        estimates(dana, f"R-{number}", often="1", least=most, most=most, often_after="0")
    dana.types("portfolio 100k")
    assert dana.text.splitlines()[:2] == [
        "Portfolio under CHF 100k",
        "2 of 3 asks fit: CHF 100k in the first year, and CHF 900k less lost a year on average.",
    ]
    assert "Left out\nASK-3 Training (CHF 30k in the first year · avoids CHF 200k a year)" in dana.text
    assert (
        "A cut of 10 %: ASK-2 falls out, ASK-3 comes in instead; CHF 100k a year more is lost on average." in dana.text
    )
    assert "No other choice under this budget avoids more." in dana.text
    dana.types("portfolio")
    assert "All asks fit: CHF 130k in the first year" in dana.text


def test_two_asks_for_one_risk_do_not_add_up(dana: Chair) -> None:
    for title in ("Keys", "Training"):
        asks(dana, title=title, risks=("1",))
        estimates(dana, "R-1", often="1", least="100k", most="100k", often_after="0.5")
    dana.types("portfolio")
    assert "CHF 75k less lost a year on average" in dana.text


def test_what_is_not_counted_is_named_and_without_any_there_is_nothing_to_choose(dana: Chair) -> None:
    dana.types("ask add Keys")
    assert "No ask is counted yet" in dana.types("portfolio 1m")
    counted(dana)
    assert "Not counted yet: ASK-1." in dana.types("portfolio 1m")


def test_what_has_no_cost_yet_is_not_free(dana: Chair) -> None:
    asks(dana, title="Keys", one_off="", yearly="", risks=("1",))
    estimates(dana, "R-1", often="1", least="100k", most="100k", often_after="0.5")
    assert "No ask is counted yet" in dana.types("portfolio 1m")
    counted(dana)
    assert "Not counted yet: ASK-1." in dana.types("portfolio 1m")
