"""A core of our own, the adapter on it, and Microsoft's double behind it."""

from collections.abc import AsyncIterator

import pytest

from adapters.teams.port import MakePort
from tests.adapters.teams.fake_core import FakeCore
from tests.contract.teams_stage import TeamsChair, TeamsStage, teams_stage
from tests.doubles.plain_port import PlainPort


@pytest.fixture
def core() -> FakeCore:
    return FakeCore()


@pytest.fixture(params=[None, PlainPort], ids=["sdk", "plain"])
def make_port(request: pytest.FixtureRequest) -> MakePort | None:
    """Each port in turn: whatever holds through the real SDK's holds through any other one."""
    made: MakePort | None = request.param
    return made


@pytest.fixture
async def stage(core: FakeCore, make_port: MakePort | None) -> AsyncIterator[TeamsStage]:
    async with teams_stage(core, make_port=make_port) as stage:
        yield stage


@pytest.fixture
async def dana(stage: TeamsStage) -> TeamsChair:
    return await stage.seat("Dana")
