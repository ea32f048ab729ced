"""`touchpoint sample`: a made-up organization with a year behind it, to look at; and how it goes again.

It lives in the same database as real ones, as an organization of its own: nobody of any other can see it, and removing it
leaves theirs as they are.
"""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from adapters import terminal
from agenda.errors import NotFound, NotNow

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from adapters.sample.story import Told
    from storage.people import Organization

sample = typer.Typer(help="A made-up organization with a year behind it, to look at.", no_args_is_help=True)
ABOUT = "About half a minute"


@sample.command()
def add() -> None:
    """Write it: a year of syncs, risks, decisions, promises, asks and more, up to this moment."""
    engine = terminal.record()
    if found := there(engine):
        raise NotNow(f"There is one already: {found.name}.", "`touchpoint sample remove` removes it.")
    began, now = time.monotonic(), datetime.now(UTC)
    with typer.progressbar(length=100, label=f"{ABOUT} for a year") as bar:
        written(engine, now, lambda share: bar.update(round(share * 100) - bar.pos))
    typer.echo(
        f"The sample organization is there, after {time.monotonic() - began:.0f} s. Look at it in the playground,"
    )
    typer.echo(f"at {address()} while Touchpoint runs. `touchpoint sample remove` removes it.")


def written(engine: "Engine", now: datetime, told: "Told") -> None:
    """All of it, or nothing: what breaks off half-way is removed."""
    from adapters.sample.story import play

    try:
        play(engine, now, told=told)
    except BaseException:
        if half := there(engine):
            _removed(engine, half)
        raise


@sample.command()
def remove() -> None:
    """Delete every row of it, and of nothing else."""
    engine = terminal.record()
    found = there(engine)
    if found is None:
        raise NotFound("There is no sample organization here.", "`touchpoint sample add` writes one.")
    typer.echo(f"The sample organization is gone: {_removed(engine, found):,} rows.")
    tell_the_server()


def tell_the_server() -> None:
    """One that shows the sample on this machine hears at once that it is gone, because it looks whenever it is asked."""
    from contextlib import suppress
    from urllib.request import urlopen

    with suppress(OSError):  # Nobody runs there, or it answers that there is none: both are fine.
        urlopen(address(), timeout=1).close()  # noqa: S310


def _removed(engine: "Engine", found: "Organization") -> int:
    from storage import samples

    return samples.remove(engine, found.key, datetime.now(UTC))


def there(engine: "Engine") -> "Organization | None":
    """The sample, if there is one, whole or half-written."""
    from adapters.sample.cast import TENANT
    from storage import samples

    return samples.there(engine, TENANT)


def address() -> str:
    """Where the playground shows it."""
    from adapters.sample.room import PATH

    return f"http://127.0.0.1:{terminal.settings().playground_port}{PATH}/"
