"""`touchpoint threats load`: what is read by itself elsewhere, out of files, for networks without a way out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters import terminal
from agenda.errors import BadInput, NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

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
    for file in sorted(files, key=first_the_catalog):
        for organization in organizations:
            taken = take(engine, organization.key, clock.now_of(organization), file)
            typer.echo(f"{file}: {taken:,} new or changed.")


def take(engine: "Engine", organization_id: int, now: "datetime", file: Path) -> int:
    """One file, into one organization. Raises `Malformed`."""
    from adapters.sources import read
    from agenda.catalog import sort_of, unpacked
    from agenda.threats import FeedKind
    from bot import threats as rules
    from storage import threats as rows
    from storage.unit_of_work import unit_of_work

    body = unpacked(content(file))
    kind = sort_of(body)
    with unit_of_work(engine, organization_id=organization_id, now=now, actor=ACTOR) as record:
        known = {one.cve for one in rows.every(record)} if kind is FeedKind.EPSS else None
        if known is not None and not known:
            raise BadInput(f"{file} scores what is not known yet.", "Load the KEV catalog first, or with it.")
        feed_id = rows.of_files(record).key if kind is FeedKind.NEWS else 0
        return rules.take(record, read(kind, body, known), feed_id)


def content(file: Path) -> bytes:
    """All of it. Raises `BadInput` for one that is too large."""
    size = file.stat().st_size
    if size > MOST_MEGABYTES * 1_000_000:
        raise BadInput(f"{file} has {size / 1e6:,.0f} MB; at most {MOST_MEGABYTES} are read.", "This is no feed.")
    return file.read_bytes()


def first_the_catalog(file: Path) -> int:
    """Scores are kept only of what is known: the catalog goes first, however the files are named."""
    from agenda.catalog import sort_of, unpacked
    from agenda.threats import FeedKind

    return list(FeedKind).index(sort_of(unpacked(content(file))))
