"""Each example activity, and what the core is asked for it. No network, no SDK."""

import json
from typing import Any

import pytest

from adapters.teams.arrivals import first_opened, has_closed_roster, loss, sighting, unknown
from adapters.teams.html import plain_text
from adapters.teams.inbound import Heard, hear, request_in
from adapters.teams.references import Reference
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    FormRequested,
    FormSubmitted,
    FromPerson,
    MessagePosted,
    MessageTaken,
    Profile,
)
from tests.contract.teams_stage import PAYLOADS, payload
from tests.doubles.bot_connector import APP_ID, TENANT

BOT = f"28:{APP_ID}"
DANA = f"teams:{TENANT}/0c7a4d52-91be-4f0b-8d2e-6f3a2b1c4d5e"
CHANNEL = f"teams:{TENANT}/19:4f7b2c9d1e5a48c0b6d3a1f2e8c7d9b0@thread.tacv2"
TEAM = f"teams:{TENANT}/19:0a1b2c3d4e5f60718293a4b5c6d7e8f9@thread.tacv2"
CHAT = f"teams:{TENANT}/a:1qWeRtYuIoPaSdFgHjKlZxCvBnM_0987654321-AbCdEfGhIjKlMnOpQrStUv"


def heard(activity: dict[str, Any]) -> Heard:
    found = hear(activity, tenant=TENANT, bot_id=BOT)
    assert found
    return found


def request(activity: dict[str, Any] | str) -> FromPerson | None:
    shape = payload(activity) if isinstance(activity, str) else activity
    who = heard(shape)
    return request_in(who, Profile(account=who.account), bot_id=BOT, client_url="https://teams.microsoft.com")


def test_a_direct_message_is_posted_by_its_sender_in_their_own_chat() -> None:
    asked = request("message-personal")
    assert isinstance(asked, MessagePosted)
    assert (asked.text, asked.where.conversation, asked.where.direct) == ("risk list", DANA, True)
    assert asked.message == f"{CHAT}/1700000001234"
    assert asked.where.thread is None
    assert asked.link
    assert f"0c7a4d52-91be-4f0b-8d2e-6f3a2b1c4d5e_{APP_ID}%40unq.gbl.spaces/1700000001234" in asked.link


@pytest.mark.parametrize("shape", ["message-personal-quote", "message-personal-quote-html"])
def test_a_quoted_reply_names_the_quoted_message(shape: str) -> None:
    asked = request(shape)
    assert isinstance(asked, MessagePosted)
    assert (asked.text, asked.where.thread) == ("the phishing drill", f"{CHAT}/1700000000777")


def test_a_mention_in_a_channel_is_a_command_without_mention_and_html() -> None:
    asked = request("message-channel-mention")
    assert isinstance(asked, CommandTyped)
    assert asked.text == "decision find M&A <draft>"
    assert (asked.where.conversation, asked.where.thread, asked.where.direct) == (CHANNEL, None, False)
    assert asked.where.title == "Information Security"


def test_our_own_name_goes_and_other_people_stay() -> None:
    asked = request("message-channel-slash")
    assert isinstance(asked, CommandTyped)
    assert asked.text == "agenda add Noor Haddad on backups"


@pytest.mark.parametrize(
    ("typed", "heard_as"),
    [
        ("touchpoint help", "help"),
        ("/Touchpoint  help", "help"),
        ("touchpoints are fine", "touchpoints are fine"),
        ("touchpoint", ""),
    ],
)
def test_a_leading_name_is_no_part_of_the_words(typed: str, heard_as: str) -> None:
    asked = request(payload("message-personal") | {"text": typed})
    assert isinstance(asked, MessagePosted)
    assert asked.text == heard_as


def test_a_reply_in_a_channels_thread_is_posted_under_its_root() -> None:
    asked = request("message-channel-reply")
    assert isinstance(asked, MessagePosted)
    assert (asked.text, asked.where.thread) == ("also the new firewall", f"{CHANNEL}/1700000000777")
    assert asked.message == f"{CHANNEL}/1700000001234"
    assert asked.link
    assert asked.link.endswith("parentMessageId=1700000000777&groupId=2d9f6e10-7c44-4b65-a7b0-5e0f1c2d3a4b")


def test_what_is_not_said_to_us_is_not_heard_unless_nobody_else_sees_it() -> None:
    assert request("message-channel-unmentioned") is None
    assert isinstance(request("message-channel-targeted"), CommandTyped)


def test_a_group_chat_is_a_shared_conversation() -> None:
    asked = request("message-groupchat-mention")
    assert isinstance(asked, CommandTyped)
    assert (asked.text, asked.where.thread) == ("help", None)


def test_edits_undeletions_and_deletions_name_their_message() -> None:
    edit, undo, delete = map(request, ("message-update-edit", "message-update-undelete", "message-delete"))
    assert isinstance(edit, MessagePosted)
    assert isinstance(undo, MessagePosted)
    assert isinstance(delete, MessagePosted)
    assert (edit.text, edit.edited, edit.deleted) == ("the phishing drill, and its cost", True, False)
    assert (undo.text, undo.edited) == ("the phishing drill", True)
    assert (delete.text, delete.deleted) == ("", True)
    assert edit.message == undo.message == delete.message == f"{CHAT}/1700000001234"
    assert len({edit.id, undo.id, delete.id}) == 3


def test_two_edits_of_one_message_are_two_and_one_delivered_twice_is_one() -> None:
    once = payload("message-update-edit")
    later = once | {"timestamp": "2026-11-03T08:17:00.0000000Z"}
    assert heard(once).delivery == heard(payload("message-update-edit")).delivery
    assert heard(once).delivery != heard(later).delivery


def test_a_press_carries_action_value_and_the_message_it_stands_on() -> None:
    asked = request("invoke-execute")
    assert isinstance(asked, ButtonPressed)
    assert (asked.action, asked.value, asked.message) == ("page", "risks:2", f"{CHANNEL}/1700000000777")
    assert asked.where.conversation == CHANNEL


def test_a_press_that_opens_a_dialog_is_a_press() -> None:
    asked = request("invoke-task-fetch-button")
    assert isinstance(asked, ButtonPressed)
    assert (asked.action, asked.value) == ("decision.record", "item:7")


def test_a_form_is_asked_for_by_its_button() -> None:
    asked = request("invoke-task-fetch-form")
    assert isinstance(asked, FormRequested)
    assert (asked.form_id, asked.context) == ("setup", {"home": "teams:x/19:y"})


def test_a_submitted_form_comes_with_every_field() -> None:
    asked = request("invoke-task-submit")
    assert isinstance(asked, FormSubmitted)
    assert asked.values == {"cio": DANA, "weekdays": ("tue", "fri,sat"), "quiet": "yes", "every": "2", "note": ""}


def test_installing_and_removing_are_seen_and_lost() -> None:
    seen = sighting(heard(payload("installation-add-personal")))
    assert seen
    assert seen.conversation == DANA
    reference = Reference.from_json(seen.reference)
    assert (reference.kind, reference.tenant, reference.service_url) == (
        "personal",
        TENANT,
        "https://smba.trafficmanager.net/emea/",
    )
    lost = loss(heard(payload("installation-remove-personal")))
    assert lost
    assert (lost.conversation, lost.reason) == (DANA, "uninstalled")
    assert sighting(heard(payload("installation-remove-personal"))) is None


def test_a_team_that_we_join_and_leave() -> None:
    seen, lost = (
        sighting(heard(payload("conversation-update-added"))),
        loss(heard(payload("conversation-update-removed"))),
    )
    assert seen
    assert (seen.conversation, seen.title) == (TEAM, "Information Security")
    assert lost
    assert (lost.conversation, lost.reason) == (TEAM, "removed")


def test_news_of_a_channel_are_about_that_channel() -> None:
    gone = loss(heard(payload("conversation-update-channel-deleted")))
    renamed = sighting(heard(payload("conversation-update-channel-renamed")))
    archived = loss(heard(payload("conversation-update-team-archived")))
    assert gone
    assert (gone.conversation, gone.reason) == (CHANNEL, "deleted")
    assert renamed
    assert (renamed.conversation, renamed.title) == (CHANNEL, "security-sync")
    assert archived
    assert (archived.conversation, archived.reason) == (TEAM, "archived")


@pytest.mark.parametrize(
    ("shape", "conversation", "title"),
    [
        ("conversation-update-channel-restored", CHANNEL, "security-sync"),
        ("conversation-update-team-renamed", TEAM, "Information Security and Risk"),
        ("conversation-update-team-restored", TEAM, "Information Security"),
        ("conversation-update-team-unarchived", TEAM, "Information Security"),
        ("conversation-update-from-the-future", CHANNEL, "security-sync"),
    ],
)
def test_what_is_renamed_or_comes_back_can_be_reached(shape: str, conversation: str, title: str) -> None:
    """The team's own conversation is its General channel; the others are heard of when somebody speaks there."""
    seen = sighting(heard(payload(shape)))
    assert seen
    assert (seen.conversation, seen.title, seen.by) == (conversation, title, "")


@pytest.mark.parametrize(
    ("shape", "by"),
    [
        ("conversation-update-added", DANA),
        ("conversation-update-group-added", DANA),
        ("conversation-update-channel-member-added", DANA),
        ("installation-add-team", DANA),
        ("installation-upgrade-team", ""),
        ("conversation-update-member-added", ""),
        ("installation-add-personal", ""),
        ("message-channel-mention", ""),
    ],
)
def test_who_put_us_there_is_said_where_somebody_did(shape: str, by: str) -> None:
    seen = sighting(heard(payload(shape)))
    assert seen
    assert seen.by == by


@pytest.mark.parametrize(
    ("shape", "outsiders", "closed"),
    [
        ("message-channel-shared-mention", True, True),
        ("conversation-update-channel-shared", True, True),
        ("conversation-update-channel-unshared", True, True),
        ("message-channel-private-mention", False, True),
        ("message-channel-mention", None, False),
        ("message-groupchat-mention", None, False),
    ],
)
def test_a_shared_channel_counts_as_open_to_others_and_nothing_is_made_up(
    shape: str, outsiders: bool | None, closed: bool
) -> None:
    """Unsharing it with one team says nothing of the others, nor of single people of other companies."""
    seen = sighting(heard(payload(shape)))
    assert seen
    assert (seen.outsiders, has_closed_roster(payload(shape))) == (outsiders, closed)


def test_a_meetings_chat_is_a_group_chat_with_its_title() -> None:
    asked = request("message-meeting-mention")
    assert isinstance(asked, CommandTyped | MessagePosted)
    assert asked.where.conversation.startswith(f"teams:{TENANT}/19:meeting_")
    assert (asked.where.direct, asked.where.title) == (False, "CIO and CISO, weekly")


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("activity-from-the-future", "telepathy"),
        ("conversation-update-from-the-future", "conversationUpdate/channelPainted"),
        ("event-meeting-start", "event/application/vnd.microsoft.meetingStart"),
        ("event-read-receipt", "event/application/vnd.microsoft.readReceipt"),
        ("invoke-unknown", "invoke/something/new"),
        ("message-reaction", "messageReaction"),
        ("typing", "typing"),
        ("conversation-update-member-added", ""),
        ("conversation-update-channel-shared", ""),
        ("installation-upgrade-team", ""),
        ("message-channel-unmentioned", ""),
    ],
)
def test_what_we_know_nothing_of_has_a_name_to_be_counted_by(shape: str, kind: str) -> None:
    assert unknown(payload(shape)) == kind


def test_the_home_opens_for_who_adds_the_app_for_themselves_and_for_nobody_else() -> None:
    opened = first_opened(heard(payload("installation-add-personal")))
    assert opened
    assert (opened.where.conversation, opened.surface) == (DANA, None)
    for shape in ("installation-add-team", "installation-upgrade-team", "installation-remove-personal", "typing"):
        assert first_opened(heard(payload(shape))) is None, shape


def test_the_reference_of_a_thread_is_that_of_its_channel() -> None:
    seen = sighting(heard(payload("message-channel-reply")))
    assert seen
    assert Reference.from_json(seen.reference).conversation == CHANNEL.split("/", 1)[1]


@pytest.mark.parametrize("shape", ["message-reaction", "invoke-unknown", "conversation-update-added"])
def test_what_we_have_no_use_for_is_tolerated(shape: str) -> None:
    assert request(shape) is None


@pytest.mark.parametrize(
    ("zone", "known"), [("Europe/Zurich", True), ("Mars/Olympus", False), ("../etc/passwd", False)]
)
def test_only_a_real_zone_is_a_zone(zone: str, known: bool) -> None:
    assert heard(payload("message-personal") | {"localTimezone": zone, "entities": []}).zone == (zone if known else "")


def test_the_zone_may_stand_in_the_client_info_alone() -> None:
    activity = payload("invoke-execute")
    del activity["localTimezone"]
    assert heard(activity).zone == "Europe/Zurich"


def test_our_own_messages_and_those_of_nobody_are_not_heard() -> None:
    ours = payload("message-personal")
    ours["from"] = {"id": BOT}
    assert hear(ours, tenant=TENANT, bot_id=BOT) is None
    assert hear({"type": "message"}, tenant=TENANT, bot_id=BOT) is None
    without_object = payload("message-personal")
    del without_object["from"]["aadObjectId"]
    assert heard(without_object).stranger


def test_a_message_action_carries_the_message() -> None:
    asked = request("invoke-message-action")
    assert isinstance(asked, MessageTaken)
    assert asked.action == "take.decision"
    assert asked.text == "Let us renew the VPN contract, says Noor Haddad 🙂\n\nthe offer is < 10k"
    assert asked.author == "Noor Haddad"
    assert asked.message == f"{CHANNEL}/1700000000777"
    assert asked.link == f"https://teams.microsoft.com/l/message/{CHANNEL.split('/', 1)[1]}/1700000000777"
    assert asked.where.conversation == CHANNEL


def test_a_message_without_a_link_of_teams_own_gets_one() -> None:
    shape = payload("invoke-message-action")
    shape["value"]["messagePayload"]["linkToMessage"] = None
    asked = request(shape)
    assert isinstance(asked, MessageTaken)
    assert asked.link
    assert asked.link.startswith("https://teams.microsoft.com/l/message/19%3A4f7b2c9d")
    assert "/1700000000777?tenantId=" in asked.link


def test_what_comes_back_from_a_message_actions_dialog_is_a_form() -> None:
    asked = request("invoke-message-action-submit")
    assert isinstance(asked, FormSubmitted)
    assert asked.form_id == "setup"
    assert asked.values["weekdays"] == ("tue", "fri,sat")


def test_a_chat_of_two_people_is_no_direct_chat_and_none_that_we_could_reach() -> None:
    shape = payload("invoke-message-action")
    shape["conversation"] = {"conversationType": "personal", "id": "19:0a0b_0c0d@unq.gbl.spaces", "tenantId": TENANT}
    who = heard(shape)
    assert who.where.direct is False
    assert who.where.conversation == f"teams:{TENANT}/19:0a0b_0c0d@unq.gbl.spaces"
    assert sighting(who) is None


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        ("", ""),
        ("just text", "just text"),
        ("<div><div>one</div>\n<div>two&nbsp;&amp; three</div></div>", "one\n\ntwo & three"),
        ("<p>a<br>b</p><p>&nbsp;</p><p>c</p>", "a\nb\n\nc"),
        ('<img alt="a picture" src="https://x"><p></p>', ""),
        ('<img itemtype="http://schema.skype.com/Emoji" alt="😀">', "😀"),
        (
            '<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1">'
            '<p>theirs<br><img src="x"></p></blockquote>'
            "<p>mine</p>",
            "mine",
        ),
        ("<blockquote>mine too</blockquote>", "mine too"),
        ("<script>1 < 2</script>", "1 < 2"),
        ("</p></div><b>not closed", "not closed"),
    ],
)
def test_a_messages_html_is_read_as_it_was_seen(content: str, seen: str) -> None:
    assert plain_text(content) == seen


@pytest.mark.parametrize("shape", sorted(path.stem for path in PAYLOADS.glob("*.json")))
def test_no_shape_of_any_field_breaks_the_reading(shape: str) -> None:
    """Every value of every example exchanged for something else in turn."""
    for odd in (None, 7, "x", [], ["x"], {}, {"id": []}, True):
        for path in _paths(payload(shape)):
            broken = _with(payload(shape), path, odd)
            found = hear(broken, tenant=TENANT, bot_id=BOT)
            if found:
                request_in(found, Profile(account=found.account), bot_id=BOT, client_url="https://t.example")
                assert loss(found) or sighting(found) or found.where.direct or found.may_be_elsewhere
                assert json.loads(json.dumps(found.delivery))


def _paths(part: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [path for key, value in inner for path in [(*before, key), *_paths(value, (*before, key))]]


def _with(part: Any, path: tuple[Any, ...], odd: Any) -> Any:
    holder = part
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = odd
    return part
