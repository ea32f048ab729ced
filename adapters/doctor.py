"""Looks at an installation from outside and says, line by line, what is well, what is not, and how to mend it.

Every check is a function from settings to findings and changes nothing; what needs the network is `reachability`'s.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adapters import reachability, suspicions
from adapters.findings import Finding, fail, ok, warn
from adapters.settings import DEFAULT_ENV_FILE, BadSettings, Settings, load

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.threats import Feed


async def examine(*, online: bool = False, env_file: Path | None = DEFAULT_ENV_FILE) -> AsyncIterator[Finding]:
    """Every finding, as it is made. Settings that cannot be read end it: all else hangs on them."""
    try:
        settings = load(env_file)
    except BadSettings as bad:
        for problem in bad.problems:
            yield fail("settings", problem, bad.mend)
        return
    yield ok("settings", "they are complete")
    for finding in _offline(settings, env_file):
        yield finding
    async for finding in reachability.look(settings, online=online):
        yield finding


def _offline(settings: Settings, env_file: Path | None) -> Iterator[Finding]:
    yield from suspicions.look(settings, os.environ, env_file)
    yield from switched_on(settings)
    yield from clock()
    yield from database(settings)
    yield from tracker(settings)
    yield from sources(settings)
    yield from installations(settings)
    yield from open_homes(settings)


def switched_on(settings: Settings) -> Iterator[Finding]:
    off = "not switched on; set {} in .env to use it"
    slack = "Socket Mode" if settings.socket_mode else "HTTP mode, POST /slack/events"
    slack += "; several workspaces, GET /slack/install" if settings.slack_oauth else ""
    yield ok("slack", slack if settings.slack_on else off.format("SLACK_BOT_TOKEN"))
    teams = f"{settings.microsoft_app_type}, POST /api/messages"
    yield ok("teams", teams if settings.teams_on else off.format("MICROSOFT_APP_ID"))
    if not settings.admins and (settings.slack_on or settings.teams_on):
        mend = "Set TOUCHPOINT_ADMINS unless that is what you want."
        yield warn("settings", "whoever first runs /touchpoint setup becomes the admin", mend)


def clock() -> Iterator[Finding]:
    from importlib.metadata import version
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        local = datetime.now(ZoneInfo("Europe/Zurich"))
    except ZoneInfoNotFoundError:
        yield fail("clock", "there is no time zone database", "Install it: pip install tzdata")
        return
    if local < datetime(2025, 1, 1, tzinfo=UTC):
        yield fail("clock", f"this machine believes that it is {local:%Y}", "Set the clock (timedatectl set-ntp true).")
    else:
        yield ok("clock", f"{local.astimezone(UTC):%Y-%m-%d %H:%M} UTC, time zones of tzdata {version('tzdata')}")


def database(settings: Settings) -> Iterator[Finding]:
    from sqlalchemy import text
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from storage import schema
    from storage.engine import open_engine

    url = make_url(settings.database_url.get_secret_value())
    shown = url.render_as_string(hide_password=True)
    if missing := _missing_file(url.get_backend_name(), url.database):
        yield missing
        return
    engine = open_engine(settings.database_url.get_secret_value())
    try:
        with engine.connect() as connection:  # a table made and rolled back: the only true test of "writable"
            found = schema.version(connection)
            connection.execute(text("CREATE TABLE touchpoint_doctor (id INTEGER)"))
            connection.rollback()
    except SQLAlchemyError as error:
        yield fail("database", f"{shown}: {_first_line(error)}", database_mend(url.get_backend_name()))
        return
    finally:
        engine.dispose()
    yield ok("database", f"{shown} is reachable and writable")
    if found == schema.HEAD:
        yield ok("database", "has the schema of this version")
    elif found > schema.HEAD:
        newer = schema.TooNew(found)
        yield fail("database", newer.what, newer.mend)
    else:
        yield warn(
            "database", "does not have the schema of this version yet", "touchpoint db upgrade (serve does it too)"
        )


def tracker(settings: Settings) -> Iterator[Finding]:
    """Whether a tracker may send initiatives, and how it calls each touchpoint."""
    if not settings.tracker_secret:
        yield ok("tracker", "not switched on; set TOUCHPOINT_WEBHOOK_SECRET in .env to use it")
        return
    yield ok("tracker", f"POST {settings.public_url or ''}/hooks/initiatives; {_touchpoints(settings)}")


def _touchpoints(settings: Settings) -> str:
    """`touchpoint 1 is “Sam and Dana”`."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from storage import registers
    from storage.engine import open_engine
    from storage.unit_of_work import transaction

    url = make_url(settings.database_url.get_secret_value())
    if _missing_file(url.get_backend_name(), url.database):
        return "there is no touchpoint yet"
    engine = open_engine(settings.database_url.get_secret_value())
    try:
        with transaction(engine, writes=False) as session:
            there = [f"touchpoint {one.key} is “{one.name}”" for one in registers.called(session, "")]
    except SQLAlchemyError:
        return "no touchpoint can be read yet"
    finally:
        engine.dispose()
    return ", ".join(there) or "there is no touchpoint yet"


def _missing_file(backend: str, name: str | None) -> Finding | None:
    """SQLite would make the file by being asked about it; a doctor changes nothing."""
    if backend != "sqlite" or not name or name == ":memory:" or Path(name).exists():
        return None
    folder = Path(name).resolve().parent
    if not folder.is_dir():
        return fail("database", f"the folder {folder} does not exist", f"mkdir -p {folder}")
    if not os.access(folder, os.W_OK):
        return fail("database", f"{folder} is not writable", "Let the account that runs Touchpoint write there.")
    return warn("database", f"{name} does not exist yet", "touchpoint db upgrade (serve does it too)")


@contextmanager
def _record(settings: Settings) -> "Iterator[Engine | None]":
    """The database, where there is a record in it that can be read; what hinders it was said above."""
    from sqlalchemy.exc import SQLAlchemyError

    from storage.engine import open_engine

    engine = open_engine(settings.database_url.get_secret_value())
    try:
        yield engine if _is_current(engine) else None
    except SQLAlchemyError:
        return
    finally:
        engine.dispose()


def _is_current(engine: "Engine") -> bool:
    from sqlalchemy.exc import SQLAlchemyError

    from storage import schema

    try:
        return _missing_file(engine.url.get_backend_name(), engine.url.database) is None and schema.is_current(engine)
    except SQLAlchemyError:
        return False


def sources(settings: Settings) -> Iterator[Finding]:
    """From where threats are read, and what could not be; nothing where there is no record yet."""
    from storage import threats

    with _record(settings) as engine:
        if engine:
            yield _fetched(settings) if threats.asking(engine) else ok("threats", "not switched on in any touchpoint")
            yield from _failing({feed.address: feed for feed in threats.failing(engine)}.values())


def installations(settings: Settings) -> Iterator[Finding]:
    """Where several workspaces install the app themselves; nothing where there is no record yet."""
    from adapters import vaults

    with _record(settings) as engine:
        if engine:
            yield from vaults.look(settings, engine)


def open_homes(settings: Settings) -> Iterator[Finding]:
    """Touchpoints that live where people of other companies read; their people were told, and may not have acted."""
    from storage import touchpoints

    with _record(settings) as engine:
        for key in touchpoints.in_open_homes(engine) if engine else ():
            mend = "Its principals move it with “setup” in another conversation; until then they have its cards in private."
            yield warn("homes", f"people of other companies can read the home of touchpoint {key}", mend)


def _fetched(settings: Settings) -> Finding:
    """An address may hold a key: only its host is said."""
    from adapters.feeds import host_of

    if not settings.sources:
        return ok("threats", "nothing is fetched; “touchpoint threats load FILE” takes files in")
    through = f", through {host_of(settings.proxy.get_secret_value())}" if settings.proxy else ""
    return ok("threats", f"fetched from {', '.join(dict.fromkeys(map(host_of, settings.sources)))}{through}")


def _failing(feeds: "Iterable[Feed]") -> Iterator[Finding]:
    from adapters.feeds import host_of

    for feed in feeds:
        found = f"{host_of(feed.address)} fails since {feed.failing_since:%Y-%m-%d}: {feed.because}"
        yield warn("threats", found, "It is tried again by itself; see TOUCHPOINT_PROXY, or “touchpoint threats load”.")


def database_mend(backend: str) -> str:
    """What to do about a database that does not answer."""
    if backend == "sqlite":
        return (
            "Is the file a SQLite database, and may this account write it and its folder? See TOUCHPOINT_DATABASE_URL."
        )
    return "Is PostgreSQL running, and are host, database, user and password in TOUCHPOINT_DATABASE_URL right?"


def _first_line(error: BaseException) -> str:
    return (str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__])[0]


def report(findings: AsyncIterator[Finding], show: Callable[[Finding], None]) -> bool:
    """Shows each finding; true when none of them is a failure."""

    async def look() -> bool:
        well = True
        async for finding in findings:
            show(finding)
            well = well and finding.level != "fail"
        return well

    return asyncio.run(look())
