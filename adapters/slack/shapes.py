"""What is read of Slack's payloads, and of which kind it must be: looked at once, before anything is read.

Slack signs what it sends and adds to it all the time, so what we do not read may be anything. What we read and is not as
documented cannot be asked of the core, and is no error of ours either: it is counted and left at that. A name with `!` must be
there and not empty; any other may be missing or null. https://docs.slack.dev/reference/events,
https://docs.slack.dev/reference/interaction-payloads
"""

from collections.abc import Mapping
from typing import Any, Final

TEXT: Final = str
MOMENT: Final = range(2**37)  # seconds since 1970, within what a calendar holds
ANY_NAME: Final = "*"


class NotUnderstood(Exception):
    """Signed by Slack, and yet not as Slack documents it."""


ID: Final = {"id": TEXT}
WHERE: Final = {"team_id": TEXT, "enterprise_id": TEXT, "enterprise": ID}
FILE: Final = {"title": TEXT, "name": TEXT, "permalink": TEXT}
MESSAGE: Final = {
    **dict.fromkeys(("text", "user", "ts", "thread_ts", "subtype"), TEXT),
    "files": [FILE],
}
PROFILE: Final = dict.fromkeys(("display_name", "real_name", "team"), TEXT)
USER: Final = {
    "id!": TEXT,
    **dict.fromkeys(("name", "real_name", "tz", "team_id", "enterprise_id"), TEXT),
    "profile": PROFILE,
    "enterprise_user": {"enterprise_id": TEXT, "teams": [TEXT]},
}
ACTION: Final = {"action_id!": TEXT, "value": TEXT, "selected_option": {"value!": TEXT}}
INPUT: Final = {
    "type!": TEXT,
    **dict.fromkeys(("value", "selected_date", "selected_time", "selected_user"), TEXT),
    "selected_option": {"value!": TEXT},
    "selected_options": [{"value!": TEXT}],
}
VIEW: Final = {
    **dict.fromkeys(("id", "type", "app_installed_team_id", "private_metadata"), TEXT),
    "state": {"values": {ANY_NAME: {ANY_NAME: INPUT}}},
}
INTERACTION: Final = {
    **WHERE,
    "team": ID,
    "trigger_id!": TEXT,
    "user!": {"id!": TEXT, "team_id": TEXT},
    "channel": {**ID, "name": TEXT},
    "container": dict.fromkeys(("type", "channel_id", "message_ts", "thread_ts"), TEXT),
    "message": MESSAGE,
    "response_url": TEXT,
    "view": VIEW,
}

ASKED: Final[Mapping[str, Any]] = {
    "command": {
        **WHERE,
        **dict.fromkeys(("user_id!", "channel_id!", "trigger_id!"), TEXT),
        **dict.fromkeys(("text", "channel_name", "response_url"), TEXT),
    },
    "block_actions": {**INTERACTION, "actions!": [ACTION]},
    "message_action": {**INTERACTION, "callback_id!": TEXT, "message_ts": TEXT, "message!": {**MESSAGE, "ts!": TEXT}},
    "shortcut": {**INTERACTION, "callback_id!": TEXT},
    "view_submission": {**INTERACTION, "view!": {**VIEW, "id!": TEXT, "private_metadata!": TEXT}},
}
EVENT: Final = {
    **WHERE,
    "context_enterprise_id": TEXT,
    "event_id!": TEXT,
    "event_time": MOMENT,
    "authorizations": [{**WHERE, "user_id": TEXT}],
    "event!": {"type!": TEXT},
}
SAID: Final = {
    **MESSAGE,
    **dict.fromkeys(("channel_type", "deleted_ts"), TEXT),
    "channel!": TEXT,
    "message": MESSAGE,
    "previous_message": MESSAGE,
}
OF_A_CHANNEL: Final = {"channel!": (TEXT, {"id!": TEXT}), "user": TEXT, "inviter": TEXT}
OF_EVENTS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("message", "app_mention"), SAID),
    "app_home_opened": {"user!": TEXT, "tab": TEXT},
    "user_change": {"user!": USER},
    "tokens_revoked": {"tokens": {"bot": [TEXT]}},
    "channel_id_changed": {"old_channel_id!": TEXT, "new_channel_id!": TEXT},
    **dict.fromkeys(("member_joined_channel", "member_left_channel", "channel_left", "group_left"), OF_A_CHANNEL),
    **dict.fromkeys(("channel_archive", "group_archive", "channel_unarchive", "group_unarchive"), OF_A_CHANNEL),
    **dict.fromkeys(("channel_deleted", "group_deleted", "channel_rename", "group_rename"), OF_A_CHANNEL),
    **dict.fromkeys(("channel_shared", "channel_unshared"), OF_A_CHANNEL),
}


def understood(kind: str, body: Mapping[str, Any]) -> None:
    """Raises `NotUnderstood` for a command, an interaction or an event of which we could not read what we need."""
    told = kind == "event_callback"
    if not fits(body, EVENT if told else ASKED[kind]):
        raise NotUnderstood(kind)
    if told and not fits(body["event"], OF_EVENTS.get(body["event"]["type"], {})):
        raise NotUnderstood(body["event"]["type"])


def fits(value: object, shape: Any) -> bool:
    """`[x]` is a list of those, `(x, y)` one of those."""
    match shape:
        case type():
            return isinstance(value, shape)
        case range():
            return isinstance(value, int) and value in shape
        case tuple():
            return any(fits(value, one) for one in shape)
        case [inner]:
            return isinstance(value, list) and all(fits(one, inner) for one in value)
        case _:
            return isinstance(value, dict) and all(_has(value, name, inner) for name, inner in shape.items())


def _has(value: Mapping[str, Any], name: str, shape: Any) -> bool:
    if name == ANY_NAME:
        return all(fits(one, shape) for one in value.values())
    found, needed = value.get(name.removesuffix("!")), name.endswith("!")
    return (found is None or fits(found, shape)) and (bool(found) or not needed)
