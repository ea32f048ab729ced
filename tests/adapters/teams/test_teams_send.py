"""The outbox's side: what is posted and redrawn, and the truth about what was not."""

from datetime import UTC, datetime

import pytest

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.teams.app import TeamsAdapter
from adapters.teams.config import TeamsConfig
from adapters.teams.references import Reference
from adapters.teams.send import verdict
from adapters.teams.wire import ConnectorAnswered
from bot.cards import Button, Item, ItemList, card
from bot.requests import ConversationSeen
from tests.adapters.teams.fake_core import FakeCore
from tests.contract.teams_stage import TeamsChair, TeamsStage
from tests.doubles.bot_connector import APP_ID, TENANT, Fault

LONG = card("Open risks", ItemList(tuple(Item(title=f"Risk {n}", detail="x" * 300) for n in range(120))))


async def test_a_post_in_a_channel_begins_a_thread_and_mentions_who_is_wanted(
    stage: TeamsStage, dana: TeamsChair
) -> None:
    wanted = card("Ready?", notify=[dana.account, "slack:T1/U1", f"teams:{TENANT}/nobody"])
    address = await stage.adapter.edge.post(conversation=stage.home, card=wanted, delivery="d1")
    (seen,) = dana.screen()
    assert (seen.message, seen.text) == (address, "Ready?\nDana")
    assert seen.raw["msteams"]["entities"][0]["mentioned"]["name"] == "Dana"


async def test_a_direct_chat_is_opened_by_account_alone_and_told_to_the_core(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    await stage.adapter.edge.post(conversation=dana.account, card=card("What shall we talk about?"), delivery="d1")
    await stage.adapter.edge.post(conversation=dana.account, card=card("And what else?"), delivery="d2")
    assert [seen.text for seen in dana.screen()] == ["What shall we talk about?", "And what else?"]
    assert [seen.conversation for seen in core.of(ConversationSeen)] == [dana.account]
    assert [path for _, path in stage.double.requests].count("/teams/v3/conversations") == 1


async def test_a_reply_to_what_was_sent_directly_finds_it_again(stage: TeamsStage, dana: TeamsChair) -> None:
    address = await stage.adapter.edge.post(conversation=dana.account, card=card("Topics?"), delivery="d1")
    said = await dana.says("phishing")
    assert said.rsplit("/", 1)[0] == address.rsplit("/", 1)[0]


async def test_an_update_redraws_in_place(stage: TeamsStage, dana: TeamsChair) -> None:
    for place in (stage.home, dana.account):
        button = Button(action="a", label="Start")
        address = await stage.adapter.edge.post(
            conversation=place, card=card("Agenda", buttons=[button]), delivery="d1"
        )
        await stage.adapter.edge.update(message=address, card=card("Minutes"))
        seen = next(one for one in dana.screen() if one.message == address)
        assert (seen.text, seen.buttons) == ("Minutes", ())


async def test_a_card_of_several_messages_stands_in_one_thread(stage: TeamsStage, dana: TeamsChair) -> None:
    address = await stage.adapter.edge.post(conversation=stage.home, card=LONG, delivery="d1")
    first, *rest = stage.at(stage.home).messages
    assert address.endswith(first.id)
    assert rest
    assert {message.root for message in rest} == {first.id}
    await stage.adapter.edge.update(message=address, card=LONG)
    assert "longer than one message" in dana.screen()[0].text


GONE, STANDS, EVERYWHERE = "gone", "stands", "everywhere"
# Microsoft's own table, in "Build conversational capability": (status, its code or none, what becomes of a message to a
# channel, and of one to a direct chat where that differs). A number is the seconds until it is tried again.
TABLE: list[tuple[int, str, object, object]] = [
    (400, "BadArgument", STANDS, STANDS),
    (401, "BotNotRegistered", 60, 60),
    (401, "", 60, 60),
    (403, "BotDisabledByAdmin", 300, GONE),
    (403, "BotNotInConversationRoster", GONE, GONE),
    (403, "ConversationBlockedByUser", GONE, GONE),
    (403, "ForbiddenOperationException", GONE, GONE),
    (403, "InvalidBotApiHost", EVERYWHERE, EVERYWHERE),
    (403, "MessageWritesBlocked", GONE, GONE),
    (403, "NotEnoughPermissions", GONE, GONE),
    (403, "", GONE, GONE),
    (404, "ActivityNotFoundInConversation", STANDS, STANDS),
    (404, "ConversationNotFound", GONE, GONE),
    (404, "", GONE, GONE),
    (405, "", STANDS, STANDS),
    (408, "", 30, 30),
    (412, "PreconditionFailed", 30, 30),
    (413, "MessageSizeTooBig", STANDS, STANDS),
    (429, "Throttled", 10, 10),
    (500, "ServiceError", 300, 300),
    (502, "ServiceError", 30, 30),
    (503, "", 30, 30),
    (504, "", 30, 30),
    (418, "SomethingNew", STANDS, STANDS),
]


def read(judged: SendLater | SendRefused) -> object:
    if isinstance(judged, SendRefused):
        return GONE if judged.conversation_gone else STANDS
    return EVERYWHERE if judged.everywhere else judged.after


@pytest.mark.parametrize(("status", "code", "shared", "alone"), TABLE)
def test_every_status_and_code_has_one_meaning(status: int, code: str, shared: object, alone: object) -> None:
    answered = ConnectorAnswered(status, code, None)
    assert read(verdict(answered, alone=False)) == shared
    assert read(verdict(answered, alone=True)) == alone
    waits = verdict(ConnectorAnswered(status, code, 7.0), alone=False)
    assert not isinstance(waits, SendLater) or waits.after in {7.0, 300.0}, "Retry-After is kept to where it is said"


@pytest.mark.parametrize(
    ("fault", "after"), [(Fault(status=429, after="7"), 7), (Fault(status=429), 10), (Fault(status=503, after="2"), 2)]
)
async def test_trouble_that_passes_is_for_later_and_asked_for_once(
    stage: TeamsStage, fault: Fault, after: float
) -> None:
    stage.double.faults.append(fault)
    with pytest.raises(SendLater) as told:
        await stage.adapter.edge.post(conversation=stage.home, card=card("Hi"), delivery="d1")
    assert told.value.after == after
    assert len([r for r in stage.double.requests if r[0] == "POST"]) == 1


@pytest.mark.parametrize(
    ("fault", "gone"),
    [
        (Fault(status=403, code="MessageWritesBlocked"), True),
        (Fault(status=404, code="ConversationNotFound"), True),
        (Fault(status=413, code="MessageSizeTooBig"), False),
    ],
)
async def test_what_is_final_is_refused(stage: TeamsStage, fault: Fault, gone: bool) -> None:
    stage.double.faults.append(fault)
    with pytest.raises(SendRefused) as told:
        await stage.adapter.edge.post(conversation=stage.home, card=card("Hi"), delivery="d1")
    assert (told.value.conversation_gone, fault.code in told.value.reason) == (gone, True)


async def test_who_was_found_to_be_gone_is_news_when_heard_again(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    await dana.types("help")
    await dana.types("help")
    assert len(core.of(ConversationSeen)) == 1
    stage.double.faults.append(Fault(status=403, code="BotNotInConversationRoster"))
    with pytest.raises(SendRefused):
        await stage.adapter.edge.post(conversation=stage.home, card=card("Hi"), delivery="d1")
    await dana.types("help")
    assert [seen.conversation for seen in core.of(ConversationSeen)] == [stage.home, stage.home]


async def test_a_connection_that_breaks_after_delivery_is_unknown_and_not_tried_again(stage: TeamsStage) -> None:
    await stage.adapter.edge.post(conversation=stage.home, card=card("First"), delivery="d1")
    stage.double.faults.append(Fault(drop=True))
    with pytest.raises(SendUnknown):
        await stage.adapter.edge.post(conversation=stage.home, card=card("Second"), delivery="d2")
    texts = [message.activity["summary"] for message in stage.at(stage.home).messages]
    assert texts == ["First", "Second"]


async def test_no_connection_means_that_nothing_was_sent(core: FakeCore, stage: TeamsStage) -> None:
    nowhere = TeamsConfig(
        app_id=APP_ID,
        app_password="x",
        tenant_id=TENANT,
        login_url="http://127.0.0.1:9",
        service_url="http://127.0.0.1:9/",
    )
    adapter = TeamsAdapter(nowhere, core)
    await adapter.start()
    try:
        with pytest.raises(SendLater):
            await adapter.edge.post(conversation=stage.home, card=card("Hi"), delivery="d1")
        assert not adapter.ready()
    finally:
        await adapter.stop()


async def test_a_refused_connection_is_for_later(core: FakeCore, stage: TeamsStage) -> None:
    core.references[stage.home] = Reference(
        service_url="http://127.0.0.1:9/", conversation="19:x", kind="channel", tenant=TENANT, bot=f"28:{APP_ID}"
    ).to_json()
    with pytest.raises(SendLater):
        await stage.adapter.edge.post(conversation=stage.home, card=card("Hi"), delivery="d1")


async def test_refused_credentials_are_for_later_and_show_in_readiness(stage: TeamsStage) -> None:
    stage.double.sign_in_error = "invalid_client"
    with pytest.raises(SendLater) as told:
        await stage.adapter.edge.post(conversation=stage.home, card=card("Hi"), delivery="d1")
    assert (told.value.after, told.value.everywhere) == (60, True)
    assert "invalid_client" in told.value.reason
    assert not stage.adapter.ready()
    stage.double.sign_in_error = ""
    await stage.adapter.edge.post(conversation=stage.home, card=card("Hi"), delivery="d1")
    assert stage.adapter.ready()


async def test_a_later_part_that_fails_leaves_the_whole_unknown(stage: TeamsStage) -> None:
    stage.double.faults.extend([Fault(), Fault(status=429, after="1")])
    with pytest.raises(SendUnknown):
        await stage.adapter.edge.post(conversation=stage.home, card=LONG, delivery="d1")


async def test_an_update_of_what_is_gone_is_refused(stage: TeamsStage) -> None:
    with pytest.raises(SendRefused) as told:
        await stage.adapter.edge.update(message=f"{stage.home}/1234", card=card("Hi"))
    assert not told.value.conversation_gone


async def test_history_cannot_be_read(stage: TeamsStage) -> None:
    with pytest.raises(SendUnknown):
        await stage.adapter.edge.find(conversation=stage.home, delivery="d1", since=datetime.now(UTC))


async def test_the_edge_says_what_it_is(stage: TeamsStage) -> None:
    assert stage.adapter.edge.platform == "teams"
    assert stage.adapter.edge.pace.per_conversation > 0
