"""`touchpoint threats load`: what is read by itself elsewhere, out of files, for networks without a way out."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters import terminal
from agenda.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Engine

    from agenda.threats import FeedKind

MOST_MEGABYTES = 60
ACTOR = "operator"

threats = typer.Typer(help="What is known to be attacked.", no_args_is_help=True)


@threats.callback()
def group() -> None:
    """What is known to be attacked."""


@threats.command()
def load(
    files: Annotated[
        list[Path], typer.Argument(help="CISA’s KEV (JSON), FIRST’s EPSS (JSON, CSV, .gz), RSS or Atom: any of them.")
    ],
) -> None:
    """Load files as if they had been fetched. What each one is, it says itself; nothing is taken of one that is wrong."""
    from adapters.clock import Clock
    from storage import threats as rows

    engine = terminal.record()
    organizations = rows.asking(engine)
    if not organizations:
        raise NotFound("No touchpoint talks about threats.", "“/touchpoint conversations” switches it on, in the chat.")
    clock = Clock(engine)
    for document in in_order(files):
        taken = [take(engine, one.key, clock.now_of(one), document) for one in organizations]
        typer.echo(f"{document.file}: {max(taken):,} new or changed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A file, unpacked, and what it is."""

    file: Path
    kind: "FeedKind"
    body: bytes


def in_order(files: "Sequence[Path]") -> list[Loaded]:
    """All of them, before any is taken in: the catalog first, because scores are kept only of what is known."""
    from agenda.threats import FeedKind

    return sorted(map(loaded, files), key=lambda one: list(FeedKind).index(one.kind))


def loaded(file: Path) -> Loaded:
    """Raises `Malformed`, and `BadInput` for a file that is too large."""
    from agenda.catalog import sort_of, unpacked

    size = file.stat().st_size
    if size > MOST_MEGABYTES * 1_000_000:
        raise BadInput(f"{file} has {size / 1e6:,.0f} MB; at most {MOST_MEGABYTES} are read.", "This is no feed.")
    with named(file):
        body = unpacked(file.read_bytes())
        return Loaded(file=file, kind=sort_of(body), body=body)


def take(engine: "Engine", organization_id: int, now: "datetime", document: Loaded) -> int:
    """One file, into one organization. Raises `Malformed`."""
    from adapters.sources import read
    from agenda.threats import FeedKind
    from bot import threats as rules
    from storage import threats as rows
    from storage.unit_of_work import unit_of_work

    with unit_of_work(engine, organization_id=organization_id, now=now, actor=ACTOR) as record:
        known = {one.cve for one in rows.every(record)} if document.kind is FeedKind.EPSS else None
        if known is not None and not known:
            raise BadInput(f"{document.file} scores what is not known yet.", "Load the KEV catalog first, or with it.")
        feed_id = rows.of_files(record).key if document.kind is FeedKind.NEWS else 0
        with named(document.file):
            said = read(document.kind, document.body, known)
        return rules.take(record, said, feed_id)


@contextmanager
def named(file: Path) -> "Iterator[None]":
    """Of several files, the one that is wrong."""
    from agenda.catalog import Malformed

    try:
        yield
    except Malformed as wrong:
        raise Malformed(f"{file}: {wrong.what}", wrong.mend) from None
