"""Teams addresses and references: the only place that looks inside them.

- account `teams:<tenant>/<Entra object id>`, also the address of the direct chat with that person
- conversation `teams:<tenant>/<conversation id>`, a channel or a group chat, without Teams' `;messageid=` suffix
- message `teams:<tenant>/<conversation id>/<activity id>`; in a direct chat it is Teams' own id (`a:1…`), both ways

A `Reference` is what it takes to reach a conversation again. The core keeps it as JSON and cannot read it.
"""

import json
from dataclasses import asdict, dataclass, replace
from urllib.parse import quote

from bot.requests import tenant_of

PREFIX = "teams:"
THREAD_MARK = ";messageid="


def account_address(tenant: str, person: str) -> str:
    return f"{PREFIX}{tenant}/{person}"


def conversation_address(tenant: str, conversation_id: str) -> str:
    return f"{PREFIX}{tenant}/{conversation_id.split(THREAD_MARK, 1)[0]}"


def message_address(tenant: str, conversation_id: str, activity_id: str) -> str:
    return f"{conversation_address(tenant, conversation_id)}/{activity_id}"


def tenant_id(address: str) -> str:
    """The bare tenant id of an address of ours."""
    return tenant_of(address).removeprefix(PREFIX)


def local_id(address: str) -> str:
    """What stands behind the tenant: a person's or a conversation's own id."""
    return address.split("/", 1)[1]


def message_parts(address: str) -> tuple[str, str, str]:
    """(tenant, conversation id, activity id) of a message's address."""
    conversation_id, activity_id = local_id(address).rsplit("/", 1)
    return tenant_id(address), conversation_id, activity_id


def is_account(address: str) -> bool:
    """Teams' conversations are `19:…` (shared) and `a:…` (direct); whatever else stands behind a tenant is a person."""
    return not local_id(address).startswith(("19:", "a:"))


def root_of(conversation_id: str) -> str | None:
    """The activity id of the message at the root of the thread that a channel's conversation id names."""
    return conversation_id.split(THREAD_MARK, 1)[1] if THREAD_MARK in conversation_id else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`user` is the person's id in a direct chat (`29:…`), empty elsewhere. `kind` is Teams' `conversationType`."""

    service_url: str
    conversation: str
    kind: str
    tenant: str
    bot: str
    user: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Reference":
        return cls(**json.loads(text))

    def in_thread(self, root: str | None) -> "Reference":
        """The same channel, in the thread under that message. Chats have no threads."""
        if root is None or self.kind != "channel":
            return self
        return replace(self, conversation=f"{self.conversation.split(THREAD_MARK, 1)[0]}{THREAD_MARK}{root}")


def message_link(
    *, client_url: str, tenant: str, conversation_id: str, activity_id: str, root: str | None, group: str = ""
) -> str:
    """The deep link that opens a message in the Teams client.

    Form: learn.microsoft.com, "Create deep links to a Teams chat or channel message".
    """
    base = conversation_id.split(THREAD_MARK, 1)[0]
    path = f"{client_url}/l/message/{quote(base, safe='')}/{activity_id}"
    if base.endswith(("@thread.tacv2", "@thread.skype")):
        rest = f"tenantId={tenant}&parentMessageId={root or activity_id}"
        return f"{path}?{rest}&groupId={group}" if group else f"{path}?{rest}"
    return f"{path}?tenantId={tenant}&context={quote(json.dumps({'contextType': 'chat'}, separators=(',', ':')))}"
