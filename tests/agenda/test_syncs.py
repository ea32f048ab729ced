"""What may be done with a sync when: the table of agenda/syncs.py, every state and every act."""

from datetime import UTC, datetime, timedelta

import pytest

from agenda.errors import NotNow
from agenda.syncs import Act, SkipReason, SyncFields, SyncState

STARTS = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
PROMPTS, PUBLISHES = STARTS - timedelta(days=4), STARTS - timedelta(days=1)
A_MOMENT = timedelta(microseconds=1)


def sync(**changes: datetime) -> SyncFields:
    moments = {"prompts_at": PROMPTS, "reminds_at": PUBLISHES, "publishes_at": PUBLISHES, "starts_at": STARTS}
    return SyncFields(**(moments | changes))


IN_STATE = {
    SyncState.SCHEDULED: (sync(), PROMPTS - A_MOMENT),
    SyncState.COLLECTING: (sync(), PROMPTS),
    SyncState.PUBLISHED: (sync(), PUBLISHES),
    SyncState.IN_PROGRESS: (sync(started_at=STARTS), STARTS),
    SyncState.CLOSED: (sync(started_at=STARTS, closed_at=STARTS), STARTS),
    SyncState.SKIPPED: (sync(skipped_at=PROMPTS), STARTS),
}
# Beside the code's own table on purpose: a slip of the pen there must not pass here.
MAY = {
    SyncState.SCHEDULED: "raise move start",
    SyncState.COLLECTING: "raise move start",
    SyncState.PUBLISHED: "raise move start",
    SyncState.IN_PROGRESS: "raise settle close",
    SyncState.CLOSED: "",
    SyncState.SKIPPED: "",
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", SyncState)
def test_the_table(state: SyncState, act: Act):
    one, now = IN_STATE[state]
    assert one.state(now) is state
    allowed = act.value in MAY[state].split()
    assert one.allows(act, now) is allowed
    if allowed:
        one.require(act, now)
        return
    with pytest.raises(NotNow) as refused:
        one.require(act, now)
    assert refused.value.what.startswith("This sync ")
    assert refused.value.mend, "whoever is refused is told what to do instead"


def test_what_follows_from_the_time_alone_changes_at_the_very_moment():
    walk = [PROMPTS - A_MOMENT, PROMPTS, PUBLISHES - A_MOMENT, PUBLISHES, STARTS, STARTS + timedelta(days=300)]
    assert [sync().state(now).value for now in walk] == [
        "scheduled",
        "collecting",
        "collecting",
        "published",
        "published",
        "published",
    ]


def test_it_can_be_started_early():
    assert sync(started_at=PROMPTS).state(PROMPTS) is SyncState.IN_PROGRESS


def test_closed_is_closed_whatever_else_was_written():
    assert sync(started_at=STARTS, closed_at=STARTS, skipped_at=STARTS).state(STARTS) is SyncState.CLOSED


def test_prompts_and_agenda_at_one_moment_are_an_agenda():
    both = sync(prompts_at=PUBLISHES)
    assert both.state(PUBLISHES - A_MOMENT) is SyncState.SCHEDULED
    assert both.state(PUBLISHES) is SyncState.PUBLISHED


def test_settling_before_the_start_says_to_press_start():
    with pytest.raises(NotNow, match=r"has not started yet\. Press Start"):
        sync().require(Act.SETTLE, STARTS)


def test_the_plan_puts_back_only_what_the_plan_itself_took_out():
    """What a person or a holiday took out stays out, and what nobody started is not held later."""
    assert {reason.value for reason in SkipReason if reason.replans} == {"cadence", "paused"}
