"""Every example of what Teams sends, through the real adapter and over HTTP: taken or counted, and never an error of ours."""

from dataclasses import replace
from typing import Any

import pytest

from adapters import metrics
from adapters.metrics import IGNORED
from adapters.teams.arrivals import _NEWS, unknown
from bot.requests import ConversationSeen, ProfileSeen, Request
from tests.adapters.teams.fake_core import FakeCore
from tests.contract.teams_stage import PAYLOADS, TeamsStage, payload
from tests.doubles.bot_connector import Json

SHAPES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
NEW: Json = {"aFieldOfTomorrow": {"says": ["something", 1, None]}}
INVOKED = {
    *("adaptiveCard/action", "task/fetch", "task/submit"),
    *(f"composeExtension/{name}" for name in ("fetchTask", "submitAction", "query", "queryLink", "anonymousQueryLink")),
}


@pytest.fixture(autouse=True)
def types_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_types", set())


@pytest.fixture
async def known(stage: TeamsStage) -> TeamsStage:
    """The example's people and places are those of the double, so that all of it can be looked up."""
    dana = stage.double.person("Dana Frei")
    shown = payload("message-personal")["from"]
    stage.double.people = {shown["aadObjectId"]: replace(dana, aad=shown["aadObjectId"], id=shown["id"])}
    for name in SHAPES:
        where = payload(name).get("conversation", {})
        if where.get("id"):
            place = stage.double.conversation(where["id"].split(";")[0], where.get("conversationType", "channel"))
            place.members |= stage.double.people
    return stage


def with_news(part: Any) -> Any:
    """With something in every object of which nobody has heard yet; what people typed, they typed."""
    if isinstance(part, dict):
        return {name: value if name == "data" else with_news(value) for name, value in part.items()} | NEW
    return [with_news(each) for each in part] if isinstance(part, list) else part


async def sent(stage: TeamsStage, core: FakeCore, activity: Json) -> tuple[int, list[Request]]:
    """The status, and what the core was asked; what it is told once is left out: who and what is there."""
    core.asked.clear()
    headers = {"Authorization": stage.double.sign()}
    async with stage._http.post("/api/messages", json=activity, headers=headers) as response:
        return response.status, [each for each in core.asked if not isinstance(each, ConversationSeen | ProfileSeen)]


def counted() -> float:
    return sum(
        sample.value for metric in IGNORED.collect() for sample in metric.samples if sample.name.endswith("_total")
    )


@pytest.mark.parametrize("name", SHAPES)
async def test_unknown_fields_change_nothing(known: TeamsStage, core: FakeCore, name: str) -> None:
    """As it was, and with new fields everywhere: the core is asked the same, and what asks nothing is known or counted."""
    activity = payload(name) | {"serviceUrl": known.double.service_url}
    before = counted()
    status, asked = await sent(known, core, activity)
    assert status in ({200, 501} if activity["type"] == "invoke" else {200})
    assert counted() == before + bool(unknown(activity) and not asked)
    assert await sent(known, core, with_news(activity)) == (status, asked)


@pytest.mark.parametrize("name", SHAPES)
async def test_no_shape_of_a_payload_is_an_error_of_ours(known: TeamsStage, core: FakeCore, name: str) -> None:
    """Over HTTP, because the SDK reads the outermost too. What nobody would ask Teams for is no complaint here."""
    activity = payload(name) | {"serviceUrl": known.double.service_url}
    for key in activity:
        odds: tuple[Any, ...] = (None, 7, "x", [7], {"id": []})
        for odd in odds:
            status, _ = await sent(known, core, activity | {key: odd})
            assert status in {200, 400, 401, 403, 501}, (key, odd)
    known.double.complaints.clear()


def test_every_kind_that_is_read_has_an_example() -> None:
    shapes = [payload(name) for name in SHAPES]
    events = {
        each.get("channelData", {}).get("eventType", "") for each in shapes if each["type"] == "conversationUpdate"
    }
    assert events >= _NEWS - {""}
    assert {each.get("name") for each in shapes if each["type"] == "invoke"} >= INVOKED
    assert {each["type"] for each in shapes} >= {"message", "messageUpdate", "messageDelete", "installationUpdate"}
