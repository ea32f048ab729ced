"""A core of our own, the adapter on it, and Microsoft's double behind it."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.teams.fake_core import FakeCore
from tests.contract.teams_stage import TeamsChair, TeamsStage, teams_stage


@pytest.fixture
def core() -> FakeCore:
    return FakeCore()


@pytest.fixture
async def stage(core: FakeCore) -> AsyncIterator[TeamsStage]:
    async with teams_stage(core) as stage:
        yield stage


@pytest.fixture
async def dana(stage: TeamsStage) -> TeamsChair:
    return await stage.seat("Dana")
