"""What is theirs: read for all of somebody's touchpoints at once, in as many statements for ten of them as for one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from agenda.acceptances import AcceptanceState
from agenda.actions import day_text
from agenda.decisions import DecisionState
from agenda.items import Outcome
from agenda.nudges import NudgeKind
from agenda.recurrence import local_date, local_time
from agenda.roles import Right
from agenda.syncs import Act
from bot import signing
from bot.access import Chair
from bot.cards import Button, Item
from bot.handlers.decisions.standing import one_key_is_enough, read_button, wanted
from bot.handlers.promises.cards import own_buttons, promise_line
from bot.handlers.risks import acceptance_cards
from bot.handlers.risks.cards import risk_line
from bot.reading import joined
from storage import acceptances, actions, decisions, items, keys, nudges, policies, risks, rows, syncs
from storage.actions import ActionItem
from storage.decisions import Decision
from storage.keys import Paper
from storage.people import Person
from storage.risks import RiskItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

STARTS: Final = timedelta(minutes=30)  # So long before a sync it is started from here.
LATELY: Final = timedelta(days=30)
MOST_LISTED, MOST_READ = 3, 100


@dataclass(frozen=True)
class Belongings:
    """Of one person, by what they are in each touchpoint: of a viewer's seat nothing waits, and nothing can be begun."""

    record: Record
    person: Person
    chairs: Sequence[Chair]

    @cached_property
    def zone(self) -> str:
        """In which they read days."""
        return self.person.zone or "UTC"

    @cached_property
    def today(self) -> date:
        """Theirs."""
        return local_date(self.record.now, self.zone)

    @cached_property
    def by_touchpoint(self) -> Mapping[int, Chair]:
        """What they are where."""
        return {chair.touchpoint_id: chair for chair in self.chairs}

    # ── what waits ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def waiting(self) -> list[Item]:
        """What only they can do, the most urgent first."""
        begins = [self.sync_line(sync) for sync in self.syncs if self.starts(sync)]
        asked = [self.sync_line(sync, "What should we talk about?") for sync in self.syncs if self.is_asked(sync)]
        late = [self.promise(one) for one in self.promises if one.due_on <= self.today]
        return [*begins, *self.keys, *asked, *late]

    @cached_property
    def keys(self) -> list[Item]:
        """Texts on which a key of theirs is missing, the longest waiting first."""
        seated = [chair.touchpoint_id for chair in self.chairs if chair.seat]
        if not seated:
            return []
        proposed = decisions.listed(self.record, seated, limit=MOST_READ, state=DecisionState.PROPOSED)[::-1]
        requests = acceptances.standing_in(self.record, seated, AcceptanceState.PROPOSED)
        keys.read_ahead(self.record, proposed)
        keys.read_ahead(self.record, requests)
        accepting = [
            Item(
                title=acceptance_cards.title_of(self.record, one),
                detail=one.risk_title,
                buttons=(acceptance_cards.read_button(one),),
            )
            for one in requests
            if self.lacks(one)
        ]
        signing_ = [self.decision(one) for one in proposed if self.lacks(one) and wanted(self.record, one)]
        return [*accepting, *signing_]

    def lacks(self, paper: Paper) -> bool:
        """Is it theirs that is missing?"""
        return self.by_touchpoint[paper.touchpoint_id].seat in signing.missing(self.record, paper)

    def decision(self, one: Decision) -> Item:
        """What is signed is read first."""
        one_key, seat = one.one_key and one_key_is_enough(self.record, one), self.by_touchpoint[one.touchpoint_id].seat
        waits = signing.waits_for(self.record, one, one_key=one_key, reader=seat)
        return Item(title=f"{one.ref} {one.title}", detail=waits, buttons=(read_button(one),))

    # ── when they meet ──────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def syncs(self) -> list[Sync]:
        """The next one of each touchpoint, or the one that is going on."""
        return syncs.current_of(self.record, self.by_touchpoint)

    @cached_property
    def coming(self) -> list[Item]:
        """Those that do not wait for them."""
        return [self.sync_line(sync) for sync in self.syncs if not self.starts(sync) and not self.is_asked(sync)]

    def starts(self, sync: Sync) -> bool:
        """Is it theirs to begin, now?"""
        may = self.by_touchpoint[sync.touchpoint_id].role.may(Right.RUN)
        return may and self.record.now >= sync.starts_at - STARTS and sync.allows(Act.START, self.record.now)

    def is_asked(self, sync: Sync) -> bool:
        """Were they asked for points, and said nothing yet?"""
        ahead = self.record.now < sync.starts_at and not self.starts(sync)
        return ahead and sync.key in self.prompted and sync.allows(Act.RAISE, self.record.now) and not self.raised(sync)

    @cached_property
    def prompted(self) -> set[int]:
        """The syncs before which they were asked."""
        sent = nudges.sent(self.record, NudgeKind.PROMPT, self.person.key, limit=MOST_READ)
        return {nudge.subject_id for nudge in sent}

    @cached_property
    def lines(self) -> Mapping[int, list[items.AgendaItem]]:
        """What stands on the agenda of each of these syncs."""
        return items.of_syncs(self.record.session, [sync.key for sync in self.syncs])

    def raised(self, sync: Sync) -> int:
        """How many points of theirs it has."""
        theirs = (one for one in self.lines[sync.key] if one.raised_by_id == self.person.key)
        return sum(one.outcome is not Outcome.DROPPED for one in theirs)

    def sync_line(self, sync: Sync, question: str = "") -> Item:
        """When and with whom, and how many points they raised for it."""
        touchpoint = rows.get(self.record, Touchpoint, sync.touchpoint_id)
        count, when = self.raised(sync), local_time(sync.starts_at, self.person.zone or touchpoint.zone)
        mine = f"{count} {'point' if count == 1 else 'points'} of yours" if count else ""
        where = touchpoint.name if len(self.chairs) > 1 else touchpoint.home_title
        going_on = f"In progress since {local_time(sync.started_at, self.zone)}" if sync.started_at else ""
        title = going_on or (f"{question} For {when}" if question else f"Sync {when}")
        return Item(title=title, detail=joined([where, mine]), buttons=tuple(self.sync_buttons(sync)))

    def sync_buttons(self, sync: Sync) -> Iterator[Button]:
        """What can be done for it from here."""
        role, value = self.by_touchpoint[sync.touchpoint_id].role, str(sync.key)
        if self.starts(sync):
            yield Button(action="sync.start", label="Start", value=value)
        if role.may(Right.RAISE):
            yield Button(action="items.points", label="Add points", value=value, opens_form=True)
        yield Button(action="agenda", label="Agenda", value=str(sync.touchpoint_id))

    # ── what they promised and own ──────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def promises(self) -> list[ActionItem]:
        """Open ones, the most urgent first; one more than are listed, however many are late."""
        wanted_ = actions.Wanted(touchpoint_ids=(), also_of=self.person.key, owner_id=self.person.key)
        return actions.listed(self.record, wanted_, limit=MOST_READ)

    @cached_property
    def promised(self) -> list[Item]:
        """Those that are not due yet."""
        return [self.promise(one) for one in self.promises if one.due_on > self.today][: MOST_LISTED + 1]

    def promise(self, one: ActionItem) -> Item:
        """One tap from being done."""
        quiet = tuple(replace(button, style="default") for button in own_buttons(one))
        return replace(promise_line(self.record, one, self.zone, own=True), buttons=quiet)

    @cached_property
    def risks(self) -> list[Item]:
        """Of those that stand, the highest level first."""
        name, policy = self.person.name, policies.of(self.record)
        if not name:
            return []
        wanted_ = risks.Wanted(touchpoint_ids=list(self.by_touchpoint), owner=name)
        found = risks.listed(self.record, wanted_, limit=MOST_LISTED + 1)
        return [self.risk(one, risk_line(one, policy, self.today)) for one in found]

    def risk(self, one: RiskItem, line: Item) -> Item:
        """Nobody is told that it is theirs."""
        said = joined(part for part in line.detail.split(" · ") if part != f"owner {one.owner}")
        return replace(line, detail=said, buttons=(Button(action="risk.page", label="Show", value=f"0|{one.number}"),))

    @cached_property
    def decided(self) -> list[Item]:
        """What became binding lately, the last one first."""
        scope, since = list(self.by_touchpoint), self.record.now - LATELY
        found = decisions.listed(self.record, scope, limit=MOST_LISTED + 1, state=DecisionState.AGREED)
        return [
            Item(
                title=f"{one.ref} {one.title}",
                detail=f"agreed {day_text(local_date(one.agreed_at, self.zone), self.today)}",
                buttons=(read_button(one, "Show"),),
            )
            for one in found
            if one.agreed_at and one.agreed_at >= since
        ]
