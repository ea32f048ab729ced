"""How the minutes of a closed sync are found: by its lines, and by what was decided and promised in it."""

from agenda.recurrence import local_time
from storage import actions, decisions, items, rows, search
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_DECIDED = 1000


def index(record: Record, sync: Sync) -> None:
    """Find it by what it says at its end. Raises `ValueError` for a sync that is not closed."""
    if sync.closed_at is None:
        raise ValueError(f"sync {sync.id} is not closed")
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    search.put(
        record,
        search.Entry(
            touchpoint_id=touchpoint.key,
            subject="minutes",
            subject_id=sync.key,
            title=f"Minutes of {local_time(sync.starts_at, touchpoint.zone)}",
            text="\n".join((*_lines(record, sync), *_outcomes(record, sync))),
            at=sync.closed_at,
        ),
    )


def _lines(record: Record, sync: Sync) -> list[str]:
    """What was on its agenda. Lines whose cause had gone before the start were none of this sync's."""
    talked = [line for line in items.of_sync(record, sync.key) if line.source is None or line.source_id is not None]
    return [text for line in talked for text in (line.title, line.detail) if text]


def _outcomes(record: Record, sync: Sync) -> list[str]:
    """What was decided and promised, as it was recorded."""
    decided = decisions.listed(record, [sync.touchpoint_id], limit=MOST_DECIDED, sync_id=sync.key)[::-1]
    promised = actions.of_sync(record, sync.key)
    return [*(f"{one.ref} {one.title}" for one in decided), *(f"{one.ref} {one.title}" for one in promised)]
