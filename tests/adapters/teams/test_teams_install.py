"""Whom the record owes a message and who does not have the app: they get it where that is allowed, and the truth is told."""

from collections.abc import AsyncIterator

import pytest

from adapters.port import SendLater, SendRefused
from adapters.teams.port import MakePort
from bot.cards import card
from bot.requests import HomeOpened
from tests.adapters.teams.fake_core import FakeCore
from tests.contract.teams_stage import TeamsChair, TeamsStage, payload, teams_stage
from tests.doubles.bot_connector import Fault

GRAPH = "/v1.0/users/"


@pytest.fixture
async def installing(core: FakeCore, make_port: MakePort | None) -> AsyncIterator[TeamsStage]:
    """An adapter that was told the app's id in the catalog."""
    async with teams_stage(core, make_port=make_port, installs=True) as stage:
        yield stage


def asked_graph(stage: TeamsStage) -> int:
    return len([path for _, path in stage.double.requests if path.startswith(GRAPH)])


async def post(stage: TeamsStage, chair: TeamsChair) -> str:
    return await stage.adapter.edge.post(conversation=chair.account, card=card("Topics?"), delivery="d1")


async def test_it_is_installed_and_the_message_goes_on(installing: TeamsStage) -> None:
    dana = await installing.seat("Dana", installed=False)
    await post(installing, dana)
    await post(installing, dana)
    assert [seen.text for seen in dana.screen()] == ["Topics?", "Topics?"]
    assert asked_graph(installing) == 1


async def test_by_default_nothing_is_installed(stage: TeamsStage) -> None:
    dana = await stage.seat("Dana", installed=False)
    with pytest.raises(SendRefused) as told:
        await post(stage, dana)
    assert told.value.conversation_gone
    assert asked_graph(stage) == 0


@pytest.mark.parametrize("fault", [Fault(status=403, code="Forbidden"), Fault(status=404, code="NotFound")])
async def test_where_it_may_not_be_the_refusal_says_whose_it_was(installing: TeamsStage, fault: Fault) -> None:
    """No consent, an app policy, an app that is not in the catalog: an admin is told, with both words."""
    dana = await installing.seat("Dana", installed=False)
    installing.double.install_faults.append(fault)
    with pytest.raises(SendRefused) as told:
        await post(installing, dana)
    assert told.value.conversation_gone
    assert "403 ForbiddenOperationException" in told.value.reason
    assert f"Graph: {fault.status} {fault.code}" in told.value.reason


async def test_a_busy_graph_is_for_later(installing: TeamsStage) -> None:
    dana = await installing.seat("Dana", installed=False)
    installing.double.install_faults.append(Fault(status=429, code="TooManyRequests", after="9"))
    with pytest.raises(SendLater) as told:
        await post(installing, dana)
    assert (told.value.after, told.value.everywhere) == (9, False)
    await post(installing, dana)
    assert [seen.text for seen in dana.screen()] == ["Topics?"]


async def test_an_installation_that_teams_does_not_know_yet_is_waited_for_once(installing: TeamsStage) -> None:
    dana = await installing.seat("Dana", installed=False)
    installing.double.slow_to_install = True
    with pytest.raises(SendLater):
        await post(installing, dana)
    installing.double.install_faults.append(Fault(status=409, code="Conflict"))
    with pytest.raises(SendRefused):
        await post(installing, dana)


async def test_somebody_who_removed_the_app_is_left_alone(installing: TeamsStage) -> None:
    dana = await installing.seat("Dana")
    await post(installing, dana)
    installing.double.people[dana.account.rsplit("/", 1)[1]].installed = False
    with pytest.raises(SendRefused):
        await post(installing, dana)
    assert asked_graph(installing) == 0


async def test_whoever_speaks_is_given_nothing_unasked(installing: TeamsStage) -> None:
    """Only those are, to whom the record owes a message; a stranger who writes in a channel could be anybody."""
    robin = await installing.seat("Robin", outsider=True, installed=False)
    await robin.types("help")
    assert asked_graph(installing) == 0


async def test_adding_the_app_opens_the_home_once(core: FakeCore, stage: TeamsStage, dana: TeamsChair) -> None:
    """Teams says it twice: as an installation and as a change of members."""
    for example in (payload("installation-add-personal"), payload("conversation-update-added")):
        activity = dana._from_me(example, stage.double.direct(dana._member), None)
        await stage.deliver(activity)
    assert [(asked.actor.name, asked.surface) for asked in core.of(HomeOpened)] == [("Dana", None)]


async def test_an_id_leads_nowhere_else_in_graph(installing: TeamsStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids come from outside: whatever stands in one, it is one part of the path."""
    asked: list[str] = []
    installer = installing.adapter._chats._installer

    async def note(_method: str, url: str, *_: object) -> None:
        asked.append(url)

    monkeypatch.setattr(installer._wire, "request", note)
    await installer._ask("../groups/1?$select=id#")
    assert asked[0].endswith("/v1.0/users/..%2Fgroups%2F1%3F%24select%3Did%23/teamwork/installedApps")
