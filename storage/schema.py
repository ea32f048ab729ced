"""Brings a database to the schema that this code expects, and says whether it is there."""

from pathlib import Path
from typing import Final

from sqlalchemy import Engine, inspect, text

HEAD: Final = "0004"
LOCK: Final = 0x70756368  # Any number will do, as long as every replica asks for the same one.


def is_current(engine: Engine) -> bool:
    """Is the schema the newest? Costs one query, and no Alembic: this is asked at every start."""
    with engine.connect().execution_options(writes=False) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


def upgrade(engine: Engine) -> None:
    """Runs the migrations that are missing, under a lock: of several replicas that start at once, one migrates."""
    if is_current(engine):
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
