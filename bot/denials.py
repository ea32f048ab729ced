"""Every denied attempt is in the audit log: who it was, and what kind of thing they asked for; never what they typed.

Who asks from outside is said to the admins too, at most once a day for each conversation.
"""

from datetime import datetime
from typing import assert_never

from sqlalchemy import Engine

from bot import telling
from bot.access import Asker
from bot.commands import Registry
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    FormRequested,
    FormSubmitted,
    FromPerson,
    HomeOpened,
    LinkSeen,
    MessagePosted,
    MessageTaken,
    SearchTyped,
)
from storage import audit, inbox, people
from storage.unit_of_work import Record, tried_again, unit_of_work


def keep(engine: Engine, registry: Registry, asker: Asker, request: FromPerson, now: datetime) -> bool:
    """In a transaction of its own, because what was refused left nothing; and once, however often it is delivered.

    True if somebody is told.
    """

    def kept() -> bool:
        with unit_of_work(engine, organization_id=asker.organization_id, now=now, actor=asker.actor) as record:
            if inbox.first_time(record, f"denied:{request.id}"):
                audit.append(record, "access.denied", asked=asked_for(registry, request))
                if asker.outsider and not isinstance(request, HomeOpened | SearchTyped | LinkSeen):
                    warn(record, asker, request)
        return record.posted

    return tried_again(kept)


def warn(record: Record, asker: Asker, request: FromPerson) -> None:
    """Who asked and where; a platform may send what only looks at something by itself, so that is not said."""
    where = request.where
    for admin in people.admins(record):
        once = f"stranger:{where.conversation}:{record.now:%Y-%m-%d}:{admin}"
        detail = "" if where.direct else where.title[:200] or "a conversation"
        telling.in_private(record, admin, once=once, kind="stranger", subject_id=asker.person_id, detail=detail)


def asked_for(registry: Registry, request: FromPerson) -> str:
    """`command risk add`, `button decision.sign`. A client may send any name: one that is not ours is not repeated."""
    match request:
        case CommandTyped() | MessagePosted():
            matched = registry.match(request.text)
            kind = "command" if isinstance(request, CommandTyped) else "message"
            return f"{kind} {matched[0].name}" if matched else kind
        case ButtonPressed():
            return f"button {request.action}" if request.action in registry.buttons else "button"
        case FormRequested() | FormSubmitted():
            return f"form {request.form_id}" if request.form_id in registry.forms else "form"
        case MessageTaken():
            return f"shortcut {request.action}" if request.action in registry.shortcuts else "shortcut"
        case SearchTyped():
            return f"search {request.kind}" if request.kind in registry.searches else "search"
        case HomeOpened() | LinkSeen():
            return "home" if isinstance(request, HomeOpened) else "link"
        case _:
            assert_never(request)
