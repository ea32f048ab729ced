"""What threats do by themselves: what was read comes into the record, meets what is watched, and is told before or at a sync.

    read ─► the catalog, scores, news of one organization ─► matches of each of its touchpoints that talk about threats
         ─► told in the next brief; what presses (T2) is asked of both principals before it, within their two messages a day

The brief of a sync shows what is new or changed until the sync begins. From then on it shows what it told (`told_at`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from agenda.brief import DAY_PASSED, called, changes, in_plain, passed, presses, urgency
from agenda.catalog import Catalog, Headline, Scores
from agenda.conversations import Conversation
from agenda.errors import NotFound
from agenda.items import TITLE_LIMIT
from agenda.nudges import NudgeKind
from agenda.owners import names_in, said
from agenda.recurrence import local_date
from agenda.themes import Theme
from agenda.threats import THRESHOLD
from agenda.touchpoints import Seat
from bot import nudging, telling
from bot.ownership import seated
from bot.reading import key_in
from bot.turns import Turn
from storage import audit, deliveries, people, rows, syncs, threats, touchpoints, watching
from storage.actions import ActionItem
from storage.owners import Responsibility
from storage.risks import RiskItem
from storage.syncs import Sync
from storage.threats import Feed, ThreatMatch, WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record
from storage.watching import Met

MOST_ASKED = 3  # at one planning; the rest waits for the brief
ASKED_WITHIN = timedelta(days=7)
LIKELY = 4  # of 5
LOOKS_BACK = timedelta(days=100)  # for the last sync
SAID_AFTER = timedelta(days=1)  # A source may be down for a day before anybody hears of it.
BRIEF, SILENT = "brief", "feed_silent"

Document = Catalog | Scores | tuple[Headline, ...]


def threshold_of(touchpoint: Touchpoint) -> int:
    """In percent."""
    return touchpoint.threat_threshold or THRESHOLD


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def take(record: Record, document: Document, feed_id: int) -> int:
    """What a source says, in the record and matched. Returns how much of it is new or changed."""
    if isinstance(document, Catalog):
        taken = threats.take_catalog(record, document)
        if taken:
            match_everywhere(record)
    elif isinstance(document, Scores):
        taken = threats.take_scores(record, document)
    else:
        return threats.take_news(record, feed_id, document)
    for touchpoint in touchpoints.every(record) if taken else []:
        if touchpoint.talks_about(Conversation.THREATS):
            plan(record, touchpoint)
            redraw(record, touchpoint)
    return taken


def watched(record: Record, touchpoint: Touchpoint, products: Sequence[WatchedProduct] | None = None) -> None:
    """These products are new on the list, or any of it is: what is known of them is matched at once."""
    watching.match(record, touchpoint, watching.known(record), products)
    if touchpoint.talks_about(Conversation.THREATS):
        plan(record, touchpoint)
        redraw(record, touchpoint)


def match_everywhere(record: Record) -> None:
    """Every touchpoint that talks about threats has its matches."""
    known = watching.known(record)
    for touchpoint in touchpoints.every(record):
        if touchpoint.talks_about(Conversation.THREATS):
            watching.match(record, touchpoint, known)


def read(
    record: Record, feed_id: int, document: Document | None, *, etag: str, modified: str, next_at: datetime
) -> int:
    """It answered: with a document, or that nothing changed."""
    feed = rows.find(record, Feed, feed_id)
    if feed is None:  # The operator took it out meanwhile.
        return 0
    feed.etag, feed.modified = etag or feed.etag, modified or feed.modified
    feed.read_at, feed.next_at = record.now, next_at
    feed.failures, feed.failing_since, feed.because, feed.said_at = 0, None, "", None
    return take(record, document, feed_id) if document is not None else 0


def failures(record: Record, feed_id: int) -> int:
    """How often it has failed in a row."""
    feed = rows.find(record, Feed, feed_id)
    return feed.failures if feed else 0


def failed(record: Record, feed_id: int, because: str, *, next_at: datetime, at_once: bool) -> None:
    """It did not answer, or with what it should not be (`at_once`). Admins hear of it once, until it works again."""
    feed = rows.find(record, Feed, feed_id)
    if feed is None:
        return
    feed.failures, feed.because, feed.next_at = feed.failures + 1, because, next_at
    feed.failing_since = feed.failing_since or record.now
    if feed.said_at is None and (at_once or record.now - feed.failing_since >= SAID_AFTER):
        feed.said_at = record.now
        for person_id in people.admins(record):
            once = f"{SILENT}:{feed.key}:{person_id}:{feed.failing_since.isoformat()}"
            telling.in_private(record, person_id, once=once, kind=SILENT, subject_id=feed.key)
    record.session.flush()


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def plan(record: Record, touchpoint: Touchpoint) -> None:
    """What was told at the last sync is marked as told; what presses is asked of both before the next brief."""
    found = watching.alive(record, touchpoint.key)
    close_brief(record, touchpoint, found)
    today, threshold = local_date(record.now, touchpoint.zone), threshold_of(touchpoint)
    pressing = [one for one in found if is_pressing(one, touchpoint, today)]
    before = until(record, touchpoint)
    for one in sorted(pressing, key=lambda one: urgency(one.threat), reverse=True)[:MOST_ASKED]:
        again = "ransomware" if one.threat.ransomware else f"likely{threshold}"
        for seat in Seat:
            nudging.owe(
                record,
                NudgeKind.THREAT,
                one.first.key,
                touchpoint.principal(seat),
                wanted=record.now,
                before=before,
                touchpoint_id=touchpoint.key,
                again=again,
            )


def is_pressing(one: Met, touchpoint: Touchpoint, today: date) -> bool:
    """T2, and nobody has done anything about it yet. A day that has passed waits for the brief."""
    threshold = threshold_of(touchpoint)
    if handled(one) or not presses(one.threat, threshold):
        return False
    return bool({*changes(one.first, one.threat, today, threshold)} - {DAY_PASSED})


def until(record: Record, touchpoint: Touchpoint) -> datetime:
    """When the next brief says it anyway."""
    current = syncs.current(record, touchpoint.key)
    coming = current.publishes_at if current else record.now
    return coming if coming > record.now else record.now + ASKED_WITHIN


def handled(one: Met) -> bool:
    """Somebody raised a risk or promised something about it, or set it aside."""
    return any(match.risk_id or match.action_id or match.set_aside_at for match in one.matches)


def fresh(record: Record, touchpoint: Touchpoint, found: Sequence[Met]) -> list[tuple[Met, list[str]]]:
    """What the next brief tells, with what is new about each; what presses most first, what is taken care of last."""
    today, threshold = local_date(record.now, touchpoint.zone), threshold_of(touchpoint)
    told = [(one, changes(one.first, one.threat, today, threshold)) for one in found]
    return in_order([one for one in told if one[1]])


def in_order(told: Sequence[tuple[Met, list[str]]]) -> list[tuple[Met, list[str]]]:
    """What presses most first, what is taken care of last."""
    return sorted(told, key=lambda one: (not handled(one[0]), urgency(one[0].threat)), reverse=True)


def close_brief(record: Record, touchpoint: Touchpoint, found: Sequence[Met]) -> None:
    """The sync that a brief came before has begun: what the brief told is told. It must have gone out."""
    held = last_begun(record, touchpoint)
    if held is None or not deliveries.details_standing(record, kind=BRIEF, subject_id=held.key, since=""):
        return
    unmarked = [one for one in found if one.first.told_at is None or one.first.told_at < held.starts_at]
    told = [one for one, _said in fresh(record, touchpoint, unmarked) if one.first.matched_at <= held.starts_at]
    today = local_date(record.now, touchpoint.zone)
    due = {one.threat.key: passed(one.threat, today) for one in told}
    watching.mark_told(record, told, held.starts_at, today_passed=due)


def last_begun(record: Record, touchpoint: Touchpoint) -> Sync | None:
    """The last sync whose start has come and that was not left out."""
    found = syncs.listed(record, touchpoint.key, since=record.now - LOOKS_BACK, until=record.now)
    return next((sync for sync in reversed(found) if sync.skipped_at is None), None)


def redraw(record: Record, touchpoint: Touchpoint) -> None:
    """The brief that stands before the next sync shows what is so now."""
    current = syncs.current(record, touchpoint.key)
    if current:
        deliveries.redraw(record, BRIEF, subject_id=current.key)


def changed(record: Record, one: Met, event: str, **facts: object) -> None:
    """Somebody did something about it: whatever shows it follows."""
    touchpoint = rows.get(record, Touchpoint, one.first.touchpoint_id)
    record.session.flush()
    audit.append(record, event, threat=one.threat.key, touchpoint=touchpoint.key, **facts)
    for match in one.matches:
        nudging.withdraw(record, NudgeKind.THREAT, match.key)
        nudging.redraw(record, NudgeKind.THREAT, match.key)
    redraw(record, touchpoint)


# ── what comes out of one ─────────────────────────────────────────────────────────────────────────────────────────────────


def named(turn: Turn, value: str) -> tuple[Met, Touchpoint]:
    """The threat that a button or a form names, if the asker may act on it there. Raises `NotFound`, `NotAllowed`."""
    match = rows.find(turn.record, ThreatMatch, key_in(value))
    touchpoint = turn.require(match.touchpoint_id) if match else None
    one = watching.of_match(turn.record, match) if match else None
    if one is None or touchpoint is None:
        raise NotFound("That threat concerns nothing that is watched any more.", "“threats” shows what does.")
    return one, touchpoint


def fill_risk(turn: Turn, risk: RiskItem, one: Met, touchpoint: Touchpoint) -> None:
    """As the form opens: what could happen, why us, and where it is said."""
    told = "\n\n".join(filter(None, (one.threat.detail, one.threat.action, products_of(one))))
    risk.title, risk.description, risk.theme = in_plain(one.threat)[:TITLE_LIMIT], told, Theme.THREATS
    risk.likelihood = LIKELY if presses(one.threat, threshold_of(touchpoint)) else risk.likelihood
    risk.owner = said(accountable(turn.record, one), seated(turn.record, touchpoint))[:TITLE_LIMIT]
    risk.source, risk.source_link = one.threat.cve, one.threat.link or None


def fill_promise(turn: Turn, action: ActionItem, one: Met, touchpoint: Touchpoint) -> None:
    """As the form opens: mended by whoever answers for the product, by the day that is asked for."""
    action.title = f"Mend {called(one.threat.vendor, one.threat.product)}: {one.threat.cve}"[:TITLE_LIMIT]
    action.detail = "\n\n".join(filter(None, (in_plain(one.threat) + ".", one.threat.action, products_of(one))))
    action.theme, action.source_link = Theme.THREATS, one.threat.link or None
    action.owner_id = owner_id(turn.record, touchpoint, one) or action.owner_id
    today = local_date(turn.now, touchpoint.zone)
    if one.threat.due_on and one.threat.due_on > today:
        action.due_on = one.threat.due_on


def products_of(one: Met) -> str:
    """`We run: Microsoft Exchange`."""
    return f"We run: {', '.join(called(product.vendor, product.product) for product in one.products)}"


def area_of(record: Record, product: WatchedProduct) -> Responsibility | None:
    """The area of a product, as long as it stands on the list of responsibilities."""
    area = rows.find(record, Responsibility, product.responsibility_id) if product.responsibility_id else None
    return area if area and area.dropped_at is None else None


def accountable(record: Record, one: Met) -> str:
    """Who answers for the first of its products that has an owner, as the responsibilities name them; empty for nobody."""
    areas = (area_of(record, product) for product in one.products)
    return next((area.accountable for area in areas if area and area.accountable), "")


def owner_id(record: Record, touchpoint: Touchpoint, one: Met) -> int | None:
    """The same, as somebody whom the record knows."""
    names = names_in(accountable(record, one))
    if len(names) != 1:
        return None
    chairs = {seat.label: touchpoint.principal(seat) for seat in Seat}
    known = {person.called.casefold(): person.key for person, _account in people.everybody(record)}
    return chairs.get(names[0].upper()) or known.get(names[0].casefold())


def linked(turn: Turn, context: Mapping[str, str], **row_ids: int) -> None:
    """A risk or a promise came out of the threat that the form names, if it names one. Raises `NotFound`, `NotAllowed`."""
    if "threat" not in context:
        return
    one, _touchpoint = named(turn, context["threat"])
    for each in one.matches:
        for name, key in row_ids.items():
            setattr(each, name, key)
    changed(turn.record, one, "threat.linked", **row_ids)
