"""The whole record as plain values: every noun of every organization, and nothing that opens a door."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from storage import export, feeds, links, rows, tables
from storage.export import whole_record
from storage.people import Person
from storage.syncs import Sync
from tests.conftest import MONDAY
from tests.storage.filled import CODE, NAMED, TOKEN, Filled

MACHINERY = {
    "audit_head",  # Its hash is that of the last event.
    "calendar_feed",
    "conversation",
    "counter",
    "delivery",
    "feed",
    "hygiene_answer",
    "hygiene_mark",
    "inbox_mark",
    "install_state",
    "installation",
    "link_code",
    "news",
    "nudge",
    "pulse_answer",
    "search_entry",
    "search_word",
}


@pytest.fixture
def filled(engine: Engine) -> Filled:
    return Filled(engine)


def test_every_table_is_exported_or_stays_behind_on_purpose():
    """A new one belongs into one of the two."""
    exported = {noun.__table__.name for noun in export.NOUNS}  # type: ignore[attr-defined]
    assert set(tables.METADATA.tables) == exported | MACHINERY | {"organization"}
    assert not exported & MACHINERY


def test_there_is_a_row_of_every_noun_and_only_its_own_organizations(filled: Filled):
    ours, theirs = whole_record(filled.firm.engine)
    assert [noun for noun, kept in ours.items() if kept == []] == []
    for entry, firm in ((ours, filled.firm), (theirs, filled.other)):
        assert entry["id"] == firm.organization_id
        rows = [row for kept in entry.values() if isinstance(kept, list) for row in kept]
        assert {row["organization_id"] for row in rows} == {firm.organization_id}


def test_promises_come_with_their_history_and_leave_with_who_stands_in(filled: Filled):
    with filled.firm.record() as record:
        sam = rows.get(record, Person, filled.firm.sam_id)
        sam.muted, sam.days = "digest", "MO,TU"
    ours, _theirs = whole_record(filled.firm.engine)
    (promise,), (change,) = ours["action_item"], ours["action_change"]
    assert (promise["number"], promise["title"], promise["due_on"]) == (1, "Renew the VPN contract", "2031-03-07")
    assert (change["action_id"], change["what"], change["because"]) == (promise["id"], "moved", "The vendor is late.")
    assert [(one["first"], one["last"]) for one in ours["absence"]] == [("2031-03-03", "2031-03-03")]
    assert [(one["person_id"], one["seat"], one["until"]) for one in ours["delegation"]] == [
        (filled.robin_id, "cio", "2031-03-03")
    ]
    settings = [(one["muted"], one["begins"], one["ends"], one["days"]) for one in ours["person"]][:2]
    assert settings == [("digest", "09:00:00", "17:00:00", "MO,TU"), ("", "09:00:00", "17:00:00", "MO,TU,WE,TH,FR")]


def test_nothing_in_it_opens_a_door(filled: Filled):
    with filled.firm.record() as record:
        rows.get(record, Sync, filled.sync_id).calendar_key = "a-secret-key"
    said = json.dumps(whole_record(filled.firm.engine))
    hashes = (feeds.hashed(TOKEN), links.hashed(CODE))
    assert [secret for secret in (TOKEN, CODE, NAMED, "a-secret-key", "calendar_key", *hashes) if secret in said] == []


def test_it_is_plain_json_with_moments_in_utc(filled: Filled):
    ours, _theirs = json.loads(json.dumps(whole_record(filled.firm.engine)))
    starts = sorted(one["starts_at"] for one in ours["sync"])
    assert starts[-1] == f"{MONDAY + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
