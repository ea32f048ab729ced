"""IT projects and their gates, as a CIO and a CISO live with them."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.forms import Choice, Text
from storage import audit, decisions, initiatives
from storage.unit_of_work import Record, unit_of_work
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of

Chairs = tuple[Chair, Chair]
LABELS = ["Answer", "Pass gate", "Edit", "Share here"]


@pytest.fixture
def chairs(engine: Engine) -> Chairs:
    return Room(engine=engine).set_up()


def labels(chair: Chair, *, rare: bool = False) -> list[str]:
    assert chair.answer
    return [button.label for button in buttons_of(chair.answer) if button.rare is rare]


def adds(chair: Chair, title: str = "New CRM", **values: str) -> None:
    """By form: half a year, from today on, unless it is said otherwise."""
    chair.types("initiative add")
    chair.fills(**({"title": title, "starts_on": "2031-03-03", "ends_on": "2031-09-30"} | values))
    assert chair.form is None, chair.errors


def answers(chair: Chair, *said: str, label: str = "Answer") -> None:
    """The questions of the gate on their screen, from the first on."""
    chair.presses(label)
    assert chair.form
    chair.fills(**dict(zip([field.name for field in chair.form.fields], said, strict=False)))
    assert chair.form is None, chair.errors


def on_agenda(chair: Chair, what: str) -> list[str]:
    chair.types("agenda")
    return [line for line in chair.text.splitlines() if what in line]


def record(room: Room) -> AbstractContextManager[Record]:
    return unit_of_work(room.engine, organization_id=1, now=room.now, writes=False)


# Adding


def test_one_line_is_enough(chairs: Chairs):
    sam, _dana = chairs
    sam.types("initiative add New CRM\nfor the whole of sales")
    assert sam.text.splitlines()[:3] == [
        "I-1 New CRM",
        "Next: idea gate, no day yet, 0 of 2 questions answered",
        "for the whole of sales",
    ]
    assert labels(sam) == LABELS
    assert "Security: has not joined yet" in sam.text


def test_the_gates_get_days_and_questions(chairs: Chairs):
    sam, _dana = chairs
    adds(sam, tier="high", sponsor="me", partner="Da", links="https://x.test/crm")
    assert "Next: idea gate, due Mon 3 March, 0 of 3 questions answered" in sam.text
    assert "– before launch (due Tue 30 September · 0 of 4 questions answered)" in sam.text
    assert "Sponsor: Sam\nSecurity partner: Dana\nSecurity: joined at idea: 1st of 5 gates" in sam.text


def test_what_was_passed_before_it_came_here_asks_nothing(chairs: Chairs):
    sam, dana = chairs
    adds(sam, starts_on="2030-10-01", ends_on="2031-04-30", ahead="build", partner="Dana")
    assert "✓ design (passed Tue 10 December 2030)" in sam.text
    assert "Security: joined at build: 3rd of 5 gates" in sam.text
    assert on_agenda(dana, "idea gate") == []


def test_dates_that_run_backwards_are_refused_beside_the_field(chairs: Chairs):
    sam, _dana = chairs
    sam.types("initiative add")
    sam.fills(title="New CRM", starts_on="2031-09-30", ends_on="2031-03-03", detail="much of it")
    assert sam.errors == {"ends_on": "It ends before it starts. Choose a later day."}
    assert sam.form
    sam.fills(title="New CRM", starts_on="2031-09-30", ends_on="2031-09-30", detail="much of it")
    assert sam.text.startswith("I-1 New CRM")


@pytest.mark.parametrize(
    ("field", "typed"), [("title", ""), ("links", "http://x.test"), ("tier", "huge"), ("ends_on", "soon")]
)
def test_a_wrong_field_is_marked(chairs: Chairs, field: str, typed: str):
    sam, _dana = chairs
    sam.types("initiative add")
    sam.fills(**{"title": "New CRM", field: typed})
    assert list(sam.errors) == [field]


def test_another_end_moves_the_gates_that_nobody_moved(chairs: Chairs):
    sam, _dana = chairs
    adds(sam)
    sam.presses("Gates")
    sam.fills(design="2031-04-01")
    sam.presses("Edit")
    sam.fills(ends_on="2031-12-31")
    assert "– design (due Tue 1 April" in sam.text
    assert "– before launch (due Wed 31 December" in sam.text


def test_gates_out_of_order_are_refused_beside_the_field(chairs: Chairs):
    sam, _dana = chairs
    adds(sam)
    sam.presses("Gates")
    sam.fills(build="2031-03-10", design="2031-03-20")
    assert list(sam.errors) == ["build"]


def test_of_two_who_edit_the_second_is_told(chairs: Chairs):
    sam, dana = chairs
    adds(sam)
    dana.types("initiative I-1")
    sam.presses("Edit")
    dana.presses("Edit")
    dana.fills(sponsor="Robin")
    sam.fills(sponsor="Lee")
    assert sam.errors == {"sponsor": "Dana changed this meanwhile to “Robin”. Save again to keep yours."}


# Answering and passing


def test_whoever_answers_has_joined(chairs: Chairs):
    sam, dana = chairs
    adds(sam, ahead="design")
    dana.types("initiative 1")
    answers(dana, "Customers, and the board sees all.")
    assert "Next: design gate, due Mon 12 May, 1 of 3 questions answered" in dana.text
    assert "Which data does it hold, and who may see it? (Customers, and the board sees all.)" in dana.text
    assert "Security: joined at design: 2nd of 5 gates" in dana.text


def test_a_gate_that_is_answered_is_passed_without_a_word(chairs: Chairs):
    sam, _dana = chairs
    adds(sam)
    answers(sam, "It leaks.", "Names.")
    (passes,) = [button for button in buttons_of(sam.answer) if button.label == "Pass gate"]  # type: ignore[arg-type]
    assert (passes.confirm, passes.style) == (None, "primary")
    sam.presses("Pass gate")
    assert "✓ idea (passed Mon 3 March)" in sam.text
    assert on_agenda(sam, "I-1") == []


def test_what_was_open_when_it_was_passed_stays_said(chairs: Chairs):
    sam, _dana = chairs
    adds(sam)
    (passes,) = [button for button in buttons_of(sam.answer) if button.label == "Pass gate"]  # type: ignore[arg-type]
    assert passes.confirm == "2 of 2 questions open at the idea gate. This stays said."
    sam.presses("Pass gate")
    answers(sam, "It leaks.", "Names.", label="Answer idea")
    assert "✓ idea (passed Mon 3 March · 2 of 2 questions open when it was passed · answered since)" in sam.text


def test_a_worn_button_passes_no_other_gate(chairs: Chairs):
    sam, dana = chairs
    adds(sam)
    dana.types("initiative 1")
    sam.presses("Pass gate")
    assert dana.presses("Pass gate").startswith("The idea gate is passed already.")
    assert "Next: design gate" in sam.types("initiative 1")


def test_a_thumb_slipped(chairs: Chairs):
    sam, _dana = chairs
    adds(sam)
    sam.presses("Pass gate")
    sam.presses("Not passed yet")
    assert "Next: idea gate" in sam.text


def test_an_answer_to_a_question_that_was_taken_out_is_not_lost(chairs: Chairs):
    sam, dana = chairs
    adds(sam)
    dana.types("initiative 1")
    dana.presses("Answer")
    assert dana.form
    names = [field.name for field in dana.form.fields]
    sam.presses("Questions")
    sam.fills(idea="Is it worth it?")
    dana.fills(**{names[0]: "It leaks."})
    assert "You answered: “It leaks.”" in dana.errors[""]


def test_what_was_answered_keeps_its_answer(chairs: Chairs):
    sam, _dana = chairs
    adds(sam)
    answers(sam, "It leaks.")
    sam.presses("Questions")
    sam.fills(idea="Is it worth it?\nWho pays?")
    assert "Next: idea gate, due Mon 3 March, 1 of 3 questions answered" in sam.text
    sam.presses("All answers")
    assert "What is the worst that could happen if it fails, leaks or is misused?\n→ It leaks." in sam.text


def test_a_touchpoint_asks_its_own_questions(chairs: Chairs):
    sam, _dana = chairs
    sam.types("initiative add Before")
    sam.types("initiative questions")
    sam.presses("Change")
    assert sam.form
    assert all(isinstance(field, Text) for field in sam.form.fields)
    sam.fills(idea="Is it worth it?")
    assert "Idea\nIs it worth it?\nDesign" in sam.text
    assert "Next: idea gate, no day yet, 0 of 1 question answered" in sam.types("initiative add After")
    assert "0 of 2 questions answered" in sam.types("initiative 1")


def test_a_tier_that_is_none_says_which_there_are(chairs: Chairs):
    assert "Write low, medium or high." in chairs[0].types("initiative questions huge")


# The agenda


def test_a_gate_that_nears_is_on_the_agenda_before_its_day(chairs: Chairs):
    sam, dana = chairs
    adds(sam, starts_on="2031-03-12")
    line = "I-1 New CRM: idea gate ("
    (found,) = on_agenda(dana, line)
    assert "2 of 2 questions open, due Wed 12 March" in found
    answers(sam, "It leaks.", "Names.")
    assert on_agenda(dana, line) == []


def test_one_that_is_far_away_is_not(chairs: Chairs):
    sam, dana = chairs
    adds(sam, starts_on="2031-03-19", ends_on="2031-12-31")
    assert on_agenda(dana, "I-1") == []


def test_one_before_the_sync_after_next_is_however_rare_the_syncs_are(engine: Engine):
    sam, dana = Room(engine=engine).set_up(rhythm="weekly:4")
    adds(sam, starts_on="2031-03-25", ends_on="2031-12-31")
    assert "due Tue 25 March" in on_agenda(dana, "I-1")[0]


def test_one_that_nobody_passed_is_said_and_only_the_first(chairs: Chairs):
    sam, dana = chairs
    adds(sam, starts_on="2031-02-01", ends_on="2031-03-01")
    found = on_agenda(dana, "I-1")
    assert [line.partition(" (")[0] for line in found] == ["I-1 New CRM: idea gate"]
    assert "was due Sat 1 February, nobody passed it" in found[0]


def test_passed_with_open_questions_is_talked_about_once(chairs: Chairs):
    sam, dana = chairs
    adds(sam)
    sam.presses("Pass gate")
    assert "passed Mon 3 March, 2 of 2 questions open" in on_agenda(dana, "I-1")[0]
    live = started(sam)
    assert "Answer" in [button.label for button in buttons_of(live.card)]
    sam.presses("Discussed", on=live)
    live = next(one for one in sam.room.settle() if one.owed.kind == "sync")
    sam.presses("Close", on=live)
    sam.room.settle()
    assert on_agenda(dana, "idea gate") == []
    assert "2 of 2 questions open when it was passed" in dana.types("initiative 1")


def test_a_later_gate_says_what_is_passed_with_it(chairs: Chairs):
    sam, _dana = chairs
    adds(sam, starts_on="2031-03-10", ends_on="2031-03-31")
    answers(sam, "It leaks.", "Names.")
    live = started(sam)
    (passes,) = [button for button in buttons_of(live.card) if button.label == "Pass gate"]
    assert passes.confirm == "3 of 3 questions open at the design gate. Passed with it: idea. This stays said."
    sam.presses("Pass gate", on=live)
    text = sam.types("initiative 1")
    assert "✓ idea (passed Tue 4 March)" in text
    assert "✓ design (passed Tue 4 March · 3 of 3 questions open when it was passed)" in text


def test_in_the_sync_it_is_answered_with_one_tap(chairs: Chairs):
    sam, dana = chairs
    adds(sam, starts_on="2031-03-12")
    live = started(sam)
    dana.presses("Answer", on=live)
    assert dana.form
    dana.fills(place=HOME, **dict.fromkeys([field.name for field in dana.form.fields], "Yes."))
    live = next(one for one in sam.room.settle() if one.owed.kind == "sync")
    assert live.card.blocks[0].text == "Everything is settled."  # type: ignore[union-attr]


def started(chair: Chair) -> Posted:
    room = chair.room
    posted = room.until(datetime.fromisoformat("2031-03-04T08:31:00+00:00"))
    chair.presses("Start", on=next(one for one in posted if one.owed.kind == "start"))
    return next(one for one in room.settle() if one.owed.kind == "sync")


# Ends


def test_it_is_done_stopped_and_goes_on(chairs: Chairs):
    sam, dana = chairs
    adds(sam, starts_on="2031-02-01", ends_on="2031-03-01")
    sam.presses("Done")
    assert "Done on Mon 3 March" in sam.text
    assert labels(sam) == ["Go on", "Share here"]
    assert on_agenda(dana, "I-1") == []
    sam.types("initiative 1")
    sam.presses("Go on")
    sam.presses("Stop")
    sam.fills(because=" ")
    assert sam.errors == {"because": "Say in a line why it is given up."}
    sam.fills(because="Too expensive.")
    assert "Stopped on Mon 3 March: Too expensive." in sam.text
    assert "“Go on” on its card makes it active again" in sam.presses("Pass gate", on=card_before(dana))


def card_before(chair: Chair):  # type: ignore[no-untyped-def]
    """As somebody still has it on their screen."""
    chair.types("initiative add Another")
    card = chair.answer
    chair.presses("Stop")
    chair.fills(because="no")
    return card


# Lists


def test_the_list_says_how_early_security_joined(chairs: Chairs):
    sam, _dana = chairs
    adds(sam, "Late", ahead="launch", partner="Dana")
    adds(sam, "Early", partner="Dana", ends_on="2031-06-30")
    sam.types("initiative add Never")
    sam.types("initiative list")
    lines = sam.text.splitlines()
    assert lines[:2] == ["Active initiatives (3)", "Security joined 1 of 3 at idea or design."]
    assert [line.split()[1] for line in lines[2:5]] == ["Early", "Late", "Never"]


def test_states_and_words_narrow_it(chairs: Chairs):
    sam, _dana = chairs
    adds(sam, "New CRM")
    adds(sam, "Data lake")
    sam.presses("Done")
    assert sam.types("initiative list done").splitlines()[0] == "Done initiatives (1)"
    assert sam.types("initiative list all crm").splitlines()[0] == "All initiatives with “crm” (1)"
    assert sam.types("initiative list stopped").startswith("There are no stopped initiatives.")


def test_it_is_shared_and_follows(chairs: Chairs):
    sam, dana = chairs
    adds(sam)
    sam.presses("Share here")
    sam.room.settle()
    sam.types("initiative 1")
    sam.presses("Pass gate")
    sam.room.settle()
    shared = next(one for one in sam.room.in_(HOME) if one.owed.kind == "shared_initiative")
    assert "✓ idea" in str(shared)
    dana.types("initiative list")
    dana.presses("Share here")
    assert "Shared by Dana." in str(sam.room.settle()[-1])


def test_it_is_found_by_its_words_and_people(chairs: Chairs):
    sam, _dana = chairs
    adds(sam, sponsor="Robin Hood")
    for words in ("crm", "I-1", "by:robin", "in:initiatives crm", "state:active crm", "theme:strategy"):
        sam.types(f"find {words}")
        assert "I-1 New CRM (IT project · active" in sam.text, words
    sam.presses("Show")
    assert sam.text.startswith("I-1 New CRM\nNext:")


def test_what_there_is_not_says_where_to_look(chairs: Chairs):
    sam, _dana = chairs
    assert "There is no I-7 that you can see here." in sam.types("initiative I-7")
    assert "“seven” is not the id of an initiative." in sam.types("initiative show seven")
    assert sam.types("initiative list").startswith("No initiative is active.")


# What is around it


def test_a_decision_is_about_it(chairs: Chairs):
    sam, _dana = chairs
    adds(sam)
    sam.types("risk add Nobody owns the DNS")
    sam.types("decision add The CRM is hosted by us")
    sam.presses("More details")
    sam.fills(concerns="i1, R-1, I-9")
    assert sam.errors == {"concerns": "There is no I-9 in this touchpoint. “initiative list” shows what there is."}
    sam.fills(concerns="i1, R-1")
    assert "Risks and initiatives concerned\nI-1 New CRM\nR-1 Nobody owns the DNS" in sam.text
    assert "Decisions\nD-1 The CRM is hosted by us (proposed)" in sam.types("initiative 1")
    sam.types("decision show 1")
    sam.presses("More details")
    sam.fills(concerns="R-1")
    assert "Decisions" not in sam.types("initiative 1")
    with record(sam.room) as kept:
        assert [one.ref for one in decisions.about_risk(kept, 1)] == ["D-1"]


def test_a_risk_comes_from_it(chairs: Chairs):
    sam, _dana = chairs
    adds(sam)
    sam.presses("Raise risk")
    sam.fills(title="The CRM leaks")
    assert "Source: I-1 New CRM" in sam.text


def test_when_security_joined_is_counted_for_whoever_asks(chairs: Chairs):
    sam, _dana = chairs
    adds(sam, partner="Dana")
    adds(sam, ahead="launch", partner="Dana")
    now, day = sam.room.now, timedelta(days=1)
    with record(sam.room) as kept:
        assert initiatives.joined(kept, 1, now - day, now) == {"idea": 1, "launch": 1}
        assert initiatives.joined(kept, 1, now + day, now + 2 * day) == {}


def test_nothing_that_was_typed_stands_in_the_audit_log(chairs: Chairs):
    sam, _dana = chairs
    adds(sam, "Heron", partner="Heron")
    answers(sam, "Heron")
    sam.presses("Pass gate")
    with record(sam.room) as kept:
        told = [one for one in audit.events(kept) if one.event.startswith(("initiative.", "gate."))]
    assert [one.event for one in told] == ["initiative.added", "gate.answered", "gate.passed"]
    assert not [one for one in told if "eron" in one.facts]


def test_a_member_adds_and_answers_and_passes_nothing(chairs: Chairs):
    sam, _dana = chairs
    mia = sam.room.chair("Mia")
    sam.types("access")
    sam.presses("Let somebody in")
    sam.fills(people=(mia.profile,), person=mia.account, role="member")
    mia.types("initiative add New CRM")
    assert labels(mia) == ["Answer", "Share here"]
    answers(mia, "It leaks.")
    mia.tries("gate.pass", "1|idea", HOME)
    assert "a member may not" in mia.text


def test_a_form_offers_every_gate(chairs: Chairs):
    sam, _dana = chairs
    sam.types("initiative add")
    assert sam.form
    (ahead,) = [field for field in sam.form.fields if field.name == "ahead"]
    assert isinstance(ahead, Choice)
    assert [option.label for option in ahead.options] == ["Idea", "Design", "Build", "Before launch", "After launch"]
