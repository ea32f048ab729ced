"""The scheduler drops old machinery, of every organization by its own clock."""

from datetime import UTC, datetime, timedelta

from adapters.clock import Clock
from adapters.core import ThreadedCore
from adapters.deliver import Deliverer
from adapters.scheduler import Scheduler
from bot.dispatch import Bot
from storage import inbox
from storage.inbox import InboxMark
from tests.conftest import fresh_sqlite
from tests.storage.firm import founded
from tests.storage.test_retention import left

DAY = timedelta(days=1)


async def test_what_is_older_than_it_is_kept_for_goes(tmp_path):
    firm = founded(fresh_sqlite(tmp_path / "touchpoint.db"))
    now = datetime.now(UTC)
    for name, moment in (("old", now - 41 * DAY), ("young", now - 39 * DAY)):
        with firm.record(moment) as record:
            inbox.first_time(record, name)
    core = ThreadedCore(Bot(firm.engine), Clock(firm.engine))
    await Scheduler(Deliverer(core, []), kept_for=40 * DAY).prune()
    core.close()
    assert left(firm, InboxMark) == 1
    firm.engine.dispose()
