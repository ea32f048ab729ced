"""Threats: the brief, what presses, the whole list, and what was set aside."""

from agenda.brief import changes, in_plain
from agenda.conversations import Conversation
from agenda.errors import NotFound
from agenda.nudges import NudgeKind
from agenda.recurrence import local_date
from agenda.roles import Right
from bot import threats as rules
from bot.cards import Card, ItemList, Note, Paragraph, card
from bot.handlers.threats.cards import brief_card, line, reader_of
from bot.reading import PAGE, still_there, turned, turning
from bot.replies import Answer
from bot.turns import Asked, Command, Noun, Replies, Turn
from storage import rows, threats, watching
from storage.deliveries import Owed
from storage.nudges import Nudge
from storage.syncs import Sync
from storage.threats import Feed, ThreatMatch
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record
from storage.watching import Met

ASIDE = "aside"


def show(turn: Turn, _argument: str) -> Replies:
    """As the brief of the next sync says it."""
    return [Answer(card=present_card(turn.record, turn.touchpoint()))]


def present_card(record: Record, touchpoint: Touchpoint) -> Card:
    """What is new since the last brief."""
    found = watching.met(record, touchpoint.key)
    return brief_card(record, touchpoint, rules.fresh(record, touchpoint, found), found)


def draw_brief(record: Record, owed: Owed) -> Card | None:
    """Posted with the agenda, about the sync that it comes before; once that began, what was told then.

    Where nothing is watched or was ever read, nothing is posted: a channel need not hear that before every sync.
    """
    sync = rows.get(record, Sync, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    if owed.message is None and (threats.is_empty(record) or not watching.products(record, [touchpoint.key])):
        return None
    found = watching.met(record, touchpoint.key)
    told = rules.in_order([(one, []) for one in found if one.first.told_at == sync.starts_at])
    if not told:
        told = rules.fresh(record, touchpoint, [one for one in found if one.first.matched_at <= sync.starts_at])
    return brief_card(record, touchpoint, told, found)


def listing(turn: Turn, typed: str = "", page: int = 0) -> Replies:
    """All that concerns us, what was added last first; or what was set aside."""
    touchpoint = turn.touchpoint()
    aside = typed.strip().lower() == ASIDE
    found = [one for one in watching.met(turn.record, touchpoint.key) if bool(one.first.set_aside_at) is aside]
    if not found:
        raise nothing(aside)
    found.sort(key=lambda one: (one.threat.added_on, one.threat.key), reverse=True)
    page = still_there(page, len(found))
    reader = reader_of(turn.record, touchpoint)
    lines = tuple(line(reader, one) for one in found[page * PAGE : (page + 1) * PAGE])
    pages = turning(page, (len(found) - 1) // PAGE, action="threats.all", value=ASIDE if aside else "")
    title = f"Set aside ({len(found):,})" if aside else f"All that concerns what we run ({len(found):,})"
    return [Answer(card=card(title, ItemList(lines), buttons=pages))]


def aside(turn: Turn, _argument: str) -> Replies:
    """What is said not to concern us, and why."""
    return listing(turn, ASIDE)


def everything(turn: Turn, _argument: str) -> Replies:
    """Old and new."""
    return listing(turn)


def nothing(aside: bool) -> NotFound:
    """Why the list is empty."""
    if aside:
        return NotFound("Nothing was set aside.", "“Not us” on a line of “threats” does it, with the reason.")
    return NotFound("Nothing that is known concerns what we run.", "“watch” shows which products those are.")


def ask_threat(record: Record, nudge: Nudge) -> Asked | None:
    """What presses, asked of a principal before the brief."""
    match = rows.find(record, ThreatMatch, nudge.subject_id)
    one = watching.of_match(record, match) if match else None
    if match is None or one is None:
        return None
    touchpoint = rows.get(record, Touchpoint, match.touchpoint_id)
    said = line(reader_of(record, touchpoint), one, changed(record, touchpoint, one))
    plain = tuple(button for button in said.buttons if not button.rare)
    return Asked(
        title=in_plain(one.threat),
        detail=said.detail,
        buttons=said.buttons,
        listed=plain,
        open=touchpoint.talks_about(Conversation.THREATS) and not rules.handled(one),
    )


def changed(record: Record, touchpoint: Touchpoint, one: Met) -> list[str]:
    """What is new about it."""
    today = local_date(record.now, touchpoint.zone)
    return changes(one.first, one.threat, today, rules.threshold_of(touchpoint))


def draw_silent(record: Record, owed: Owed) -> Card | None:
    """A source does not say anything any more: said to whoever runs the bot, once."""
    feed = rows.find(record, Feed, owed.subject_id)
    if feed is None or feed.failing_since is None:
        return card("This source is read again") if owed.message else None
    return card(
        f"I cannot read {host_of(feed.address)}",
        Paragraph("Threats from there may be missing until it works again. I go on trying, and what was read stands."),
        Note(feed.because),
    )


def host_of(address: str) -> str:
    """An address may carry a key: only its host is shown."""
    return address.split("://", 1)[-1].split("/", 1)[0].rpartition("@")[2]


NOUN = Noun(
    name="threat",
    summary=Conversation.THREATS.summary,
    conversation=Conversation.THREATS,
    commands=(
        Command(words=("threats",), summary="What is new and concerns what we run", handle=show, right=Right.READ),
        Command(
            words=("threats", "all"), summary="All that concerns it, old and new", handle=everything, right=Right.READ
        ),
        Command(words=("threats", "aside"), summary="What was set aside, and why", handle=aside, right=Right.READ),
    ),
    buttons={"threats.all": turned(listing)},
    cards={rules.BRIEF: draw_brief, rules.SILENT: draw_silent},
    asks={NudgeKind.THREAT: ask_threat},
)
