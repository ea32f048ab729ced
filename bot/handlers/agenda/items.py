"""Raising what should be talked about, by command or by form, and changing it. Simply answering the prompt is `answers`."""

from collections.abc import Mapping

from agenda.errors import BadInput, NotFound, NotNow
from agenda.items import TITLE_LIMIT, Outcome, title_and_detail
from agenda.recurrence import local_time
from agenda.roles import Right
from agenda.syncs import Act
from agenda.themes import Theme, theme_and_text
from bot import planning
from bot.cards import Button, Item, ItemList, Note, Paragraph, card
from bot.editing import guarded
from bot.forms import Form, Text
from bot.placing import placed
from bot.reading import key_in, link_in, one_of, short_text, theme_choice
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, items, rows, syncs
from storage.items import AgendaItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

DETAIL_LIMIT = 3000  # What a dialog can show.


def add(turn: Turn, text: str) -> Replies:
    """`agenda add threats: the VPN`."""
    touchpoint = turn.touchpoint()
    sync = open_sync(turn, touchpoint)
    return noted(turn, touchpoint, sync, raise_item(turn, sync, text))


def open_sync(turn: Turn, touchpoint: Touchpoint) -> Sync:
    """The sync that a new item goes to. Raises `NotFound` where none is planned."""
    sync = syncs.current(turn.record, touchpoint.key)
    if sync is None:
        raise none_planned(touchpoint)
    return sync


def none_planned(touchpoint: Touchpoint) -> NotFound:
    """A pause, or a rule that has ended: what to do about it."""
    if touchpoint.paused_at:
        return NotFound("No sync is planned: this touchpoint is paused.", "End the pause with “resume”.")
    return NotFound("No sync is planned.", "“sync extra” adds one, and “cadence” says how often you meet.")


def raise_item(
    turn: Turn,
    sync: Sync,
    text: str,
    *,
    theme: Theme | None = None,
    message: str | None = None,
    link: str | None = None,
) -> AgendaItem:
    """One more line of the agenda. Raises `BadInput` for no text, `NotNow` for a closed sync."""
    sync.require(Act.RAISE, turn.now)
    named, rest = theme_and_text(text)
    title, detail = title_and_detail(rest if theme is None else text)
    item = AgendaItem(
        organization_id=turn.record.organization_id,
        sync_id=sync.key,
        raised_by_id=turn.asker.person_id,
        title=title,
        detail=detail,
        theme=theme or named,
        raised_at=turn.now,
        source_message=message,
        source_link=link,
    )
    items.add(turn.record, item)
    audit.append(turn.record, "item.raised", item=item.key, sync=sync.key)
    changed(turn.record, sync)
    return item


def changed(record: Record, sync: Sync) -> None:
    """Every card that shows this sync's lines, or counts them, shows them anew."""
    planning.redraw(record, sync)


def noted(turn: Turn, touchpoint: Touchpoint, sync: Sync, item: AgendaItem) -> Replies:
    """It is on the agenda: of which sync, under which theme."""
    when = when_of(turn, touchpoint, sync)
    more = [Note(f"With {len(item.detail):,} more characters, kept whole.")] if item.detail else []
    return [
        Answer(
            card=card(
                f"Noted for {when}",
                Paragraph(item.title, tone="strong"),
                Note(f"Under {item.theme.label}."),
                *more,
                buttons=[
                    Button(action="item.edit", label="Change", value=str(item.key), opens_form=True),
                    Button(
                        action="item.remove", label="Remove", value=str(item.key), confirm="Take it off the agenda?"
                    ),
                ],
            )
        )
    ]


def when_of(turn: Turn, touchpoint: Touchpoint, sync: Sync) -> str:
    """As its reader says it."""
    return "the sync in progress" if sync.started_at else local_time(sync.starts_at, turn.asker.zone or touchpoint.zone)


def theirs(turn: Turn, value: str) -> tuple[AgendaItem, Sync]:
    """The item of a button or form, if the asker has a right to it in its touchpoint. Raises `NotFound`, `NotAllowed`."""
    item = rows.find(turn.record, AgendaItem, key_in(value))
    sync = rows.find(turn.record, Sync, item.sync_id) if item else None
    if item is None or sync is None:
        raise NotFound("That line is not on any agenda here.", "“agenda” shows what is.")
    turn.require(sync.touchpoint_id)
    return item, sync


def to_change(turn: Turn, value: str) -> tuple[AgendaItem, Sync]:
    """The same, if they raised it or may settle what others raised."""
    item, sync = theirs(turn, value)
    if item.raised_by_id != turn.asker.person_id:
        turn.require(sync.touchpoint_id, Right.RUN)
    return item, sync


def require_waiting(turn: Turn, item: AgendaItem, sync: Sync) -> None:
    """A line of a skipped sync waits like any other. Raises `NotNow` for one of a closed sync, and for a settled one."""
    if sync.closed_at:
        sync.require(Act.RAISE, turn.now)
    if not item.carried_over:
        raise NotNow(f"This point is settled already: {item.outcome.value}.", "Add another with “agenda add”.")


def remove(turn: Turn, value: str) -> Replies:
    """Taken back."""
    item, sync = to_change(turn, value)
    if item.outcome is not Outcome.DROPPED:
        require_waiting(turn, item, sync)
        item.outcome = Outcome.DROPPED
        audit.append(turn.record, "item.dropped", item=item.key)
        items.index(turn.record, item)
        changed(turn.record, sync)
    return [Answer(card=card("Removed from the agenda", Note(item.title)), replaces=True)]


def edit(turn: Turn, value: str) -> Replies:
    """The form to change a line."""
    item, sync = to_change(turn, value)
    require_waiting(turn, item, sync)
    return [OpenForm(form=FORM.build(turn, {"item": str(item.key)}))]


def item_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """What, and under which theme: a line to be changed, or a new one for the next sync."""
    old = to_change(turn, context["item"])[0] if "item" in context else None
    if old is None:
        open_sync(turn, turn.touchpoint())
    return Form(
        form_id="item",
        title="Change the point" if old else "Add to the agenda",
        fields=(
            Text(name="title", label="What should we talk about?", value=old.title if old else "", limit=TITLE_LIMIT),
            Text(
                name="detail",
                label="Details",
                value=old.detail[:DETAIL_LIMIT] if old else "",
                multiline=True,
                limit=DETAIL_LIMIT,
                required=False,
            ),
            theme_choice(old.theme if old else Theme.OPERATIONS),
        ),
        submit="Save" if old else "Add to agenda",
        context=context,
    )


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Changed as filled in, or on the agenda from now on."""
    title, detail = short_text(submission, "title", TITLE_LIMIT), short_text(submission, "detail", DETAIL_LIMIT)
    if not title:
        raise BadInput("There is no text.", fields={"title": "Say in a line what it is about."})
    if "item" in submission.context:
        return edited(turn, submission, title, detail)
    touchpoint, theme = turn.touchpoint(), one_of(submission, "theme", Theme, Theme.OPERATIONS)
    sync = open_sync(turn, touchpoint)
    link = link_in(submission.context)
    item = raise_item(turn, sync, f"{title}\n{detail}", theme=theme, link=link)
    return [CloseForm(), *noted(turn, touchpoint, sync, item)]


def edited(turn: Turn, submission: Submission, title: str, detail: str) -> Replies:
    """Changed as filled in."""
    item, sync = to_change(turn, submission.context["item"])
    require_waiting(turn, item, sync)
    kept = item.detail[DETAIL_LIMIT:]  # What lies behind the part that a dialog can show was not touched.
    item.title, item.detail = title, detail + kept
    item.theme = one_of(submission, "theme", Theme, item.theme)
    item.edited_at = turn.now
    audit.append(turn.record, "item.edited", item=item.key)
    items.index(turn.record, item)
    changed(turn.record, sync)
    return [CloseForm(), *noted(turn, turn.require(sync.touchpoint_id), sync, item)]


def sync_in(turn: Turn, context: Mapping[str, str]) -> Sync:
    """The sync of a form or button, if the asker has a chair there. Raises `NotFound`, `NotAllowed`."""
    sync = rows.find(turn.record, Sync, key_in(context.get("sync", "")))
    if sync is None:
        raise NotFound("That sync is not in the record.", "“agenda” shows the next one.")
    turn.require(sync.touchpoint_id)
    return sync


def points_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """One field a theme; each line is a point of its own."""
    sync = sync_in(turn, context)
    zone = turn.asker.zone or turn.require(sync.touchpoint_id).zone
    return Form(
        form_id="points",
        title="What should we talk about?",
        intro=f"For {local_time(sync.starts_at, zone)}. Each line becomes a point of its own; leave empty what is quiet.",
        fields=tuple(
            Text(name=theme.value, label=theme.label, multiline=True, limit=3000, required=False) for theme in Theme
        ),
        submit="Add to agenda",
        context=context,
    )


def points_raised(turn: Turn, submission: Submission) -> Replies:
    """Every line that was filled in is on the agenda."""
    sync = sync_in(turn, submission.context)
    lines = [(theme, line) for theme in Theme for line in submission.text(theme.value).splitlines() if line.strip()]
    if not lines:
        raise BadInput("Nothing is filled in.", fields={Theme.THREATS.value: "Write a point under at least one theme."})
    touchpoint = turn.require(sync.touchpoint_id)
    if not sync.allows(Act.RAISE, turn.now):
        sync = open_sync(turn, touchpoint)  # It was over before the form was sent; what was filled in is not lost.
    raised = [raise_item(turn, sync, line, theme=theme) for theme, line in lines]
    listed = ItemList(tuple(Item(title=item.title, detail=item.theme.label) for item in raised))
    when = Note(f"For {when_of(turn, touchpoint, sync)}.")
    return [CloseForm(), Answer(card=card(f"{len(raised)} on the agenda. Thank you.", listed, when))]


FORM = guarded(
    item_form, submitted, lambda turn, context: to_change(turn, context["item"])[0], right=Right.RAISE, about="item"
)
POINTS = FormKind(build=points_form, submit=points_raised, right=Right.RAISE)

NOUN = Noun(
    name="points",
    summary="What should be talked about. Reply to the prompt, or add a point at any time; it counts until the sync closes.",
    commands=(
        Command(
            words=("agenda", "add"),
            argument="<text>",
            summary="Put a point on the next agenda",
            handle=add,
            writes=True,
            right=Right.RAISE,
        ),
    ),
    buttons={
        "item.edit": Press(handle=edit, right=Right.RAISE),
        "item.remove": Press(handle=remove, writes=True, right=Right.RAISE),
        "items.points": POINTS.opened_by("sync"),
    },
    forms={"item": placed(FORM), "points": POINTS},
)
