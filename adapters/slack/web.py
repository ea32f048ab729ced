"""Calls to Slack's Web API, and what became of each: done, later, never, or nobody knows.

The client never sends anything twice by itself (`retry_handlers=[]`: the SDK's own would resend chat.postMessage when
the connection drops after delivery, and Slack has no idempotency key). Retrying is the outbox's business.
"""

import logging
from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.port import SendLater, SendRefused, SendUnknown

# Every error of https://docs.slack.dev/reference/methods/chat.postMessage that is not in one of these is about the card.
# Out of order for a moment and certainly not taken.
_BUSY = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "service_unavailable",
        "team_added_to_org",
        "request_timeout",
    }
)
# "It's possible some aspect of the operation succeeded before the error was raised", says Slack of these.
_MAYBE = frozenset({"internal_error", "fatal_error"})
# An admin can mend these, and what is owed until then shall not be lost. The first are about all that we send ...
_NO_ENTRY = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_expired",
        "token_revoked",
        "account_inactive",
        "access_denied",
        "accesslimited",
        "enterprise_is_restricted",
        "org_login_required",
        "team_access_not_granted",
        "two_factor_setup_required",
    }
)
# ... and these about one method or one kind of conversation.
_MENDABLE = frozenset({"missing_scope", "not_allowed_token_type", "no_permission", "ekm_access_denied"})
_MENDED_AFTER = 300.0
# The conversation, or the person, is no longer there for us.
_GONE = frozenset(
    {
        "channel_not_found",
        "channel_is_limited_access",
        "channel_type_not_supported",
        "is_archived",
        "not_in_channel",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "user_not_found",
        "users_not_found",
        "user_disabled",
        "user_not_visible",
        "cannot_dm_bot",
        "messages_tab_disabled",
    }
)
_AFTER_A_BREAK = 5.0
# A logger without a level of its own makes the SDK spell out every call and its answer for debug lines that nobody reads:
# a sixth of the time that a call takes, and the contents in the log as soon as somebody does.
_silent = logging.getLogger("touchpoint.slack.client")
_silent.setLevel(logging.ERROR)


def client_for(*, token: str, api_url: str, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=api_url, timeout=30, session=session, retry_handlers=[], logger=_silent)


async def truthfully(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """The response, or the one of `SendLater`, `SendRefused` and `SendUnknown` that says what happened."""
    try:
        return await call
    except SlackApiError as error:
        raise _answered(error) from error
    except aiohttp.ClientConnectorError as error:
        raise SendLater(_AFTER_A_BREAK, f"no connection to Slack ({type(error).__name__})") from error
    except aiohttp.ConnectionTimeoutError as error:
        raise SendLater(_AFTER_A_BREAK, "no connection to Slack in time") from error
    except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
        raise SendUnknown(f"the connection broke after the request went out ({type(error).__name__})") from error


def error_of(error: SlackApiError) -> str:
    """Slack's word for it, such as `channel_not_found`; empty where the body was none of Slack's."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _answered(error: SlackApiError) -> Exception:
    reason, status = error_of(error), _status(error.response)
    if status == 429 or reason in _BUSY or (status == 503 and reason not in _MAYBE):
        return SendLater(_retry_after(error.response), reason or f"HTTP {status}")
    if reason in _NO_ENTRY | _MENDABLE:
        return SendLater(_MENDED_AFTER, reason, everywhere=reason in _NO_ENTRY)
    if reason in _MAYBE or not reason:
        return SendUnknown(reason or f"HTTP {status} without an answer of Slack's")
    return SendRefused(reason, conversation_gone=reason in _GONE)


def _status(response: Any) -> int:
    return int(getattr(response, "status_code", 0) or getattr(response, "status", 0))


def _retry_after(response: Any) -> float:
    """https://docs.slack.dev/apis/web-api/rate-limits: Retry-After is in seconds."""
    value = (getattr(response, "headers", None) or {}).get("Retry-After", "")
    return float(value) if str(value).isdecimal() else _AFTER_A_BREAK
