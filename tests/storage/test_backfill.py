"""A database that was in use is found again after its upgrade: everything in it, in the order in which it was recorded."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData

from agenda.queries import query_in
from storage import backfill, finding, schema
from storage.engine import open_engine
from storage.finding import Hit, Reach
from storage.rows import name_of, sealed_tables
from tests.conftest import MONDAY
from tests.storage.firm import Firm
from tests.storage.test_upgrade import SAM, WEEK, filled

RISKS = 7


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Firm:
    """As the first schema left it, with risks and a decision."""
    sqlite = request.param == "sqlite"
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}") if sqlite else request.getfixturevalue("postgres")
    firm = filled(engine)
    standing = MetaData()
    with engine.begin() as connection:
        standing.reflect(connection, only=["decision", "risk_item"])
        for number in range(1, RISKS + 1):
            connection.execute(standing.tables["risk_item"].insert().values(risk(number)))
        connection.execute(standing.tables["decision"].insert().values(DECISION))
    return firm


OURS = {"organization_id": 1, "touchpoint_id": 1, "owner": "Dana", "theme": "threats"}
DECISION = OURS | {
    "recorded_by_id": SAM,
    "number": 1,
    "title": "Switch the old VPN off",
    "question": "",
    "rationale": "three findings",
    "state": "agreed",
    "recorded_at": MONDAY - 3 * WEEK,
}


def risk(number: int) -> dict[str, Any]:
    said = {"title": f"Risk {number} of the VPN", "description": "", "closed_because": "", "state": "open"}
    levels = {"likelihood": 3, "impact": 3, "treatment": "mitigate"}
    at = MONDAY - 4 * WEEK + number * WEEK / RISKS
    return OURS | said | levels | {"raised_by_id": SAM, "number": number, "raised_at": at}


def found(firm: Firm, words: str) -> list[Hit]:
    with firm.record(writes=False) as record:
        query = query_in(words, today=MONDAY.date())
        return finding.find(record, query, Reach(touchpoint_ids=[firm.touchpoint_id]), limit=99)


def refs(firm: Firm, words: str) -> list[str]:
    return [hit.ref or hit.title for hit in found(firm, words)]


def test_everything_is_found_again_newest_first(old: Firm, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backfill, "AT_ONCE", 3)  # So that the few rows of a test are several pages.
    schema.upgrade(old.engine)
    assert refs(old, "vpn in:risks") == [f"R-{number}" for number in range(RISKS, 0, -1)]
    assert refs(old, "vpn in:decisions state:agreed by:dana") == ["D-1"]
    assert refs(old, "vpn in:agenda") == ["The old VPN"], "the line that continues another stands in its place"
    assert [hit.subject for hit in found(old, "budget")] == ["item", "minutes"]
    moments = [hit.at for hit in found(old, "vpn") if hit.subject != "item"]
    assert moments == sorted(moments, reverse=True)


def test_an_upgrade_that_is_cut_off_leaves_all_as_it_was(old: Firm, monkeypatch: pytest.MonkeyPatch):
    def cut_off(_record: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(backfill, "index", cut_off)
        with pytest.raises(KeyboardInterrupt):
            schema.upgrade(old.engine)
    with old.engine.connect() as connection:
        assert schema.version(connection) == "0001"
    schema.upgrade(old.engine)
    assert refs(old, "vpn in:decisions") == ["D-1"]


def test_what_stands_is_not_written_anew_at_every_start(old: Firm, monkeypatch: pytest.MonkeyPatch):
    schema.upgrade(old.engine)
    monkeypatch.setattr(backfill, "after_upgrade", lambda *_: pytest.fail("there is nothing to upgrade"))
    schema.upgrade(old.engine)


def test_a_new_database_has_nothing_to_fill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backfill, "after_upgrade", lambda *_: pytest.fail("nothing stood there"))
    schema.upgrade(open_engine(f"sqlite:///{tmp_path / 'new.db'}"))


ALL_SEALED = "from storage import backfill, rows; print(*sorted(map(rows.name_of, rows.sealed_tables())))"


def test_an_upgrade_by_itself_seals_every_table_of_the_record() -> None:
    """`touchpoint db upgrade` imports nothing that it does not need: a table that it forgot would look like a forgery."""
    said = subprocess.run([sys.executable, "-c", ALL_SEALED], capture_output=True, text=True, check=True).stdout
    assert said.split() == sorted(map(name_of, sealed_tables()))
    assert "delegation" in said
