"""Reads the sources of threats: claims what is due in SQL, fetches each address once for all, and hands over what it says.

KEV comes before EPSS, because scores are kept only of what the catalog knows. Whatever goes wrong changes nothing but the
source's own row: when it is tried again, since when it fails, and why.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from adapters.core import ThreadedCore
from adapters.feeds import EVERY, FeedFailed, Fetched, Fetcher, host_of, pause
from adapters.metrics import SILENT
from agenda.catalog import Malformed, exploited, scores, unpacked
from agenda.threats import FeedKind
from bot import threats as rules
from bot.incidents import report
from bot.threats import Document
from storage import threats
from storage.threats import Claimed
from storage.unit_of_work import unit_of_work

log = structlog.get_logger(__name__)

ORDER = (FeedKind.KEV, FeedKind.EPSS, FeedKind.NEWS)
SOON = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What became of one address: a `document`, nothing new, or why not. `at_once`: admins hear of it today.

    `retry_after` is when it is asked again at the earliest.
    """

    document: Document | None = None
    fetched: Fetched | None = None
    because: str = ""
    retry_after: timedelta | None = None
    at_once: bool = False


class Sources:
    """`wanted` are the operator's: what is read, by address."""

    def __init__(self, core: ThreadedCore, fetcher: Fetcher, wanted: Mapping[str, str]) -> None:
        self.core = core
        self.fetcher = fetcher
        self.wanted = {address: FeedKind(kind) for address, kind in wanted.items()}

    async def read(self) -> None:
        """Whatever is due, if anybody talks about threats."""
        claimed = await self.core.run(self._claim)
        for kind in ORDER:
            groups: dict[str, list[Claimed]] = defaultdict(list)
            for one in claimed:
                if one.kind is kind:
                    groups[one.address].append(one)
            await asyncio.gather(*(self._read_one(address, group) for address, group in groups.items()))
        if claimed:
            SILENT.set(len(await self.core.run(threats.failing, self.core.bot.engine)))

    def _claim(self) -> list[Claimed]:
        """Of every organization that asks, each in a transaction of its own."""
        found: list[Claimed] = []
        for organization in threats.asking(self.core.bot.engine):
            now = self.core.clock.now_of(organization)
            with unit_of_work(self.core.bot.engine, organization_id=organization.key, now=now) as record:
                threats.keep_sources(record, self.wanted)
                found += threats.claim(record, organization)
        return found

    async def _read_one(self, address: str, group: Sequence[Claimed]) -> None:
        """Fetched once; each of them takes it in by itself."""
        outcome = await self._outcome(address, group)
        if outcome.because:
            log.warning("feed not read", host=host_of(address), feed=group[0].feed_id, because=outcome.because)
        for one in group:
            try:
                await self.core.run(self._settle, one, outcome)
            except Exception as error:
                report(error, f"feed:{one.feed_id}")
        if outcome.document is not None:
            self.core.bot.wake()

    async def _outcome(self, address: str, group: Sequence[Claimed]) -> Read:
        first = group[0]
        same = len({(one.etag, one.modified) for one in group}) == 1
        marks = {"etag": first.etag, "modified": first.modified} if same else {}
        wanted = await self.core.run(threats.known, self.core.bot.engine) if first.kind is FeedKind.EPSS else ()
        if first.kind is FeedKind.EPSS and not wanted:
            return Read(fetched=Fetched(body=None), retry_after=SOON)  # The catalog comes first.
        try:
            fetched = await self.fetcher.fetch(address, now=datetime.now(UTC), **marks)
            body = fetched.body
            document = await asyncio.to_thread(read, first.kind, body, wanted) if body is not None else None
        except Malformed as wrong:
            return Read(because=wrong.what, at_once=True)
        except FeedFailed as failed:
            return Read(because=failed.what, retry_after=failed.retry_after)
        except Exception as error:
            return Read(because=f"It broke something here ({report(error, 'feed').incident}).", at_once=True)
        return Read(document=document, fetched=fetched)

    def _settle(self, one: Claimed, outcome: Read) -> None:
        now = self.core.clock.now_of(one.organization)
        with unit_of_work(self.core.bot.engine, organization_id=one.organization.key, now=now) as record:
            if outcome.fetched is None:
                failures = 1 + rules.failures(record, one.feed_id)
                next_at = now + pause(failures, outcome.retry_after)
                rules.failed(record, one.feed_id, outcome.because, next_at=next_at, at_once=outcome.at_once)
                return
            if rules.failures(record, one.feed_id):
                log.info("feed read again", feed=one.feed_id)
            marks = {"etag": outcome.fetched.etag, "modified": outcome.fetched.modified}
            next_at = now + (outcome.retry_after or EVERY)
            rules.read(record, one.feed_id, outcome.document, next_at=next_at, **marks)


def read(kind: FeedKind, body: bytes, wanted: Collection[str] | None = None) -> Document:
    """What a document says. Raises `Malformed`."""
    if kind is FeedKind.KEV:
        return exploited(body)
    if kind is FeedKind.EPSS:
        return scores(body, wanted)
    from adapters.news import items

    return items(unpacked(body))
