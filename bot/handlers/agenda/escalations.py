"""Taking a line of a running sync to somebody else: its outcome, and a promise to bring it there."""

from collections.abc import Mapping
from datetime import date, timedelta

from agenda.actions import day_text, wrong_day
from agenda.errors import BadInput, NotNow
from agenda.items import Outcome, title_and_detail
from agenda.recurrence import local_date
from agenda.syncs import Act
from bot import nudging
from bot.cards import Note, card
from bot.forms import TEXT_LIMIT, Date, Form, Text
from bot.handlers.agenda.items import theirs
from bot.handlers.syncs.syncs import line_of
from bot.packets import settle
from bot.reading import date_in, short_text
from bot.replies import Answer, CloseForm
from bot.turns import FormKind, Noun, Replies, Submission, Turn
from storage import actions, audit
from storage.actions import ActionItem
from storage.items import AgendaItem
from storage.syncs import Sync

NAME_LIMIT = 80
USUALLY = timedelta(days=7)


def today_of(turn: Turn, item: AgendaItem, sync: Sync) -> date:
    """The day it is at the sync of an open line. Raises `NotNow` for a line that is settled."""
    sync.require(Act.SETTLE, turn.now)
    if item.outcome is not Outcome.OPEN:
        raise NotNow(f"This point is settled already: {item.outcome.value}.", "The card shows what is next.")
    return local_date(turn.now, turn.require(sync.touchpoint_id).zone)


def escalation_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """For a line that the two cannot settle themselves."""
    item, sync = theirs(turn, context.get("item", ""))
    today = today_of(turn, item, sync)
    return Form(
        form_id="escalate",
        title="Escalate",
        intro=item.title,
        fields=(
            Text(name="to", label="To whom", limit=NAME_LIMIT, placeholder="The executive board"),
            Date(name="due_on", label="By when you bring it there", value=(today + USUALLY).isoformat()),
            Text(name="word", label="What they are asked", multiline=True, limit=TEXT_LIMIT, required=False, value=""),
        ),
        submit="Escalate",
        context=context,
    )


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Escalated, and the promise to do so is the presser's."""
    item, sync = line_of(turn, submission.context.get("item", ""))
    today = today_of(turn, item, sync)
    to, due_on = short_text(submission, "to", NAME_LIMIT), date_in(submission, "due_on")
    wrong = {"to": "" if to else "Say who should settle it."}
    wrong["due_on"] = wrong_day(due_on, today) if due_on else "Say by when you bring it there."
    if any(wrong.values()):
        raise BadInput("Something is missing.", fields={name: text for name, text in wrong.items() if text})
    action = promised(turn, item, sync, due_on=due_on or today)
    action.title, rest = title_and_detail(f"Escalate to {to}: {item.title}")
    action.detail = "\n".join(part for part in (rest, short_text(submission, "word", TEXT_LIMIT)) if part)
    keep(turn, action)
    settle(turn.record, sync, item, Outcome.ESCALATED)
    yours = Note(f"{action.ref} is yours, by {day_text(action.due_on, today)}.")
    return [CloseForm(), Answer(card=card(f"Escalated to {to}: {item.title}", yours))]


def promised(turn: Turn, item: AgendaItem, sync: Sync, *, due_on: date) -> ActionItem:
    """Without words yet: what was escalated is lost unless somebody brings it there."""
    return ActionItem(
        organization_id=turn.record.organization_id,
        touchpoint_id=sync.touchpoint_id,
        owner_id=turn.asker.person_id,
        promised_by_id=turn.asker.person_id,
        item_id=item.key,
        sync_id=sync.key,
        title="",
        theme=item.theme,
        due_on=due_on,
        promised_at=turn.now,
        source_link=item.source_link,
    )


def keep(turn: Turn, action: ActionItem) -> None:
    """In the record, and its owner is reminded of it."""
    actions.add(turn.record, action)
    audit.append(turn.record, "promise.made", promise=action.number, item=action.item_id)
    nudging.promise_changed(turn.record, action)


ESCALATE = FormKind(build=escalation_form, submit=submitted)

NOUN = Noun(
    name="escalation",
    summary="What the two of you cannot settle, and who brings it to whom.",
    buttons={"item.escalate": ESCALATE.opened_by("item")},
    forms={"escalate": ESCALATE},
)
