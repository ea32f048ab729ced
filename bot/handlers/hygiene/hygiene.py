"""Hygiene: what the two did themselves, each in private; then whether their colleagues may know."""

from collections.abc import Mapping

from agenda.actions import day_text
from agenda.conversations import Conversation
from agenda.errors import BadInput, NotFound
from agenda.nudges import NudgeKind
from agenda.recurrence import local_date
from agenda.roles import Right
from agenda.touchpoints import Seat
from bot import hygiene, readers
from bot.cards import Block, Button, Card, Item, ItemList, Note, Paragraph, Style, card
from bot.forms import Choice, Form, Option
from bot.mutual import seat_of
from bot.reading import key_in
from bot.replies import Answer, CloseForm
from bot.turns import Asked, Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import hygiene as kept
from storage import people, rows
from storage.deliveries import Owed
from storage.hygiene import HygieneAnswer, HygieneRound
from storage.nudges import Nudge
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

YES, NO = "yes", "no"
ONLY_YOU = "Only you see what you tick."
TOGETHER = (
    "If you both say yes, you both learn what you both did, and may tell your colleagues: that, and nothing else."
)
TITLE = "What did you do yourself this quarter?"


def show(turn: Turn, _argument: str) -> Replies:
    """The asker's own, and nothing of the other one."""
    touchpoint = turn.touchpoint()
    round_ = hygiene.this_quarter(turn.record, touchpoint)
    return [Answer(card=own_card(turn.record, touchpoint, round_, seat_of(turn, touchpoint)))]


def theirs(turn: Turn, value: str) -> tuple[Touchpoint, HygieneRound]:
    """The round of a button or form. Raises `NotFound`, `NotAllowed`."""
    round_ = rows.find(turn.record, HygieneRound, key_in(value))
    if round_ is None:
        raise NotFound("That quarter is not asked about any more.", "“hygiene” asks about this one.")
    return turn.require(round_.touchpoint_id), round_


def own_card(record: Record, touchpoint: Touchpoint, round_: HygieneRound, seat: Seat) -> Card:
    """As one of the two sees the round."""
    said = hygiene.answers_of(record, touchpoint, round_).get(seat)
    if round_.told:
        return told_card(record, round_)
    if round_.closed_at:
        return card("That quarter is over", Note("What each of you said is erased."))
    common = hygiene.in_common(record, touchpoint, round_)
    if common:
        return agreed_card(record, touchpoint, round_, common)
    return answered_card(record, touchpoint, round_, said) if said else question_card(round_)


def question_card(round_: HygieneRound) -> Card:
    """What is asked."""
    habits = ItemList(tuple(Item(title=habit) for habit in round_.asked))
    return card(TITLE, habits, Note(f"{ONLY_YOU} {TOGETHER}"), buttons=[answer_button(round_, "Answer", "primary")])


def answer_button(round_: HygieneRound, label: str, style: Style = "default") -> Button:
    """Opens the form."""
    return Button(action="hygiene.answer", label=label, value=str(round_.key), style=style, opens_form=True)


def changing(round_: HygieneRound) -> list[Button]:
    """As long as nobody was told."""
    back = Button(action="hygiene.take_back", label="Take it back", value=str(round_.key), rare=True)
    return [answer_button(round_, "Change"), back]


def answered_card(record: Record, touchpoint: Touchpoint, round_: HygieneRound, said: HygieneAnswer) -> Card:
    """Their own words back; whether the other one said anything is not said."""
    other = people.called(record, touchpoint.principal(said.seat.other))
    waits = f"Should {other} say yes too, I tell you both. Until then nobody learns anything."
    return card(
        "Thank you. Only you see this",
        *ticked(round_, said),
        Note(waits if said.consents else "It stays with you: nobody is told anything."),
        buttons=changing(round_),
    )


def ticked(round_: HygieneRound, said: HygieneAnswer) -> list[Block]:
    """What they did."""
    done = [habit for place, habit in enumerate(round_.asked) if place in said.places]
    return [did(done, "You said")] if done else [Paragraph("You ticked nothing, and that is fine.")]


def did(habits: list[str], heading: str = "") -> ItemList:
    """A tick before each."""
    return ItemList(tuple(Item(title=f"✓ {habit}") for habit in habits), heading)


def agreed_card(record: Record, touchpoint: Touchpoint, round_: HygieneRound, common: list[str]) -> Card:
    """Both said yes: how they tell their colleagues, until when, and that either may still take it back."""
    today = local_date(record.now, touchpoint.zone)
    last = day_text(local_date(hygiene.ends_at(round_, touchpoint), touchpoint.zone), today)
    return card(
        "You may now tell your colleagues",
        did(common, f"You both did {len(common)} of {len(round_.asked)}"),
        Paragraph("Say “hygiene post” in the channel where they read. You see the message before it is posted."),
        Note(f"Before {last}. Until it is posted, either of you may take it back."),
        buttons=changing(round_),
    )


def told_card(record: Record, round_: HygieneRound) -> Card:
    """Where it stands, and how many did it too."""
    posts = [post for post in kept.posts(record, round_.key) if post.posted_at]
    joined = sum(post.joined for post in posts)
    lines = tuple(
        Item(title=post.place or "A conversation", detail=f"{post.joined} did too" if post.joined else "")
        for post in posts
    )
    return card(
        f"You told your colleagues{f', and {joined} did too' if joined else ''}",
        did(round_.told.splitlines(), "You both did"),
        ItemList(lines, "It stands in"),
        Note("I count, and keep no names. What each of you said beyond that is erased."),
    )


def answer_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """A tick a habit, and whether their colleagues may know. Nobody says yes by leaving it as it is."""
    touchpoint, round_ = theirs(turn, context.get("round", ""))
    hygiene.require_open(round_)
    said = hygiene.answers_of(turn.record, touchpoint, round_).get(seat_of(turn, touchpoint))
    consents = "" if said is None else YES if said.consents else NO
    return Form(
        form_id="hygiene",
        title="Cyber hygiene",
        intro=ONLY_YOU,
        fields=(
            Choice(
                name="done",
                label=TITLE,
                options=tuple(Option(str(place), habit) for place, habit in enumerate(round_.asked)),
                value=tuple(str(place) for place in sorted(said.places)) if said else (),
                several=True,
                required=False,
            ),
            Choice(
                name="together",
                label="Tell our colleagues together?",
                options=(Option(YES, "Yes, what we both did"), Option(NO, "Not this time")),
                value=consents,
                hint=TOGETHER,
            ),
        ),
        submit="That is me",
        context=context,
    )


def answered(turn: Turn, submission: Submission) -> Replies:
    """It is kept for the asker alone, or both are told that both said yes."""
    touchpoint, round_ = theirs(turn, submission.context.get("round", ""))
    done, together = submission.several("done"), submission.text("together")
    wrong = {}
    if not set(done) <= {str(place) for place in range(len(round_.asked))}:
        wrong["done"] = "Choose from the list."
    if together not in {YES, NO}:
        wrong["together"] = "Choose yes or no."
    if wrong:
        raise BadInput("Please look at what is marked.", fields=wrong)
    seat = seat_of(turn, touchpoint)
    hygiene.answer(turn.record, touchpoint, round_, seat, set(map(int, done)), consents=together == YES)
    return [CloseForm(), Answer(card=own_card(turn.record, touchpoint, round_, seat))]


def take_back(turn: Turn, value: str) -> Replies:
    """As if they had said nothing."""
    touchpoint, round_ = theirs(turn, value)
    hygiene.take_back(turn.record, touchpoint, round_, seat_of(turn, touchpoint))
    gone = card("Taken back. I have forgotten what you said", buttons=[answer_button(round_, "Answer")])
    return [] if turn.on_delivery() else [Answer(card=gone, replaces=True)]


def draw_agreed(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of the one who said yes first."""
    round_ = rows.get(record, HygieneRound, owed.subject_id)
    touchpoint, seat = rows.get(record, Touchpoint, round_.touchpoint_id), Seat(owed.detail)
    if touchpoint.principal(seat) != owed.person_id:
        return readers.closed() if owed.message else None
    if round_.told or round_.closed_at or hygiene.in_common(record, touchpoint, round_):
        return own_card(record, touchpoint, round_, seat)
    back = card("Nothing is told at the moment", Note("One of you two took it back. “hygiene” shows your own."))
    return back if owed.message else None


def ask(record: Record, nudge: Nudge) -> Asked | None:
    """Once a quarter."""
    round_ = rows.get(record, HygieneRound, nudge.subject_id)
    touchpoint = rows.get(record, Touchpoint, round_.touchpoint_id)
    seat = touchpoint.seat_of(nudge.person_id)
    if seat is None or round_.closed_at or not touchpoint.talks_about(Conversation.HYGIENE):
        return Asked(title="Your own cyber hygiene is not asked about here any more", open=False)
    if round_.told or seat in hygiene.answers_of(record, touchpoint, round_):
        return Asked(title="You answered. Thank you.", detail="“hygiene” shows it to you alone.", open=False)
    return Asked(
        title=TITLE,
        detail=f"A tick for each of {len(round_.asked)} habits. {ONLY_YOU}",
        buttons=(answer_button(round_, "Answer", "primary"),),
    )


FORM = FormKind(build=answer_form, submit=answered, right=Right.GOVERN)

NOUN = Noun(
    name="hygiene",
    summary=Conversation.HYGIENE.summary,
    conversation=Conversation.HYGIENE,
    commands=(
        Command(
            words=("hygiene",),
            summary="Say in private what you did yourself this quarter",
            handle=show,
            writes=True,
            right=Right.GOVERN,
        ),
    ),
    buttons={
        "hygiene.answer": FORM.opened_by("round"),
        "hygiene.take_back": Press(handle=take_back, writes=True, right=Right.GOVERN),
    },
    forms={"hygiene": FORM},
    cards={hygiene.AGREED: draw_agreed},
    asks={NudgeKind.HYGIENE: ask},
)
