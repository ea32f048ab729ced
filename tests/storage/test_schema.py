"""The migrations build exactly what the tables say, once, however many replicas start; and they lean on no code of ours."""

import ast
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from storage import schema, search, tables
from storage.engine import open_engine
from tests.conftest import fresh_sqlite

MIGRATIONS = Path(schema.__file__).parent / "migrations"
FULL_TEXT = "search_text"  # No table class can say it; see `storage.search`.


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database without any table."""
    if request.param == "sqlite":
        return open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    return request.getfixturevalue("postgres")  # type: ignore[no-any-return]


def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith(FULL_TEXT))


def differences(engine: Engine) -> list[object]:
    # SQLite cannot take a default back that a column needed while it was added; it stands there unused.
    defaults = engine.dialect.name != "sqlite"
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": defaults, "include_object": ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), tables.METADATA))


def shape(engine: Engine) -> dict[str, object]:
    """Names and nullability of columns, keys, uniqueness and indexes: what autogenerate does not compare everywhere."""
    seen = inspect(engine)
    found: dict[str, object] = {}
    for table in sorted(seen.get_table_names()):
        if table == "alembic_version":
            continue
        columns = {column["name"]: (str(column["type"]), column["nullable"]) for column in seen.get_columns(table)}
        indexes = {(i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in seen.get_indexes(table)}
        uniques = {tuple(unique["column_names"]) for unique in seen.get_unique_constraints(table)}
        foreign = {(tuple(key["constrained_columns"]), key["referred_table"]) for key in seen.get_foreign_keys(table)}
        primary = tuple(seen.get_pk_constraint(table)["constrained_columns"])
        found[table] = (columns, indexes, uniques, foreign, primary)
    return found


def test_head_equals_the_tables(empty: Engine):
    schema.upgrade(empty)
    assert differences(empty) == []


def test_a_table_that_no_migration_knows_would_be_seen(empty: Engine):
    """So that the test above can fail."""
    schema.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("DROP TABLE link_code"))
        connection.execute(text("ALTER TABLE person DROP COLUMN zone"))
    assert {difference[0] for difference in differences(empty)} >= {"add_table", "add_column"}  # type: ignore[index]


def test_a_migrated_database_has_the_shape_of_a_created_one(empty: Engine):
    schema.upgrade(empty)
    migrated = shape(empty)
    if empty.dialect.name == "sqlite":
        assert migrated == shape(fresh_sqlite())
        return
    with empty.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        tables.METADATA.create_all(connection)
        search.create(connection)
    assert migrated == shape(empty)


def test_upgrading_again_changes_nothing(empty: Engine):
    assert not schema.is_current(empty)
    schema.upgrade(empty)
    assert schema.is_current(empty)
    before = shape(empty)
    schema.upgrade(empty)
    assert (shape(empty), differences(empty)) == (before, [])


def test_a_database_of_a_later_version_is_left_alone_and_said(empty: Engine):
    schema.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.TooNew, match=r"9999.*put the backup in place"):
        schema.upgrade(empty)


def test_two_replicas_that_start_at_once_migrate_once(empty: Engine, pool: ThreadPoolExecutor):
    url = empty.url.render_as_string(hide_password=False)
    engines = [open_engine(url) for _ in range(2)]
    for engine in engines:
        engine.connect().close()  # Opening a new SQLite file is a matter of its own: see test_unit_of_work.
    together = Barrier(len(engines))

    def start(engine: Engine) -> bool:
        together.wait(10)
        schema.upgrade(engine)
        return schema.is_current(engine)

    assert list(pool.map(start, engines)) == [True, True]
    with empty.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [schema.HEAD]
    for engine in engines:
        engine.dispose()


def test_a_migration_that_breaks_leaves_nothing_behind(empty: Engine, monkeypatch: pytest.MonkeyPatch):
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE risk_item (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        schema.upgrade(empty)
    assert inspect(empty).get_table_names() == ["risk_item"]


def test_head_is_the_last_migration():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_migrations_import_no_code_of_ours():
    """What a migration did last year must not change because a table class did."""
    for path in MIGRATIONS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            roots = {name.split(".")[0] for name in names}
            assert not roots & {"agenda", "storage", "bot", "adapters", ""}, path
