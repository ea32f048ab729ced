"""Risks at depth: fields, levels and their history, the list and what narrows it, the matrix, and the policy."""

from datetime import timedelta

import pytest

from bot.cards import Chart, HeatMap, ItemList
from tests.bot.room import HOME, Chair, Room, buttons_of

Trio = tuple[Room, Chair, Chair]


@pytest.fixture
def trio() -> Trio:
    room = Room()
    return room, *room.set_up()


def raises(chair: Chair, title: str, **values: object) -> None:
    """By form."""
    chair.types("risk add")
    chair.fills(title=title, **values)  # type: ignore[arg-type]
    assert not chair.errors, chair.errors


def titles(chair: Chair) -> list[str]:
    """The refs of the lines of the last answer."""
    assert chair.answer
    lists = [block for block in chair.answer.blocks if isinstance(block, ItemList)]
    return [item.title.partition(" ")[0] for block in lists for item in block.items]


# Its fields


def test_all_that_is_known_of_it_stands_on_its_card(trio: Trio) -> None:
    _room, sam, _dana = trio
    raises(sam, "The old VPN falls", likelihood="4", impact="5", owner="Robin", review_on="2031-05-01")
    sam.presses("More details")
    sam.fills(
        due_on="2031-04-01",
        target_likelihood="2",
        target_impact="3",
        inherent_likelihood="5",
        inherent_impact="5",
        controls="A firewall",
        links="The contract https://example.test/contract\nSEC-412",
        source="Audit of 2030",
    )
    assert sam.text.splitlines() == [
        "R-1 The old VPN falls",
        "State: Open since today",
        "Level: critical (20 of 25) ▲ above appetite · likelihood high, impact very high",
        "Path: inherent 25 → now 20 → target 6",
        "Trend: unchanged for less than a day",
        "Treatment: mitigate · due Tue 1 April",
        "Owner: Robin",
        "Review: due Thu 1 May",
        "Theme: Operations",
        "Source: Audit of 2030",
        "Raised: Mon 3 March by Sam",
        "Controls",
        "A firewall",
        "Links",
        "The contract",
        "SEC-412",
    ]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"target_likelihood": "2"}, {"target_impact": "Say both, or neither."}),
        (
            {"links": "http://example.test"},
            {
                "links": "“http://example.test” is not one https address. Write one a line, and let it begin with https://."
            },
        ),
        ({"due_on": "soon"}, {"due_on": "Write it like 2031-12-31."}),
        ({"inherent_likelihood": "9", "inherent_impact": "1"}, {"inherent_likelihood": "Choose 1 to 5."}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(trio: Trio, values: dict[str, str], errors: dict[str, str]) -> None:
    _room, sam, _dana = trio
    raises(sam, "The old VPN falls")
    sam.presses("More details")
    sam.fills(**values)
    assert {name: said.partition("\n")[0] for name, said in sam.errors.items()} == errors


def test_who_saves_second_is_told_what_the_first_one_wrote(trio: Trio) -> None:
    _room, sam, dana = trio
    raises(sam, "The old VPN falls")
    sam.presses("Edit")
    dana.types("risk show 1")
    dana.presses("Edit")
    dana.fills(owner="Robin")
    sam.fills(owner="Kim")
    assert "Dana changed this meanwhile to “Robin”. Save again to keep yours." in sam.errors["owner"]
    sam.fills(owner="Kim")
    assert "Owner: Kim" in sam.text


def test_accepting_is_an_intention_until_both_have_signed(trio: Trio) -> None:
    _room, sam, _dana = trio
    raises(sam, "The old VPN falls", treatment="accept")
    assert "To accept it takes both keys. “Accept risk” asks for them." in sam.text
    assert "Treatment: accept (intended: it takes both keys)" in sam.text
    assert sam.answer
    assert [b.label for b in buttons_of(sam.answer) if b.style == "primary"] == ["Accept risk"]


# Its level


def test_its_level_is_kept_with_who_and_why_and_drawn(trio: Trio) -> None:
    room, sam, dana = trio
    raises(sam, "The old VPN falls", likelihood="2", impact="4")
    room.now += timedelta(days=43)
    assert "Trend: unchanged for 43 days" in dana.types("risk show 1")
    assert "State: Open for 43 days" in dana.text
    dana.presses("New level")
    dana.fills(likelihood="4", because="It was scanned.")
    room.now += timedelta(days=5)
    assert "Trend: rose from 8 to 16 since Tue 15 April" in sam.types("risk show 1")
    sam.presses("History")
    assert "16 of 25 (4 × 4) (Tue 15 April · Dana · It was scanned.)" in sam.text
    assert sam.answer
    (chart,) = [block for block in sam.answer.blocks if isinstance(block, Chart)]
    assert chart.series == (("Level", (8.0, 16.0)),)
    assert "R-1 The old VPN falls\n" in sam.presses("Back")


def test_the_same_level_is_no_new_one(trio: Trio) -> None:
    _room, sam, _dana = trio
    raises(sam, "The old VPN falls")
    sam.presses("New level")
    sam.fills(because="Just so.")
    assert sam.errors == {"likelihood": "Choose another step here or below."}


# The list


def filled(trio: Trio) -> None:
    """R-1 high and Dana's, R-2 overdue, R-3 in hygiene, R-4 closed, R-5 accepted until 20 March."""
    room, sam, dana = trio
    raises(sam, "The old VPN falls", likelihood="4", impact="5", owner="Dana Reyes", review_on="2032-01-01")
    raises(sam, "Nobody owns the DNS", likelihood="1", owner="Sam", review_on="2031-03-10")
    raises(sam, "Passwords are shared", theme="hygiene", review_on="2032-01-01")
    raises(sam, "A flood")
    sam.types("risk close 4 We moved")
    raises(sam, "The lift stops", likelihood="1", impact="1", review_on="2032-01-01")
    sam.types("risk accept 5")
    sam.fills(justification="There are stairs.", until="2031-03-20")
    room.settle()
    dana.presses("Turn my key", on=next(p for p in room.in_(dana.account) if p.owed.kind == "acceptance_key"))
    room.now += timedelta(days=9)


@pytest.mark.parametrize(
    ("typed", "title", "refs"),
    [
        ("", "Risks (4: 1 accepted, 3 open)", ["R-1", "R-3", "R-2", "R-5"]),
        ("owner:dana", "Open risks of dana (1)", ["R-1"]),
        ('owner:"Dana Reyes"', "Open risks of Dana Reyes (1)", ["R-1"]),
        ("owner:me", "Open risks of Sam (1)", ["R-2"]),
        ("theme:hygiene", "Open risks about Cyber hygiene (1)", ["R-3"]),
        ("above appetite", "Open risks, above appetite (1)", ["R-1"]),
        ("ABOVE the appetite owner:dana", "Open risks of dana, above appetite (1)", ["R-1"]),
        ("overdue", "Open risks, overdue (1)", ["R-2"]),
        ("expiring", "Accepted risks, expiring (1)", ["R-5"]),
        ("accepted", "Accepted risks (1)", ["R-5"]),
        ("closed", "Closed risks (1)", ["R-4"]),
        ("open", "Open risks (3)", ["R-1", "R-3", "R-2"]),
        ("vpn", "Open risks, with “vpn” (1)", ["R-1"]),
        ("passw theme:hygiene", "Open risks about Cyber hygiene, with “passw” (1)", ["R-3"]),
    ],
)
def test_the_list_is_narrowed_and_says_by_what(trio: Trio, typed: str, title: str, refs: list[str]) -> None:
    filled(trio)
    _room, sam, _dana = trio
    sam.types(f"risk list {typed}")
    assert sam.answer, sam.text
    assert (sam.text.splitlines()[0], titles(sam)) == (title, refs)


def test_each_line_says_how_it_stands(trio: Trio) -> None:
    filled(trio)
    _room, sam, _dana = trio
    text = sam.types("risk list")
    assert "R-1 The old VPN falls (critical (20) · ▲ above appetite · open · owner Dana Reyes · review due" in text
    assert "R-2 Nobody owns the DNS (low (3) · open · owner Sam · review due Mon 10 March, 2 days overdue)" in text
    assert "R-5 The lift stops (low (1) · accepted until Thu 20 March · no owner" in text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("ownr:dana", "There is no filter “ownr:”. Did you mean “owner:”?"),
        ("theme:hygine", "There is no theme “hygine”. Did you mean “theme:hygiene”?"),
        ("owner:", "There is no name behind “owner:”."),
        ("overdu", "Did you mean “risk list overdue”?"),
        ("x" * 400, "at most 300 can be read"),
        ("owner:nobody", "There are no risks of nobody."),
        ("accepted above", "“risk list” shows all that stand."),
    ],
)
def test_what_it_does_not_know_it_says(trio: Trio, typed: str, says: str) -> None:
    filled(trio)
    _room, sam, _dana = trio
    assert says in sam.types(f"risk list {typed}")


def test_pages_and_sharing_keep_what_narrows_it(trio: Trio) -> None:
    room, sam, _dana = trio
    for number in range(9):
        raises(sam, f"Number {number}", theme="hygiene")
    raises(sam, "Another theme")
    sam.types("risk list theme:hygiene")
    sam.presses("Next page")
    assert titles(sam) == ["R-9"]
    sam.presses("Share here")
    room.settle()
    shared = next(p for p in room.in_(HOME) if p.owed.kind == "shared_risks")
    assert str(shared).splitlines()[:2][0] == "Open risks about Cyber hygiene (9)"
    assert "R-9" in str(shared)
    assert "R-1 " not in str(shared)


# The matrix


def heat_map(chair: Chair) -> HeatMap:
    assert chair.answer
    return next(block for block in chair.answer.blocks if isinstance(block, HeatMap))


def test_the_matrix_counts_what_stands_and_marks_what_is_above(trio: Trio) -> None:
    filled(trio)
    _room, sam, _dana = trio
    text = sam.types("risk matrix")
    assert "Likelihood high, impact very high: 1 (critical, above appetite)" in text
    assert "Likelihood very low, impact medium: 1 (low)" in text
    assert "1 of 4 above the appetite of 11 ▲." in text
    drawn = heat_map(sam)
    assert (drawn.rows[0], drawn.columns[-1]) == ("very high", "very high")
    assert drawn.heads == ("1", "2", "3", "4", "5"), "five names side by side are broken on a phone"
    assert "Impact: 1 very low, 2 low, 3 medium, 4 high, 5 very high." in text
    assert [cell.text for row in drawn.cells for cell in row if cell.text] == ["1", "1", "1", "1"]
    assert titles(sam)[0] == "R-1"
    sam.types("risk matrix theme:hygiene")
    assert "0 of 1 above" in sam.text


def test_the_matrix_before_any_control_and_once_they_are_treated(trio: Trio) -> None:
    room, sam, _dana = trio
    raises(sam, "The old VPN falls")
    sam.presses("More details")
    sam.fills(target_likelihood="1", target_impact="2", inherent_likelihood="5", inherent_impact="5")
    raises(sam, "Nothing is known")
    sam.types("risk matrix")
    sam.presses("Target")
    assert "Likelihood very low, impact low: 1 (low)" in sam.text
    assert "1 of 2 without target level." in sam.text
    sam.presses("Inherent")
    assert "Likelihood very high, impact very high: 1 (critical, above appetite)" in sam.text
    sam.presses("Share here")
    room.settle()
    assert "impact very high: 1" in str(next(p for p in room.in_(HOME) if p.owed.kind == "shared_matrix"))


def test_an_empty_matrix_says_how_to_begin(trio: Trio) -> None:
    _room, sam, _dana = trio
    assert "“risk add” raises one." in sam.types("risk matrix")


# The policy


def test_the_policy_is_shown_changed_and_told(trio: Trio) -> None:
    room, sam, dana = trio
    raises(sam, "The old VPN falls")
    assert "Appetite: 11 of 25: a higher level is marked" in dana.types("policy")
    assert "One key is enough: nowhere: every decision takes both keys" in dana.text
    dana.presses("Change")
    dana.fills(
        appetite="8",
        longest_acceptance="90",
        likelihood_labels="rare\nunlikely\npossible\nlikely\nalmost certain",
        one_key_themes=("operations",),
    )
    assert "Appetite: 8 of 25" in dana.text
    room.settle()
    told = str(next(p for p in room.in_(HOME) if p.owed.kind == "policy"))
    assert "Dana changed the policy" in told
    assert "Appetite: 11 of 25: a higher level is marked → 8 of 25: a higher level is marked" in told
    assert "One key is enough: nowhere: every decision takes both keys → Operations" in told
    assert "▲ above appetite · likelihood possible" in sam.types("risk show 1")
    sam.types("risk accept 1")
    assert sam.form
    assert sam.form.fields[1].value == "2031-06-01"


def test_nothing_changed_is_not_told(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("policy")
    sam.presses("Change")
    sam.fills()
    room.settle()
    assert not [p for p in room.in_(HOME) if p.owed.kind == "policy"]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"appetite": "26"}, {"appetite": "Write a whole number from 1 to 25."}),
        ({"longest_acceptance": "x"}, {"longest_acceptance": "Write a whole number from 1 to 3650."}),
        (
            {"impact_labels": "a\nb\nc\nd"},
            {"impact_labels": "Five steps need five names, a line each, the lowest first; this is 4."},
        ),
        ({"impact_labels": "a\nb\nc\nd\ne|f"}, {"impact_labels": "A name cannot hold “|”: “e|f”."}),
        (
            {"impact_labels": f"a\nb\nc\nd\n{'e' * 21}"},
            {"impact_labels": f"At most 20 characters each: “{'e' * 21}” has 21."},
        ),
        ({"impact_labels": "a\nb\nc\nd\nA"}, {"impact_labels": "Two steps have the same name."}),
        ({"one_key_themes": ("gossip",)}, {"one_key_themes": "Choose from the list."}),
    ],
)
def test_a_policy_that_cannot_be_is_refused(trio: Trio, values: dict[str, object], errors: dict[str, str]) -> None:
    _room, sam, _dana = trio
    sam.types("policy")
    sam.presses("Change")
    sam.fills(**values)  # type: ignore[arg-type]
    assert sam.errors == errors


def test_a_delegate_does_not_change_the_policy(trio: Trio) -> None:
    room, sam, _dana = trio
    kim = room.chair("Kim")
    sam.types("delegate")
    sam.fills(person=kim.account, until="2031-03-20", people=(kim.profile,))
    assert "Appetite: 11" in kim.types("policy")
    assert kim.answer
    assert not buttons_of(kim.answer)
    kim.tries("policy.change", "1", HOME)
    assert "a delegate may not" in kim.text


def test_an_owner_is_named_by_me_or_by_the_beginning_of_a_name(trio: Trio) -> None:
    _room, sam, _dana = trio
    for typed, kept in (("me", "Sam"), ("dan", "Dana"), ("Procurement", "Procurement")):
        sam.types("risk add")
        sam.fills(title=f"Looked after by {typed}", owner=typed)
        assert f"Owner: {kept}" in sam.text
