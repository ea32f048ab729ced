"""A world for each platform; what holds for one holds for all."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.bot.album import Album, album
from tests.conftest import MONDAY, fresh_sqlite
from tests.contract.stage import Chair, Stage
from tests.contract.world import World, world


@pytest.fixture(scope="session")
def kept() -> Album:
    """One for all who only look at cards and forms."""
    return album()


@pytest.fixture(params=["slack", "teams", "play"])
def platform(request: pytest.FixtureRequest) -> str:
    """Each of them in turn."""
    return str(request.param)


@pytest.fixture
def starts_at() -> datetime:
    """A Monday morning; a file whose scenarios begin earlier says so."""
    return MONDAY


@pytest.fixture
async def here(platform: str, starts_at: datetime, tmp_path: Path) -> AsyncIterator[World]:
    """One platform."""
    async with world(fresh_sqlite(tmp_path / "record.db"), [platform], starts_at) as made:
        yield made


@pytest.fixture
def stage(here: World, platform: str) -> Stage:
    """The one platform's stage."""
    return here.stage(platform)


@pytest.fixture
async def chairs(here: World, stage: Stage) -> tuple[Chair, Chair]:
    """Sam (CIO) and Dana (CISO), set up for every other Tuesday at 09:30."""
    sam, dana = await stage.seat("Sam"), await stage.seat("Dana")
    await sam.types("setup")
    await sam.fills(
        cio=sam.account,
        ciso=dana.account,
        rhythm="weekly:2",
        weekdays=("TU",),
        at="09:30",
        zone="Europe/Zurich",
    )
    assert sam.form is None, sam.form
    await sam.presses("Save")
    await here.settle()
    return sam, dana
