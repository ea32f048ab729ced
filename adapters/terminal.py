"""What every command of `touchpoint` begins with and how it stops: settings, the database, one line about what is wrong."""

from pathlib import Path
from typing import TYPE_CHECKING, Never

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from adapters.settings import Settings


def settings() -> "Settings":
    """As the environment and `.env` say. Raises `BadSettings`."""
    from adapters.settings import load

    return load()


def engine(chosen: "Settings") -> "Engine":
    """The database of these settings, there or not."""
    from storage.engine import open_engine

    return open_engine(chosen.database_url.get_secret_value())


def record() -> "Engine":
    """The database as it stands: it must be there already, and SQLite would make an empty one by being asked."""
    from storage.schema import is_current

    found = engine(settings())
    file = found.url.database if found.url.get_backend_name() == "sqlite" else None
    if (file and not Path(file).exists()) or not is_current(found):
        stop("There is no database of this version here.", "`touchpoint db upgrade` makes it, or brings it up to date.")
    return found


def stop(what: str, mend: str = "", *, code: int = 1) -> Never:
    """What happened and what to do, on stderr."""
    typer.echo(typer.style(what, fg="red"), err=True)
    if mend:
        typer.echo(mend, err=True)
    raise SystemExit(code)
