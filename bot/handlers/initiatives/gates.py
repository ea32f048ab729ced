"""Gates: their days, their questions and the answers to them, and how one is passed.

A button or form names a gate by its initiative's number and its kind: `3|design`.
"""

from collections.abc import Mapping
from datetime import date

from agenda.conversations import Conversation
from agenda.errors import BadInput, NotNow
from agenda.gate_questions import questions_in
from agenda.initiatives import GATES, MOST_QUESTIONS, QUESTION_LIMIT, GateKind, too_early
from agenda.roles import Right
from bot.editing import guarded
from bot.forms import TEXT_LIMIT, Date, Form, Text
from bot.handlers.initiatives.cards import initiative_card, today_of
from bot.handlers.initiatives.initiatives import changed, standing, theirs_by
from bot.reading import date_in, short_text
from bot.replies import Answer, CloseForm
from bot.turns import FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, gates, rows
from storage.gates import GateNow
from storage.initiatives import Gate, GateQuestion, Initiative

SET_LIMIT = MOST_QUESTIONS * (QUESTION_LIMIT + 1)


def gate_named(
    turn: Turn, value: str, right: Right = Right.RUN, *, for_update: bool = False
) -> tuple[Initiative, GateNow]:
    """The gate of a button or a form, if the asker has that right. Raises `NotFound`, `NotAllowed`, `BadInput`."""
    number, _bar, kind = value.partition("|")
    initiative = theirs_by(turn, number, for_update=for_update)
    turn.require(initiative.touchpoint_id, right)
    found = [one for one in gates.of_initiative(turn.record, initiative.key) if one.kind == kind]
    if not found:
        raise BadInput("That button belongs to an older card.", "“initiative list” shows what there is.")
    return initiative, found[0]


def gate_row(turn: Turn, context: Mapping[str, str]) -> Gate:
    """The row that a form about one gate changes."""
    return gate_named(turn, context.get("gate", ""), Right.RAISE)[1].gate


# ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def answer_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Each question of the gate, with what was answered so far."""
    initiative, one = gate_named(turn, context.get("gate", ""), Right.RAISE)
    if not one.asked:
        raise NotNow(f"The {one.kind.label} gate asks nothing.", "“Questions” on the card changes that.")
    return Form(
        form_id="gate_answer",
        title="Answer",
        intro=f"{initiative.ref} {initiative.title}: {one.kind.label} gate. A line is enough; leave open what is open.",
        fields=tuple(
            Text(
                name=f"q{question.key}",
                label=question.question,
                value=question.answer[:TEXT_LIMIT],
                multiline=True,
                limit=TEXT_LIMIT,
                required=False,
            )
            for question in one.questions
        ),
        context=context,
    )


def answered(turn: Turn, submission: Submission) -> Replies:
    """Kept; whoever answers has joined (G4). Raises `BadInput` where a question was taken out meanwhile."""
    initiative, one = gate_named(turn, submission.context.get("gate", ""), Right.RAISE, for_update=True)
    require_there(one, submission)
    said = 0
    for question in one.questions:
        typed = short_text(submission, f"q{question.key}", TEXT_LIMIT)
        if typed != question.answer[:TEXT_LIMIT]:
            give(turn, question, typed)
            said += bool(typed)
    if said:
        ahead = gates.next_of(gates.of_initiative(turn.record, initiative.key))
        initiative.join(ahead.kind if ahead else None, turn.now)
    facts = {"initiative": initiative.number, "gate": one.kind.value, "unanswered": one.unanswered}
    audit.append(turn.record, "gate.answered", **facts)
    changed(turn, initiative)
    return [CloseForm(), Answer(card=initiative_card(turn, initiative))]


def require_there(one: GateNow, submission: Submission) -> None:
    """Raises `BadInput` with each answer to a question that is asked no more, so that it can be copied."""
    there = {f"q{question.key}" for question in one.questions}
    lost = [name for name in submission.values if name not in there and submission.text(name)]
    if lost:
        typed = " / ".join(f"“{submission.text(name)}”" for name in lost)
        raise BadInput(f"A question was taken out while you wrote. You answered: {typed}.", "Add it to another answer.")


def give(turn: Turn, question: GateQuestion, typed: str) -> None:
    """The answer, and who gave it; an emptied one is none."""
    question.answer = typed
    question.answered_at = turn.now if typed else None
    question.answered_by_id = turn.asker.person_id if typed else None


# ── passing ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def passes(turn: Turn, value: str) -> Replies:
    """G2: passed, and those before it with it. Raises `NotNow` for one that was."""
    initiative, one = gate_named(turn, value, for_update=True)
    initiative.require_active()
    if one.gate.passed_on:
        raise NotNow(f"The {one.kind.label} gate is passed already.", f"“initiative show {initiative.ref}” shows it.")
    passed = gates.pass_until(gates.of_initiative(turn.record, initiative.key), one.kind, today_of(turn))
    for each in passed:
        facts = {"initiative": initiative.number, "gate": each.kind.value, "unanswered": each.unanswered}
        audit.append(turn.record, "gate.passed", **facts)
    return shown_again(turn, initiative)


def undo(turn: Turn, value: str) -> Replies:
    """A thumb slipped: it is ahead again. Raises `NotNow` where another was passed behind it."""
    initiative, one = gate_named(turn, value, for_update=True)
    initiative.require_active()
    behind = [each for each in gates.of_initiative(turn.record, initiative.key) if each.kind.place > one.kind.place]
    if one.gate.passed_on is None or one.gate.unanswered is None or any(each.gate.passed_on for each in behind):
        raise NotNow("Only the gate that was passed last can be ahead again.", "Ask for the card again.")
    one.gate.passed_on, one.gate.unanswered = None, None
    audit.append(turn.record, "gate.not_passed", initiative=initiative.number, gate=one.kind.value)
    return shown_again(turn, initiative)


def shown_again(turn: Turn, initiative: Initiative) -> Replies:
    """The card in its own place; a card of the outbox is redrawn by itself."""
    changed(turn, initiative)
    return [Answer(card=initiative_card(turn, initiative), replaces=not turn.on_delivery())]


# ── days and questions ────────────────────────────────────────────────────────────────────────────────────────────────────


def days_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Five days, each of which may be open."""
    initiative = standing(turn, context)
    return Form(
        form_id="gate_days",
        title="Gates",
        intro=f"{initiative.ref} {initiative.title}: by when is each gate to be passed?",
        fields=tuple(
            Date(
                name=one.kind.value, label=one.kind.label.capitalize(), value=str(one.gate.due_on or ""), required=False
            )
            for one in gates.of_initiative(turn.record, initiative.key)
        ),
        context=context,
    )


def days_kept(turn: Turn, submission: Submission) -> Replies:
    """G5. Raises `BadInput` beside the first that comes too early."""
    initiative = standing(turn, submission.context, for_update=True)
    days: dict[GateKind, date | None] = {kind: date_in(submission, kind.value) for kind in GATES}
    if early := too_early(days):
        why = "It comes before a gate in front of it. Choose a later day."
        raise BadInput("The gates are out of order.", fields={early.value: why})
    for one in gates.of_initiative(turn.record, initiative.key):
        one.gate.due_on = days[one.kind]
    audit.append(turn.record, "gate.moved", initiative=initiative.number)
    changed(turn, initiative)
    return [CloseForm(), Answer(card=initiative_card(turn, initiative))]


def questions_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """What this one gate asks, a line each."""
    initiative, one = gate_named(turn, context.get("gate", ""))
    return Form(
        form_id="gate_questions",
        title="Questions",
        intro=f"{initiative.ref} {initiative.title}: {one.kind.label} gate. What was answered keeps its answer.",
        fields=(questions_field(one.kind, [question.question for question in one.questions]),),
        context=context,
    )


def questions_field(kind: GateKind, lines: list[str]) -> Text:
    """A line each."""
    return Text(
        name=kind.value,
        label=f"{kind.label.capitalize()}, a question a line",
        value="\n".join(lines),
        multiline=True,
        limit=SET_LIMIT,
        required=False,
    )


def lines_in(submission: Submission, kind: GateKind) -> list[str]:
    """Raises `BadInput` beside the field."""
    try:
        return questions_in(short_text(submission, kind.value, SET_LIMIT))
    except BadInput as wrong:
        raise BadInput(wrong.what, wrong.mend, wrong.fields or {kind.value: str(wrong)}) from wrong


def questions_kept(turn: Turn, submission: Submission) -> Replies:
    """From now on these, and whatever was answered already."""
    initiative, one = gate_named(turn, submission.context.get("gate", ""), for_update=True)
    lines = lines_in(submission, one.kind)
    answered_too = [
        question.question for question in one.questions if question.answer and question.question not in lines
    ]
    if len(lines) + len(answered_too) > MOST_QUESTIONS:
        why = f"At most {MOST_QUESTIONS}, with the {len(answered_too)} that are answered and stay. Write fewer."
        raise BadInput("These are too many questions.", fields={one.kind.value: why})
    gates.keep_questions(turn.record, one, lines)
    audit.append(turn.record, "gate.asked", initiative=initiative.number, gate=one.kind.value)
    changed(turn, initiative)
    return [CloseForm(), Answer(card=initiative_card(turn, rows.get(turn.record, Initiative, initiative.key)))]


ANSWER = guarded(answer_form, answered, gate_row, right=Right.RAISE, about="gate")
DAYS = guarded(days_form, days_kept, standing, right=Right.RUN)
QUESTIONS: FormKind = guarded(questions_form, questions_kept, gate_row, right=Right.RUN, about="gate")

NOUN = Noun(
    name="gates",
    summary="Gates are answered, passed and moved on the initiative’s own card.",
    conversation=Conversation.INITIATIVES,
    buttons={
        "gate.answer": ANSWER.opened_by("gate"),
        "gate.pass": Press(handle=passes, writes=True, right=Right.RUN),
        "gate.undo": Press(handle=undo, writes=True, right=Right.RUN),
        "gate.days": DAYS.opened_by(),
        "gate.questions": QUESTIONS.opened_by("gate"),
    },
    forms={"gate_answer": ANSWER, "gate_days": DAYS, "gate_questions": QUESTIONS},
)
