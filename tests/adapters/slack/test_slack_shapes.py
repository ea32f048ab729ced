"""Whatever a signed payload holds: it is asked of the core, or counted and left at that. Never a 500, and never a trace."""

import asyncio
import json
from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.metrics import IGNORED
from adapters.slack.shapes import ASKED, OF_EVENTS, NotUnderstood
from bot.legible import legible
from tests.adapters.slack.conftest import ScriptedCore
from tests.contract.slack_stage import PAYLOADS, SlackStage, payload, signed

SHAPES = sorted(path.stem for path in PAYLOADS.glob("*.json") if not path.stem.startswith("socket"))
GONE = object()


def paths(part: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [path for key, value in inner for path in [(*before, key), *paths(value, (*before, key))]]


def broken(name: str, path: tuple[Any, ...], odd: Any) -> Any:
    whole = payload(name)
    holder: Any = whole
    for key in path[:-1]:
        holder = holder[key]
    if odd is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = odd
    return whole


def only_words(part: Any) -> bool:
    """Is everything in it of the kind that the core may rely on?"""
    if is_dataclass(part):
        return all(only_words(getattr(part, one.name)) for one in fields(part))
    if isinstance(part, dict):
        return all(isinstance(name, str) and only_words(value) for name, value in part.items())
    return all(map(only_words, part)) if isinstance(part, tuple) else part is None or isinstance(part, str | bool)


async def status(stage: SlackStage, body: Any, *, as_form: bool = False) -> int:
    """What it is answered with; as JSON or, like an interaction, as JSON in a form."""
    raw = urlencode({"payload": json.dumps(body)}).encode() if as_form else json.dumps(body).encode()
    kind = "application/x-www-form-urlencoded" if as_form else "application/json"
    async with stage._http.post(stage._url, data=raw, headers={"Content-Type": kind, **signed(raw)}) as answer:
        found = answer.status
    await stage.adapter.settled()
    return found


@pytest.mark.parametrize("name", SHAPES)
async def test_no_shape_of_any_field_breaks_the_reading(name: str, stage: SlackStage, core: ScriptedCore) -> None:
    """Every value of every example is missing, or is exchanged for something else, in turn."""
    for path in paths(payload(name)):
        for odd in (None, 7, -1, 10**30, True, "", "x", [], ["x"], {}, {"id": []}, GONE):
            try:
                await stage.adapter._reception.take(broken(name, path, odd))
            except NotUnderstood:
                continue
    await asyncio.wait_for(stage.adapter.settled(), 60)
    for request in core.asked:
        assert only_words(request), request
        legible(request)


@pytest.mark.parametrize("name", SHAPES)
async def test_no_shape_of_a_payload_is_an_error_of_ours(name: str, stage: SlackStage) -> None:
    """Over HTTP, because Bolt reads the outermost too."""
    for path in [one for one in paths(payload(name)) if len(one) == 1]:
        odds: tuple[Any, ...] = (None, 7, "x", [7], {"id": []})
        for odd in odds:
            assert await status(stage, broken(name, path, odd)) in {200, 400}, (path, odd)


def test_every_kind_that_is_read_has_an_example() -> None:
    """So that each goes through the tests above, and through those with the fields of tomorrow."""
    bodies = [payload(name) for name in SHAPES]
    assert {body.get("event", {}).get("type") for body in bodies} >= set(OF_EVENTS)
    assert {"command" if "command" in body else body["type"] for body in bodies} >= set(ASKED)


async def test_an_event_that_cannot_be_read_is_acknowledged_and_counted(stage: SlackStage, core: ScriptedCore) -> None:
    before = IGNORED.labels("slack", "malformed message")._value.get()
    await stage.event("message_im", channel=["C0HOME"])
    assert stage.last_status == 200, "it would come again, and be no other"
    assert IGNORED.labels("slack", "malformed message")._value.get() == before + 1
    assert core.asked == []


async def test_a_form_that_cannot_be_read_stays_open(
    stage: SlackStage, core: ScriptedCore, capsys: pytest.CaptureFixture[str]
) -> None:
    await stage.interaction(broken("view_submission", ("view", "private_metadata"), "{not ours"))
    assert stage.last_status == 400
    assert core.asked == []
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("body", [[], 7, "x", None, {}, {"type": {"a": 1}}])
async def test_what_is_no_payload_at_all_leaves_no_trace(
    body: Any, stage: SlackStage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await status(stage, body) in {200, 400}
    assert await status(stage, body, as_form=True) in {200, 400}
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_what_is_nested_to_no_end_is_a_bad_request(stage: SlackStage) -> None:
    await stage._deliver(b"[" * 100_000, "application/json")
    assert stage.last_status == 400
