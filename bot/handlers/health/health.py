"""Health: this quarter against the last, from the record alone, and one thing to talk about."""

from collections.abc import Sequence
from dataclasses import dataclass

from agenda.conversations import Conversation
from agenda.errors import BadInput
from agenda.health import (
    ABOUT,
    OF_ONE_CHAIR,
    Measure,
    Reading,
    change_in_words,
    compared,
    headline,
    in_words,
    to_talk_about,
)
from agenda.items import Outcome
from agenda.quarters import Quarter
from agenda.recurrence import local_date
from agenda.roles import Right
from agenda.themes import Theme
from bot.cards import Block, Button, Card, Chart, Item, ItemList, Note, Paragraph, Table, card
from bot.handlers.agenda.items import noted, open_sync, raise_item
from bot.handlers.health.pulses import scores_note
from bot.reading import key_in, note_card, pair_in
from bot.replies import Answer
from bot.sharing import share, share_button, shared_by
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import health, items, rows
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

SHARED = "shared_health"
THIS, LAST = "This quarter", "Last quarter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The two quarters, as far as anything is known of them, and what they are called."""

    now: Reading
    before: Reading
    quarter: Quarter

    @property
    def known(self) -> list[Measure]:
        """Whatever can be shown, in order."""
        return [one for one in Measure if one in self.now or one in self.before]


def comparison(record: Record, touchpoint: Touchpoint, *, for_the_two: bool) -> Comparison:
    """F4: what is said of one chair alone is for the two alone."""
    quarter = Quarter.of(local_date(record.now, touchpoint.zone))
    now, before = (
        {
            measure: value
            for measure, value in health.reading(record, touchpoint, one).items()
            if for_the_two or measure not in OF_ONE_CHAIR
        }
        for one in (quarter, quarter.before)
    )
    return Comparison(now=now, before=before, quarter=quarter)


def show(turn: Turn, _argument: str) -> Replies:
    """In private."""
    touchpoint = turn.touchpoint()
    for_the_two = turn.asker.may(Right.GOVERN, touchpoint.key)
    found = comparison(turn.record, touchpoint, for_the_two=for_the_two)
    pulse = scores_note(turn.record, touchpoint) if for_the_two else []
    buttons = health_buttons(turn, touchpoint, found)
    if not found.known:
        begins = Note(
            "Health is counted from your syncs, decisions, promises and risks. It begins with your next sync."
        )
        return [Answer(card=card("There is nothing to count yet", begins, *pulse, buttons=buttons))]
    return [Answer(card=card(headline(compared(found.now, found.before)), *told(found), *pulse, buttons=buttons))]


def health_buttons(turn: Turn, touchpoint: Touchpoint, found: Comparison) -> list[Button]:
    """What to do about it comes first."""
    value, measure = str(touchpoint.key), to_talk_about(found.now)
    talk = Button(action="health.raise", label="Put it on the agenda", value=f"{value}|{measure}", style="primary")
    defined = Button(action="health.definitions", label="Definitions", value=value)
    pulse = Button(action="pulse.ask", label="Ask us both how it is", value=value)
    shared = share_button(turn, "health.share", "", of=touchpoint.key) if found.known else []
    return [*([talk] if measure else []), defined, pulse, *shared]


def told(found: Comparison) -> list[Block]:
    """One thing to talk about, the picture, the figures, and what they are counted from."""
    months = f"{found.quarter.label} so far, against {found.quarter.before.label}."
    return [
        *proposed(found),
        *chart(found),
        table(found),
        Note(f"{months} Counted from the record, never from messages."),
    ]


def proposed(found: Comparison) -> list[Block]:
    """F4: never about one of them."""
    measure = to_talk_about(found.now)
    if measure is None:
        return []
    about = ABOUT[measure]
    bound = "we look for at least" if about.more_is_better else "we look for at most"
    why = f"{about.label}: {in_words(measure, found.now[measure])}; {bound} {in_words(measure, about.norm)}."
    return [Paragraph(f"To talk about: {about.question}", tone="strong"), Note(why)]


def chart(found: Comparison) -> list[Chart]:
    """Shares can be drawn beside each other, where both quarters have them."""
    shares = [one for one in found.known if ABOUT[one].unit == "%" and one in found.now and one in found.before]
    if not shares:
        return []
    return [
        Chart(
            title="In percent: more is better",
            kind="bar",
            categories=tuple(ABOUT[one].label for one in shares),
            series=((THIS, values(found.now, shares)), (LAST, values(found.before, shares))),
        )
    ]


def values(reading: Reading, measures: Sequence[Measure]) -> tuple[float, ...]:
    """Whole percents: what the table says too."""
    return tuple(float(round(reading[one])) for one in measures)


def table(found: Comparison) -> Table:
    """Every figure, and in words whether it is better."""
    return Table(
        columns=("Figure", "Now", "Before", "Change"),
        rows=tuple(line(one, found.now.get(one), found.before.get(one)) for one in found.known),
    )


def line(measure: Measure, now: float | None, before: float | None) -> tuple[str, ...]:
    """One figure."""
    said = (in_words(measure, now), in_words(measure, before), change_in_words(measure, now, before))
    return (ABOUT[measure].label, *said)


def definitions(turn: Turn, value: str) -> Replies:
    """How each figure is counted, in one line each."""
    touchpoint = turn.require(key_in(value))
    for_the_two = turn.asker.may(Right.GOVERN, touchpoint.key)
    told_of = [one for one in Measure if for_the_two or one not in OF_ONE_CHAIR]
    lines = ItemList(tuple(Item(title=ABOUT[one].label, detail=ABOUT[one].counted) for one in told_of))
    left_out = Note("A figure about which nothing is known in a quarter is left out.")
    return [Answer(card=card("How each figure is counted", lines, left_out))]


def put_on_agenda(turn: Turn, value: str) -> Replies:
    """As a question, under communication and trust."""
    key, typed = pair_in(value)
    touchpoint = turn.require(key)
    measure = next((one for one in Measure if one == typed and ABOUT[one].question), None)
    if measure is None:
        raise BadInput("That button belongs to an older card.", "“health” shows it anew.")
    question, sync = ABOUT[measure].question, open_sync(turn, touchpoint)
    if any(one.title == question and one.outcome is Outcome.OPEN for one in items.of_sync(turn.record, sync.key)):
        return [Answer(card=note_card("It is on the agenda already", question))]
    found = comparison(turn.record, touchpoint, for_the_two=False)
    now, before = (in_words(measure, reading.get(measure)) for reading in (found.now, found.before))
    detail = f"{ABOUT[measure].label}: {now} this quarter, {before} last quarter."
    item = raise_item(turn, sync, f"{question}\n{detail}", theme=Theme.COMMUNICATION)
    return noted(turn, touchpoint, sync, item)


def share_it(turn: Turn, value: str) -> Replies:
    """Where both meet, without what is said of one of them."""
    key, _rest = pair_in(value)
    return share(turn, key, kind=SHARED, subject_id=key)


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """Shared by somebody, as it is now."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    found = comparison(record, touchpoint, for_the_two=False)
    return card(headline(compared(found.now, found.before)), *told(found), shared_by(record, owed))


NOUN = Noun(
    name="health",
    summary=Conversation.HEALTH.summary,
    conversation=Conversation.HEALTH,
    commands=(
        Command(words=("health",), summary="How you two work together: this quarter against the last", handle=show),
    ),
    buttons={
        "health.definitions": Press(handle=definitions),
        "health.raise": Press(handle=put_on_agenda, writes=True),
        "health.share": Press(handle=share_it, writes=True),
    },
    cards={SHARED: draw_shared},
)
