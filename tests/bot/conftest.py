"""After every conversation the record is what its audit log says: no change of it goes unsealed."""

from collections.abc import Iterator

import pytest

from storage import verify
from tests.bot.room import Room


@pytest.fixture(autouse=True)
def the_record_verifies(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever was said in whichever room. A few milliseconds a test."""
    if "engine" in request.fixturenames:
        request.getfixturevalue("engine")  # It is disposed of when this is done.
    rooms: list[Room] = []
    opened = Room.__post_init__

    def noted(room: Room) -> None:
        opened(room)
        rooms.append(room)

    monkeypatch.setattr(Room, "__post_init__", noted)
    yield
    for room in rooms:
        for organization_id, _name in verify.organizations(room.engine):
            assert verify.verify(room.engine, organization_id).findings == []
