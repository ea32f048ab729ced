"""Does the record stand as its audit log says? Every link in order, and then every row against the last seal that it got.

A link is wrong if its number is not the next one, if it does not name the link before it, if its hash is not that of what it
says, or if a head that was kept elsewhere says another; the log is wrong if it ends before such a head, or where its own head
does not. The first wrong link is named and nothing after it is believed. Rows are looked at where the log is whole.

Links are read in pages and forgotten; of each row 40 bytes are kept until it was compared. A million links take seconds, so
what is done for each is little: moments are compared as text, and only what carries seals is parsed.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, bindparam, select, text
from sqlalchemy.exc import DBAPIError

from agenda.audit import Head, link_body
from storage import seals, tables
from storage.audit import HEAD
from storage.people import SAMPLE
from storage.rows import Sealed, name_of, sealed_tables

PAGE = 5_000
MOST_NAMED = 20
PARSED: Final = json.JSONDecoder().raw_decode
NO_LINK = ("",) * 6
BEFORE_ALL = -(2**31)
UNREADABLE = ""
Seals: TypeAlias = dict[str, dict[int, bytes]]
"""Of each table and row the last seal: 32 bytes of fingerprint, and in 8 more the number of the event that it stands on."""

MOMENT = {"sqlite": "CAST(at AS TEXT)", "postgresql": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"}
LINKS = {
    dialect: text(
        f"SELECT number, {at}, CAST(actor AS TEXT), CAST(event AS TEXT), CAST(facts AS TEXT), CAST(prev_hash AS TEXT),"  # noqa: S608
        " CAST(hash AS TEXT) FROM audit_event"
        " WHERE organization_id = :whose AND number > :after AND number <= :until ORDER BY number"
    )
    for dialect, at in MOMENT.items()
}
BOUNDS = text(
    "SELECT coalesce(min(number), 1), coalesce(max(number), 0) FROM audit_event WHERE organization_id = :whose"
)
HEADS = text(
    "SELECT organization_id, number, hash FROM audit_head WHERE NOT EXISTS (SELECT 1 FROM tenant"
    " WHERE tenant.organization_id = audit_head.organization_id AND tenant.address LIKE :made_up)"
    " ORDER BY organization_id"
).bindparams(made_up=f"{SAMPLE}:%")
ORGANIZATIONS = text("SELECT id, name FROM organization ORDER BY id")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: of `event 431`, or of the row `decision/12`."""

    subject: str
    what: str

    def __str__(self) -> str:
        return f"{self.subject} {self.what}"


@dataclass(slots=True, kw_only=True)
class Verified:
    """What was looked at, and what is wrong with it. The first findings are named, and all are counted."""

    head: Head = field(default_factory=Head)
    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    wrong: int = 0

    @property
    def intact(self) -> bool:
        """Nothing is wrong."""
        return self.wrong == 0

    def add(self, finding: Finding) -> None:
        """One more."""
        self.wrong += 1
        if self.wrong <= MOST_NAMED:
            self.findings.append(finding)


def organizations(engine: Engine) -> list[tuple[int, str]]:
    """Whose records there are: id and name."""
    with snapshot(engine) as connection:
        return [(row.id, row.name) for row in connection.execute(ORGANIZATIONS)]


def heads(engine: Engine) -> dict[int, Head]:
    """Where each organization's log ends now."""
    with snapshot(engine) as connection:
        return {row.organization_id: Head(row.number, row.hash) for row in connection.execute(HEADS)}


def verify(engine: Engine, organization_id: int, heads: Sequence[Head] = ()) -> Verified:
    """The whole record of one organization, as it is at this moment; whoever writes meanwhile waits for nothing."""
    verified, found = Verified(), Seals()
    with snapshot(engine) as connection:
        wrong = wrong_link(connection, organization_id, heads, verified, found)
        if wrong:
            verified.add(wrong)
            return verified
        for finding in wrong_rows(connection, organization_id, verified, found):
            verified.add(finding)
    return verified


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Everything that is read in it is of one moment."""
    options: dict[str, Any] = {"writes": False}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection:
        yield connection


# ── the log ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def wrong_link(
    connection: Connection, organization_id: int, heads: Sequence[Head], verified: Verified, found: Seals
) -> Finding | None:
    """The first link that does not hold. `verified.head` is the one before it, and `found` gathers the seals."""
    kept: dict[int, list[str]] = {}
    for one in heads:
        kept.setdefault(one.number, []).append(one.hash)
    number, last, wrong = 0, Head().hash, None
    for link in links(connection, organization_id):
        at, actor, event, facts, prev_hash, hashed = link[1:]
        body = link_body(number=number + 1, at=iso(at), actor=actor, event=event, facts=facts, prev_hash=last)
        if sha256(body.encode()).hexdigest() != hashed or link[0] != number + 1 or prev_hash != last:
            wrong = why_not(number, last, link)
            break
        number, last = link[0], hashed
        if number in kept and not all(map(last.startswith, kept[number])):
            wrong = Finding(
                f"event {number}", "is not the one that the kept head was taken from: the log was written anew"
            )
            break
        if '"rows":{' in facts and not keep_seals(facts, number, found):
            wrong = Finding(f"event {number}", "carries seals that cannot be read")
            break
    verified.head = Head(number, last)
    return wrong or wrong_end(connection, organization_id, verified.head, max(kept, default=0))


def links(connection: Connection, organization_id: int) -> Iterator[Any]:
    """(number, moment, actor, event, facts, hash before, hash), page by page.

    Pages are ranges of numbers: a limit would make PostgreSQL sort all that is left for each, until it knows the table.
    """
    first, last = connection.execute(BOUNDS, {"whose": organization_id}).one()
    after = min(first, 1) - 1
    while after < last:
        page = page_of_links(connection, organization_id, after, PAGE) or [(last, *NO_LINK)]
        yield from page
        after = page[-1][0]


def page_of_links(connection: Connection, organization_id: int, after: int, most: int) -> Sequence[Any]:
    """The next ones. SQLite may hold what is no text at all: then those before it, and last what cannot be a link."""
    try:
        values = {"whose": organization_id, "after": after, "until": after + most}
        return connection.execute(LINKS[connection.dialect.name], values).all()
    except DBAPIError:
        if connection.dialect.name != "sqlite":
            raise
        if most == 1:
            return [(after + 1, *NO_LINK)]
        begins = page_of_links(connection, organization_id, after, most // 2)
        return begins or page_of_links(connection, organization_id, after + most // 2, most - most // 2)


def why_not(before: int, last: str, link: Any) -> Finding:
    """Why this is not the next link of the chain."""
    if link[0] > before + 1:
        return missing(before + 1)
    if link[0] <= before:
        return Finding(f"event {link[0]}", "stands where there can be none")
    if link[5] != last:
        return Finding(f"event {link[0]}", f"does not follow event {before}: it names another one before it")
    return Finding(f"event {link[0]}", "was changed: its hash is not that of what it says")


def missing(number: int) -> Finding:
    """It should be there."""
    return Finding(f"event {number}", "is missing")


def iso(moment: str) -> str:
    """What `datetime.isoformat` makes of `2031-03-03 08:00:00.000001` in UTC, without reading it."""
    return f"{moment.replace(' ', 'T', 1).removesuffix('.000000')}+00:00"


def wrong_end(connection: Connection, organization_id: int, last: Head, kept: int) -> Finding | None:
    """Does the log end where its own head says, and not before one that was kept elsewhere?"""
    row = connection.execute(HEAD, {"organization_id": organization_id}).first()
    own = Head(row.number, row.hash) if row else Head()
    if max(own.number, kept) > last.number:
        return missing(last.number + 1)
    if own.number < last.number:
        return Finding(f"event {own.number + 1}", "was added by hand: the log's own head does not know it")
    if own.hash != last.hash:
        return Finding(f"event {last.number}", "is not the one that the log's own head names")
    return None


# ── the rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def keep_seals(facts: str, number: int, found: Seals) -> bool:
    """What this event says of rows takes the place of what the events before it said. False for what is no seal."""
    stands = number.to_bytes(8, "big")
    try:
        for row, seal in PARSED(facts)[0]["rows"].items():
            table, _, key = row.partition("/")
            if seal is None:
                found.setdefault(table, {}).pop(int(key), None)
            else:
                found.setdefault(table, {})[int(key)] = bytes.fromhex(seal) + stands
    except (ValueError, LookupError, TypeError, AttributeError):
        return False
    return True


def wrong_rows(connection: Connection, organization_id: int, verified: Verified, found: Seals) -> Iterator[Finding]:
    """Every row that is not as its last seal says, is missing, or stands though no event tells of it."""
    for table in sorted(sealed_tables(), key=name_of):
        left, name = found.get(name_of(table), {}), name_of(table)
        for key, fingerprint in fingerprints(connection, organization_id, table):
            verified.rows += 1
            seal = left.pop(key, None)
            if seal is None:
                yield Finding(f"{name}/{key}", "stands there, and no event tells where it came from")
            elif seal[:32].hex() != fingerprint:
                yield Finding(f"{name}/{key}", f"is not as event {event_of(seal)} left it")
        for key, seal in left.items():
            yield Finding(f"{name}/{key}", f"is missing; event {event_of(seal)} left it there")


def event_of(seal: bytes) -> int:
    """Which event it stands on."""
    return int.from_bytes(seal[32:], "big")


def fingerprints(connection: Connection, organization_id: int, table: type[Sealed]) -> Iterator[tuple[int, str]]:
    """Each row as it is now, page by page."""
    column, after = tables.METADATA.tables[name_of(table)].c, BEFORE_ALL
    query = select(column.id).where(column.organization_id == organization_id, column.id > bindparam("after"))
    query = query.order_by(column.id).limit(seals.AT_ONCE)
    while keys := connection.execute(query, {"after": after}).scalars().all():
        yield from read(connection, table, keys)
        after = keys[-1]


def read(connection: Connection, table: type[Sealed], keys: Sequence[int]) -> list[tuple[int, str]]:
    """These rows' fingerprints; of a row that holds what no column of its kind can hold, none that any row has."""
    try:
        return seals.read(connection, table, keys)
    except (LookupError, ValueError, TypeError, DBAPIError) as error:
        if isinstance(error, DBAPIError) and connection.dialect.name != "sqlite":
            raise
        if len(keys) == 1:
            return [(key, UNREADABLE) for key in keys]
        return [found for key in keys for found in read(connection, table, [key])]
