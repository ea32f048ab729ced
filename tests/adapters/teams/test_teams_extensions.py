"""The message extension and each reader's own view, at the edge: what is read of an invoke, and what goes back."""

import json
from dataclasses import replace
from typing import Any

import pytest

from adapters.teams import limits
from adapters.teams.cards import messages
from adapters.teams.extensions import inserted, results
from adapters.teams.figures import size
from adapters.teams.inbound import hear, request_in
from adapters.teams.manifest import manifest
from adapters.teams.views import READERS, messages_for, own_view
from bot.cards import Button, Card, Facts, Item, ItemList, Mine, Paragraph, card
from bot.commands import REGISTRY
from bot.replies import Result, Results
from bot.requests import ButtonPressed, FormRequested, FromPerson, LinkSeen, Profile, SearchTyped
from tests.contract.teams_stage import payload
from tests.doubles.adaptive_cards import buttons_of, check_card, lines_of
from tests.doubles.bot_connector import APP_ID, TENANT

HOME = f"teams:{TENANT}/19:4f7b2c9d1e5a48c0b6d3a1f2e8c7d9b0@thread.tacv2"
ELSEWHERE = f"teams:{TENANT}/elsewhere"
OPEN = Button(action="record.open", label="Open", value="4f1c2a9d07/D-12")
YOUNGER = {"Table", "Badge", "CodeBlock", "Carousel", "Icon", "Action.Execute", "Chart.Line"}


def request(activity: dict[str, Any] | str) -> FromPerson | None:
    shape = payload(activity) if isinstance(activity, str) else activity
    found = hear(shape, tenant=TENANT, bot_id=f"28:{APP_ID}")
    assert found
    return request_in(found, Profile(account=found.account), bot_id=f"28:{APP_ID}", client_url="https://t.example")


def kinds_in(part: Any) -> set[str]:
    if isinstance(part, list):
        return {kind for inner in part for kind in kinds_in(inner)}
    if not isinstance(part, dict):
        return set()
    own = {part["type"]} if isinstance(part.get("type"), str) else set()
    return own.union(*(kinds_in(inner) for inner in part.values()))


# ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_query_is_a_search_of_its_kind_in_its_messages_conversation() -> None:
    asked = request("invoke-query")
    assert isinstance(asked, SearchTyped)
    assert (asked.kind, asked.text, asked.where.conversation) == ("decisions", "vpn", HOME)


def test_one_that_was_just_opened_has_no_words() -> None:
    asked = request("invoke-query-initial")
    assert isinstance(asked, SearchTyped)
    assert (asked.kind, asked.text) == ("risks", "")


def test_a_pasted_link_is_seen_where_it_was_pasted() -> None:
    asked = request("invoke-query-link")
    assert isinstance(asked, LinkSeen)
    assert asked.url == "https://touchpoint.example.com/open/4f1c2a9d07/D-12"
    assert asked.where.conversation == HOME


def test_a_link_of_somebody_who_has_not_installed_us_is_nothing() -> None:
    assert request("invoke-anonymous-query-link") is None


@pytest.mark.parametrize("name", ["invoke-query", "invoke-query-link"])
@pytest.mark.parametrize("source", ["commandBox", "message", "share", "", None])
def test_what_is_not_surely_typed_beside_a_message_goes_nobody_knows_where(name: str, source: str | None) -> None:
    activity = payload(name)
    activity["channelData"]["source"] = {"name": source} if source is not None else None
    asked = request(activity)
    assert isinstance(asked, SearchTyped | LinkSeen)
    assert (asked.where.conversation, asked.where.direct) == (ELSEWHERE, False)


@pytest.mark.parametrize(
    ("conversation_id", "direct"),
    [("a:1abc", True), ("19:me_them@unq.gbl.spaces", False), ("8:orgid:them", False), ("48:notes", False)],
)
def test_only_the_chat_with_us_is_ones_own(conversation_id: str, direct: bool) -> None:
    activity = payload("invoke-query")
    activity["conversation"] |= {"conversationType": "personal", "id": conversation_id}
    asked = request(activity)
    assert asked
    assert asked.where.direct is direct
    assert (asked.where.conversation == asked.actor.account) is direct


def test_a_form_is_asked_for_from_our_menu() -> None:
    asked = request("invoke-form")
    assert isinstance(asked, FormRequested)
    assert (asked.form_id, dict(asked.context)) == ("item", {})


def test_a_readers_client_asks_as_if_they_pressed() -> None:
    asked = request("invoke-refresh")
    assert isinstance(asked, ButtonPressed)
    assert (asked.action, asked.value, asked.message) == ("mine", "12", f"{HOME}/1700000000777")


# ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def found(count: int, *, body: str = "said") -> Results:
    shown = card("D-12 <b>", Paragraph(body), buttons=[OPEN])
    return Results(items=tuple(Result(title=f"D-{n} a < b & c", detail="x & y", card=shown) for n in range(count)))


def answered(name: str, reply: Results, **options: object) -> dict[str, Any]:
    activity = payload(name)
    activity["value"]["queryOptions"] = options
    said = results(activity, [reply])
    extension: dict[str, Any] = said["composeExtension"]
    return extension


def test_a_result_has_a_line_to_choose_it_by_and_a_card() -> None:
    said = answered("invoke-query", found(1))
    assert (said["type"], said["attachmentLayout"]) == ("result", "list")
    (one,) = said["attachments"]
    assert one["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert one["preview"]["contentType"] == "application/vnd.microsoft.card.thumbnail"
    assert one["preview"]["content"] == {"title": "D-0 a &lt; b &amp; c", "text": "x &amp; y"}, "its text is HTML"
    assert lines_of(one["content"]) == ["D-12 <b>", "said"]


@pytest.mark.parametrize("name", ["invoke-query", "invoke-query-link"])
def test_nothing_that_is_found_is_kept_for_the_next_conversation(name: str) -> None:
    """ "Remove link unfurling cache": else what was shown at home would be shown elsewhere for half an hour."""
    (action,) = answered(name, found(1))["suggestedActions"]["actions"]
    assert action["type"] == "setCachePolicy"
    assert json.loads(action["value"]) == {"type": "no-cache"}


def test_results_come_in_pages() -> None:
    for options, shown in (({}, 25), ({"skip": 25, "count": 25}, 5), ({"skip": 30}, 0), ({"count": 3}, 3)):
        assert len(answered("invoke-query", found(30), **options)["attachments"]) == shown
    for odd in ({"skip": -1}, {"skip": "x", "count": None}, {"count": 0}, {"count": 10_000}):
        assert len(answered("invoke-query", found(30), **odd)["attachments"]) == 25


def test_nothing_found_is_said_in_words_and_a_link_stays_a_link() -> None:
    none = Results(note="Nothing found.")
    assert answered("invoke-query", none) == {"type": "message", "text": "Nothing found."}
    assert results(payload("invoke-query-link"), [none]) == {}
    assert results(payload("invoke-query-link"), []) == {}
    assert answered("invoke-query", Results())["attachments"] == []


def test_a_card_in_somebodys_message_opens_dialogs_and_is_of_version_1_3() -> None:
    """`Action.Execute` would install us in that chat; a link's card may not be younger."""
    listed = ItemList((Item(title="x", buttons=(OPEN,)),))
    drawn = inserted(card("D-12", Facts((("State", "open"),)), listed, buttons=[OPEN, replace(OPEN, rare=True)]))
    assert drawn["version"] == "1.3"
    assert not kinds_in(drawn) & YOUNGER
    pressed = buttons_of(drawn)
    assert len(pressed) == 3
    for button in pressed:
        assert (button["type"], button["data"]["msteams"]) == ("Action.Submit", {"type": "task/fetch"})
        assert button["data"]["touchpoint"] == {"press": "record.open", "value": OPEN.value}
    check_card(drawn | {"version": "1.5"})


def test_a_card_longer_than_a_message_says_so_and_keeps_its_button() -> None:
    whole = card("D-12", *(Paragraph(f"{n} " * 1_000) for n in range(40)), buttons=[OPEN])
    drawn = inserted(whole)
    assert size(drawn) <= limits.MESSAGE
    assert "This is longer than one message. “Open” shows all of it." in lines_of(drawn)
    assert [button["title"] for button in buttons_of(drawn)] == ["Open"]


# ── each reader's own view ──────────────────────────────────────────────────────────────────────────────────────────────


def shared(*, mine: bool = True, length: int = 10) -> Card:
    button = Button(action="mine", label="Refresh", value="12")
    asked = Mine(accounts=(f"teams:{TENANT}/sam",), button=button) if mine else None
    return replace(card("Agenda", Paragraph("x" * length)), mine=asked)


def content_of(message: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = message["attachments"][0]["content"]
    return content


def test_the_message_names_its_readers_and_what_their_clients_press() -> None:
    (message,) = messages_for(shared(), ["29:sam", "29:dana"])
    refresh = content_of(message)["refresh"]
    assert refresh["userIds"] == ["29:sam", "29:dana"]
    pressed = payload("invoke-refresh")["value"]["action"]
    assert refresh["action"] == {name: pressed[name] for name in ("type", "title", "verb", "data")}
    check_card(content_of(message))
    assert own_view(shared(), ["29:sam"])["refresh"]["userIds"] == ["29:sam"], "and again the next time"


def test_no_more_readers_than_teams_takes() -> None:
    readers = [f"29:{n}" for n in range(READERS + 5)]
    (message,) = messages_for(shared(), readers)
    assert content_of(message)["refresh"]["userIds"] == readers[:60]


@pytest.mark.parametrize(
    ("whole", "readers"),
    [(shared(), []), (shared(mine=False), ["29:sam"]), (shared(length=60_000), ["29:sam"])],
    ids=["nobody", "says the same to all", "several messages"],
)
def test_else_the_message_is_what_it_was(whole: Card, readers: list[str]) -> None:
    assert messages_for(whole, readers) == messages(whole)


def test_the_readers_count_in_a_messages_size() -> None:
    """Near the limit everybody sees the same, and the message still goes out whole."""
    seen = set()
    for length in range(10_000, 12_500, 50):
        whole = shared(length=length)
        sent = messages_for(whole, ["29:" + "x" * 150] * 4)
        assert all(size(message) <= limits.MESSAGE for message in sent)
        seen.add(("refresh" in content_of(sent[0]), len(sent) > 1))
    assert {(True, False), (False, False)} <= seen


# ── the package ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def extension(base_url: str = "https://touchpoint.example.com:8443/x") -> dict[str, Any]:
    described = manifest(
        REGISTRY.daily,
        REGISTRY.shortcuts,
        openers=REGISTRY.openers,
        searches=REGISTRY.searches,
        app_id=APP_ID,
        base_url=base_url,
        version="1.0.0",
    )
    (only,) = described["composeExtensions"]
    assert only.get("messageHandlers", [{"value": {"domains": []}}])[0]["value"]["domains"] in (
        [],
        described["validDomains"],
    )
    found: dict[str, Any] = only
    return found


def test_the_package_offers_every_search_beside_a_message_and_begins_with_the_newest() -> None:
    offered = [each for each in extension()["commands"] if each["type"] == "query"]
    assert [each["id"] for each in offered] == list(REGISTRY.searches)
    for each in offered:
        assert each["context"] == ["compose"], "where a card from the command box goes nobody knows"
        assert each["initialRun"] is True
        (words,) = each["parameters"]
        assert (words["name"], words["inputType"]) == ("words", "text")
        assert len(words["title"]) <= 32
        assert len(words["description"]) <= 128
        assert len(each["title"]) <= 32
        assert len(each["description"]) <= 128


def test_the_package_offers_the_forms_that_open_anywhere() -> None:
    offered = [each for each in extension()["commands"] if "commandBox" in each["context"]]
    assert [each["title"] for each in offered] == [known.label for known in REGISTRY.openers.values()]
    for each in offered:
        activity = payload("invoke-form")
        activity["value"]["commandId"] = each["id"]
        asked = request(activity)
        assert isinstance(asked, FormRequested)
        assert asked.form_id in REGISTRY.forms


def test_no_more_commands_than_teams_takes_and_links_of_our_own_address_alone() -> None:
    assert len(extension()["commands"]) <= 10
    assert len({each["id"] for each in extension()["commands"]}) == len(extension()["commands"])
    (links,) = extension()["messageHandlers"]
    assert links == {"type": "link", "value": {"domains": ["touchpoint.example.com"]}}, "and nothing for who has no app"
