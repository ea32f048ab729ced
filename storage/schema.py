"""Brings a database to the schema that this code expects, and says whether it is there."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from agenda.errors import TouchpointError

HEAD: Final = "0006"
LOCK: Final = 0x70756368  # Any number will do, as long as every replica asks for the same one.


class TooNew(TouchpointError):
    """A later version has brought the database along already; there is no way back but a backup."""

    def __init__(self, found: str) -> None:
        mend = "Install that version again; or put the backup in place that was made before the upgrade."
        super().__init__(
            f"The database is of a later version of Touchpoint (schema {found}, and this one knows {HEAD}).", mend
        )


def is_current(engine: Engine) -> bool:
    """Is the schema the newest? Costs one query, and no Alembic: this is asked at every start."""
    with engine.connect().execution_options(writes=False) as connection:
        return version(connection) == HEAD


def version(connection: Connection) -> str:
    """Which schema it is; empty for none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def upgrade(engine: Engine) -> None:
    """Runs the migrations that are missing, and what they leave to do, in one transaction and under a lock.

    Of several replicas that start at once, one migrates. Raises `TooNew`.
    """
    if is_current(engine):
        return
    from alembic import command
    from alembic.config import Config

    from storage import backfill

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config.attributes["connection"] = connection
        came_from = version(connection)
        if came_from > HEAD:  # They are numbered with leading zeros.
            raise TooNew(came_from)
        command.upgrade(config, "head")
        if came_from:
            backfill.after_upgrade(connection, came_from)
