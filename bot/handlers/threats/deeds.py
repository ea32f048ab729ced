"""What is done about a threat: a risk, a promise, a point for the agenda, or “Not us” with the reason."""

from collections.abc import Mapping

from agenda.brief import in_plain
from agenda.conversations import Conversation
from agenda.roles import Right
from agenda.themes import Theme
from bot import threats as rules
from bot.cards import ItemList, card
from bot.forms import Form, Text
from bot.handlers.agenda import items
from bot.handlers.promises import promises
from bot.handlers.risks import risks
from bot.handlers.threats.cards import line, reader_of
from bot.reasons import BECAUSE, reason_form, reason_in
from bot.replies import Answer, CloseForm
from bot.turns import FormKind, Noun, Press, Replies, Submission, Turn
from storage.touchpoints import Touchpoint
from storage.watching import Met

WHY_LIMIT = 300


def discuss(turn: Turn, value: str) -> Replies:
    """A line on the next agenda."""
    one, touchpoint = rules.named(turn, value)
    sync = items.open_sync(turn, touchpoint)
    about = line(reader_of(turn.record, touchpoint), one, buttons=False)
    text = f"{in_plain(one.threat)}\n{about.detail}\n{one.threat.detail}"
    item = items.raise_item(turn, sync, text, theme=Theme.THREATS, link=one.threat.link or None)
    return items.noted(turn, touchpoint, sync, item)


def aside_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why does it not concern us?"""
    one, _touchpoint = rules.named(turn, context.get("threat", ""))
    about = f"{in_plain(one.threat)}. It is not told again; “threats aside” shows it with your reason."
    why = Text(name=BECAUSE, label="Why not?", placeholder="Switched off in May", limit=WHY_LIMIT)
    return reason_form("threat_aside", "Not us", about, context, submit="Set aside", field=why)


def aside_submitted(turn: Turn, submission: Submission) -> Replies:
    """T4."""
    one, touchpoint = rules.named(turn, submission.context.get("threat", ""))
    because = reason_in(submission, limit=WHY_LIMIT, mend="Say in a line why it does not concern us.")
    for match in one.matches:
        match.set_aside_at, match.because, match.set_aside_by_id = turn.now, because, turn.asker.person_id
    rules.changed(turn.record, one, "threat.set_aside")
    return [CloseForm(), *shown(turn, one, touchpoint, "Set aside")]


def back(turn: Turn, value: str) -> Replies:
    """It concerns us after all."""
    one, touchpoint = rules.named(turn, value)
    for match in one.matches:
        match.set_aside_at, match.because, match.set_aside_by_id = None, "", None
    rules.changed(turn.record, one, "threat.taken_back")
    return shown(turn, one, touchpoint, "This concerns us after all")


def shown(turn: Turn, one: Met, touchpoint: Touchpoint, title: str) -> Replies:
    """The line as it is now."""
    return [Answer(card=card(title, ItemList((line(reader_of(turn.record, touchpoint), one),))))]


ASIDE = FormKind(build=aside_form, submit=aside_submitted)

NOUN = Noun(
    name="threat deeds",
    summary="What is done about a threat, on its own line.",
    conversation=Conversation.THREATS,
    buttons={
        "threat.risk": risks.FORM.opened_by("threat"),
        "threat.assign": promises.FORM.opened_by("threat"),
        "threat.discuss": Press(handle=discuss, writes=True, right=Right.RAISE),
        "threat.aside": ASIDE.opened_by("threat"),
        "threat.back": Press(handle=back, writes=True),
    },
    forms={"threat_aside": ASIDE},
)
