"""Decisions, as two principals, a delegate and a member live with them: rules D1 to D7 and K1 to K5 through the public door."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from agenda.roles import Role
from storage import decisions, people, rows
from storage.memberships import Membership
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, unit_of_work
from tests.bot.room import Chair, Posted, Room, buttons_of

VPN = "Switch the old VPN off"


@contextmanager
def record(room: Room) -> Iterator[Record]:
    with unit_of_work(room.engine, organization_id=1, now=room.now) as one:
        yield one


def labels(chair: Chair, *, rare: bool = False) -> list[str]:
    assert chair.answer
    return [button.label for button in buttons_of(chair.answer) if button.rare is rare]


def of_kind(kind: str, posted: list[Posted], to: Chair | None = None) -> Posted:
    """The one new message of that kind, and of that person if one is named."""
    conversations = {to.account} if to else {one.owed.conversation for one in posted}
    new = [one for one in posted if one.owed.kind == kind and one.owed.message is None]
    (found,) = [one for one in new if one.owed.conversation in conversations]
    return found


def asked(room: Room, chair: Chair) -> Posted:
    """The last card that asks for this principal's key."""
    room.settle()
    return [one for one in room.in_(chair.account) if one.owed.kind in {"key", "key_void"}][-1]


def decides(chair: Chair, title: str = VPN, **values: object) -> str:
    """By the form."""
    chair.types("decision add")
    return chair.fills(title=title, **values)  # type: ignore[arg-type]


def agreed(room: Room, one: Chair, other: Chair, title: str = VPN, **values: object) -> None:
    """Recorded by the one, signed by the other."""
    decides(one, title, **values)
    other.presses("Turn my key", on=asked(room, other))
    room.settle()


def allows(room: Room, *themes: str) -> None:
    """The policy: for these themes one key is enough."""
    with record(room) as one:
        rows.get(one, Touchpoint, 1).one_key_themes = ",".join(themes)


def member(room: Room, name: str = "Noor", role: Role = Role.MEMBER) -> Chair:
    """Somebody without a chair who was let in."""
    chair = room.chair(name)
    chair.types("help")
    with record(room) as one:
        found = people_at(one, chair)
        rows.add(
            one,
            Membership(
                organization_id=1, touchpoint_id=1, person_id=found, role=role, given_at=room.now, given_by_id=1
            ),
        )
    room.bot.door.forget()
    return chair


def people_at(one: Record, chair: Chair) -> int:
    """The person on that chair."""
    found = people.account(one, chair.account)
    assert found
    return found.person_id


@pytest.fixture
def trio() -> tuple[Room, Chair, Chair]:
    room = Room()
    sam, dana = room.set_up()
    room.settle()
    return room, sam, dana


Trio = tuple[Room, Chair, Chair]


# What it says


def test_everything_that_is_said_stands_on_the_card(engine: Engine) -> None:
    room = Room(engine=engine)
    sam, _dana = room.set_up()
    sam.types("risk add Nobody owns the DNS")
    decides(
        sam,
        question="What becomes of it?",
        rationale="Three findings.",
        options="Keep it\n+ no work\n- three findings\n2. Replace it\n– costs",
        owner="Robin",
        review_on="2031-06-01",
    )
    sam.presses("More details")
    sam.fills(
        outcome="Off by June.",
        consulted="Lee, the board",
        informed="everybody",
        effective_on="2031-04-01",
        links="The contract https://example.test/c\nSEC-412",
        concerns="r1",
    )
    assert sam.form is None, sam.errors
    assert sam.text.splitlines() == [
        f"D-1 {VPN}",
        "What becomes of it?",
        "Off by June.",
        "Why: Three findings.",
        "Options considered",
        "Keep it (for: no work · against: three findings)",
        "Replace it (against: costs)",
        "State: waits for the CISO’s key",
        "Theme: Operations",
        "Owner: Robin",
        "Consulted: Lee, the board",
        "Informed: everybody",
        "Effective: Tue 1 April 2031",
        "Review: Sun 1 June 2031",
        "CIO’s key: Sam, Mon 3 March 2031",
        "CISO’s key: missing",
        "Recorded: Mon 3 March 2031 by Sam",
        "Changed: Mon 3 March 2031, 09:00 by Sam",
        "Risks and initiatives concerned",
        "R-1 Nobody owns the DNS",
        "Links",
        "The contract",
        "SEC-412",
    ]
    assert labels(sam) == ["Edit", "Share here"]
    assert labels(sam, rare=True) == ["More details", "Withdraw", "Promise"]
    with record(room) as one:
        assert [found.ref for found in decisions.about_risk(one, 1)] == ["D-1"]


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("links", "http://example.test", "let it begin with https://"),
        ("links", "javascript:alert(1)", "is not one https address"),
        ("links", "https://a.test https://b.test", "one a line"),
        ("concerns", "R-1, R-9", "There is no R-9 in this touchpoint"),
        ("concerns", "the DNS one", "“the” is not the id of a risk"),
        ("effective_on", "soon", "Write it like 2031-12-31"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_typed_is_lost(
    trio: Trio, field: str, typed: str, says: str
) -> None:
    _room, sam, _dana = trio
    sam.types("risk add Nobody owns the DNS")
    decides(sam)
    sam.presses("More details")
    sam.fills(**{"outcome": "Off by June.", field: typed})
    assert says in sam.errors[field]
    assert "Off by June" not in sam.types("decision show 1")


def test_a_message_it_was_taken_from_is_linked_and_only_by_https(trio: Trio) -> None:
    _room, sam, _dana = trio
    sam.types("decision add")
    assert sam.form
    form = sam.form
    for link, kept in (("https://example.test/m1", True), ("javascript:alert(1)", False)):
        sam.types("decision add")
        sam.form = type(form)(form_id="decision", title="", fields=form.fields, context={"link": link})
        sam.fills(title=VPN)
        assert ("Where it was said" in sam.text) is kept


# Keys


def test_a_changed_text_voids_the_key_and_says_what_changed(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam, owner="Robin", rationale="Three findings of the audit were never closed by its vendor.")
    key = asked(room, dana)
    dana.types("decision show 1")
    dana.presses("Edit")
    dana.fills(owner="Kim", rationale="Four findings of the audit were never closed by its vendor.")
    void = of_kind("key_void", room.settle())
    assert void.owed.conversation == sam.account
    assert void.card.title == f"Your key is void: D-1 {VPN}"
    assert "changed the text after you signed" in str(void)
    assert "Owner (Robin → Kim)" in str(void)
    assert "Why (Three findings of the audit w… → Four findings of the audit w…)" in str(void)
    assert "CISO’s key: Dana" in str(void)
    assert [one.owed.kind for one in room.settle()] == []
    assert "Turn my key" not in [button.label for button in buttons_of(room.posted[key.message].card)]
    sam.presses("Turn my key", on=void)
    assert "agreed by both" in sam.text


def test_a_form_that_is_sent_as_it_came_voids_nothing_and_signs_nothing(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam)
    room.settle()
    dana.types("decision show 1")
    dana.presses("Edit")
    assert "waits for the CISO’s key" in dana.fills()
    assert room.settle() == []


def test_dissent_is_recorded_and_the_decision_stands(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam)
    card = asked(room, dana)
    dana.presses("Agree with dissent", on=card)
    dana.fills(dissent=" ")
    assert "Say why" in dana.errors["dissent"]
    dana.fills(dissent="June is too early.")
    assert "State: agreed with dissent" in dana.text
    assert "CISO’s key: Dana, Mon 3 March 2031, with dissent" in dana.text
    assert "Dana (CISO) dissents: June is too early." in sam.types("decision show 1")
    assert "agreed with dissent" in sam.types("decision list")
    agreed(room, sam, dana, "Buy the scanner")
    found = sam.types("find state:dissent")
    assert VPN in found
    assert "Buy the scanner" not in found


def test_a_dissent_to_a_text_that_changed_meanwhile_is_given_back(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam)
    dana.presses("Agree with dissent", on=asked(room, dana))
    sam.types("decision show 1")
    sam.presses("Edit")
    sam.fills(title="Switch it off in May")
    said = dana.fills(dissent="June is too early.")
    assert "The text was changed after this card was shown." in said
    assert "June is too early." in said


def test_a_delegate_signs_for_the_chair_and_the_card_says_so(trio: Trio) -> None:
    room, sam, dana = trio
    ana = room.chair("Ana")
    sam.types("delegate")
    sam.fills(person=ana.account, until="2031-03-20", people=(ana.profile,))
    decides(dana)
    ana.presses("Turn my key", on=asked(room, ana))
    assert "CIO’s key: Ana for the CIO, Mon 3 March 2031" in ana.types("decision show 1")


def test_a_member_proposes_changes_and_withdraws_and_turns_no_key(trio: Trio) -> None:
    room, sam, dana = trio
    noor = member(room)
    assert "waits for both keys" in decides(noor)
    assert labels(noor) == ["Edit", "Share here"]
    sam.presses("Turn my key", on=asked(room, sam))
    noor.types("decision show 1")
    noor.presses("Edit")
    noor.fills(title="Switch it off in May")
    assert "waits for both keys" in noor.text
    assert "What is decided" in str(of_kind("key_void", room.settle(), sam))
    noor.tries("decision.sign", f"1|{hash_of(room)}")
    assert "may not" in noor.text or "Only the CIO" in noor.text
    decides(dana, "Buy the scanner")
    noor.types("decision show 2")
    assert "Edit" not in labels(noor)
    noor.tries("decision.edit", "2")
    assert "Only who recorded it" in noor.text
    noor.types("decision show 1")
    noor.presses("Withdraw")
    noor.fills(because="Not needed any more.")
    assert "State: withdrawn" in noor.text
    assert "Ended: Mon 3 March 2031 by Noor: Not needed any more." in noor.text


def hash_of(room: Room, number: int = 1) -> str:
    with record(room) as one:
        found = decisions.by_number(one, number, [1])
        assert found
        return found.text_hash


def test_a_viewer_sees_and_may_nothing(trio: Trio) -> None:
    room, sam, _dana = trio
    decides(sam)
    viewer = member(room, "Vic", Role.VIEWER)
    assert VPN in viewer.types("decision show 1")
    assert labels(viewer, rare=True) == []
    assert "may not add to its record" in viewer.types("decision add mine")


# One key


def test_one_key_is_enough_only_where_the_policy_allows_it(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("decision add")
    assert sam.form
    assert "one_key" not in {field.name for field in sam.form.fields}
    allows(room, "operations")
    decides(sam, one_key="yes", theme="threats")
    assert "The policy wants both keys for Threats and trends." in sam.errors["one_key"]
    sam.fills(title=VPN, theme="operations", one_key="yes")
    assert "State: agreed with one key (policy for Operations)" in sam.text
    assert "CISO’s key: not turned" in sam.text
    noor = member(room)
    decides(noor, "Patch on Sundays", one_key="yes")
    assert "waits for either key; needs one key (policy for Operations)" in noor.text
    dana.presses("Turn my key", on=asked(room, dana))
    assert "agreed with one key" in dana.text


def test_the_policy_of_the_moment_of_the_key_counts(trio: Trio) -> None:
    room, _sam, dana = trio
    allows(room, "operations")
    decides(member(room), one_key="yes")
    allows(room)
    dana.presses("Turn my key", on=asked(room, dana))
    assert "waits for the CIO’s key" in dana.text


def test_what_two_keys_made_binding_is_not_replaced_by_one(trio: Trio) -> None:
    room, sam, dana = trio
    agreed(room, sam, dana)
    allows(room, "operations")
    sam.types("decision show 1")
    sam.presses("Replace")
    sam.fills(title="Keep it", one_key="yes")
    assert "D-1 needed both keys" in sam.errors["one_key"]
    sam.fills(title="Keep it", one_key="")
    assert "waits for the CISO’s key" in sam.text


# How it ends


def test_rejected_with_a_reason_that_its_recorder_reads(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam)
    card = asked(room, dana)
    dana.presses("Reject", on=card)
    dana.fills(because="")
    assert "why" in dana.errors["because"]
    dana.fills(because="Too expensive.")
    told = of_kind("decision_ended", room.settle())
    assert told.owed.conversation == sam.account
    assert told.card.title == f"D-1 is rejected: {VPN}"
    assert "by Dana: Too expensive." in str(told)
    assert "is rejected" in dana.presses("Turn my key", on=card) or "rejected" in dana.text
    assert labels_of(room.posted[card.message]) == []


def labels_of(posted: Posted) -> list[str]:
    return [button.label for button in buttons_of(posted.card)]


def test_an_agreed_one_is_replaced_by_another_and_each_names_the_other(trio: Trio) -> None:
    room, sam, dana = trio
    agreed(room, sam, dana, rationale="Three findings.")
    sam.types("decision show 1")
    assert "Edit" not in labels(sam)
    sam.presses("Replace")
    assert sam.form
    assert {f.name: f.value for f in sam.form.fields}["rationale"] == "Three findings."
    sam.fills(title="Switch it off in May")
    assert f"Would replace D-1 {VPN}." in sam.text
    assert "D-2 would replace it: waits for the CISO’s key." in sam.types("decision show 1")
    assert "State: agreed by both" in sam.text
    dana.presses("Turn my key", on=asked(room, dana))
    assert f"Replaces D-1 {VPN}." in dana.types("decision show 2")
    assert "State: superseded by D-2" in dana.types("decision show 1")
    assert "Replaced by D-2 Switch it off in May." in dana.text


def test_of_two_rivals_only_the_first_can_be_agreed(trio: Trio) -> None:
    room, sam, dana = trio
    agreed(room, sam, dana)
    for title in ("In May", "In July"):
        sam.types("decision show 1")
        sam.presses("Replace")
        sam.fills(title=title)
    room.settle()
    may, july = [one for one in room.in_(dana.account) if one.owed.kind == "key"][-2:]
    dana.presses("Turn my key", on=may)
    said = dana.presses("Turn my key", on=july)
    assert "This decision is withdrawn." in said
    assert "Why: D-1 was superseded by D-2 meanwhile." in said
    room.settle()
    assert labels_of(room.posted[july.message]) == []
    assert "State: withdrawn" in sam.types("decision show 3")
    told = [one for one in room.in_(sam.account) if one.owed.kind == "decision_ended"]
    assert sorted(str(one).partition(":")[0] for one in told) == [
        "D-1 is superseded",
        "D-2 is agreed",
        "D-3 is withdrawn",
    ]


def test_an_agreed_one_is_withdrawn_by_a_decision_with_keys_of_its_own(trio: Trio) -> None:
    room, sam, dana = trio
    agreed(room, sam, dana)
    dana.types("decision show 1")
    dana.presses("Withdraw")
    assert dana.form
    assert "decision of its own" in dana.form.intro
    dana.fills(because="The vendor fixed it.")
    assert f"D-2 Withdraw D-1: {VPN}" in dana.text
    assert "State: agreed by both" in dana.types("decision show 1")
    sam.presses("Turn my key", on=asked(room, sam))
    assert "State: withdrawn by D-2" in sam.types("decision show 1")


# Two at once


def test_who_saves_second_is_told_what_the_first_one_wrote(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam, owner="Robin")
    for chair in (sam, dana):
        chair.types("decision show 1")
        chair.presses("Edit")
    dana.fills(owner="Kim")
    sam.fills(owner="Lee", title="Switch it off in May")
    assert set(sam.errors) == {"owner"}
    assert sam.errors["owner"] == "Dana changed this meanwhile to “Kim”. Save again to keep yours."
    assert "Owner: Kim" in dana.types("decision show 1")
    sam.fills(owner="Lee", title="Switch it off in May")
    assert "Owner: Lee" in sam.text
    assert room


def test_who_changes_another_field_by_then_loses_nothing_either(trio: Trio) -> None:
    _room, sam, dana = trio
    sam.types("promise add renew the contract by 20 March")
    for chair in (sam, dana):
        chair.types("promise show 1")
        chair.presses("Change")
    dana.fills(title="renew the VPN contract")
    sam.fills(detail="Three offers.")
    assert "renew the VPN contract" in sam.errors["title"]
    sam.fills(title="renew the VPN contract", detail="Three offers.")
    assert "Three offers." in sam.text


def test_nobody_turns_both_keys_of_one_text(trio: Trio) -> None:
    room, sam, _dana = trio
    decides(sam)
    sam.tries("decision.sign", f"1|{hash_of(room)}")
    assert "waits for the CISO’s key" in sam.types("decision show 1")
