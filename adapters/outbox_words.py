"""One owed message in plain words, for `touchpoint outbox explain`: values in, sentences out. Never what it says."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.commands import REGISTRY
from storage.outbox_operator import Condition, Line

MEND = {
    "channel_not_found": "Is the channel still there? Set the touchpoint up where both can read it.",
    "is_archived": "Unarchive the channel, or set the touchpoint up in another one.",
    "not_in_channel": "Invite the bot to the channel, and then retry.",
    "restricted_action": "Let the bot post in that channel (its posting permissions), and then retry.",
    "messages_tab_disabled": "Turn on the app's Messages tab (App Home), and then retry.",
    "user_disabled": "The account was deactivated; name another principal or delegate.",
    "user_not_found": "The account is not there any more; name another principal or delegate.",
    "missing_scope": "Give the app the scopes of “touchpoint slack manifest”, install it again, and put in the new token.",
    "token_revoked": "Install the app again, and put in its new token; what is owed waits for that.",
    "account_inactive": "Install the app again, and put in its new token; what is owed waits for that.",
    "invalid_blocks": "This is a bug in Touchpoint: CONTRIBUTING.md says how to report it.",
    "msg_too_long": "This is a bug in Touchpoint: CONTRIBUTING.md says how to report it.",
    "incident": "The server's log has the trace under that number; CONTRIBUTING.md says how to report it.",
    "403": "Was the app removed or blocked there? Add it again, and then retry.",
    "404": "The conversation is not there any more; set the touchpoint up in another one.",
}
"""What to do about a reason that begins like this."""

STAYS = {
    Condition.UNKNOWN: "Nothing. It may have been delivered, which cannot be looked up, so it is not sent again by itself.",
    Condition.DEAD: "Nothing. It is not tried again by itself.",
    Condition.MISSED: "Nothing. It is not worth sending any more.",
    Condition.SENT: "When what it shows changes, it is drawn anew in its place.",
}


def explained(line: Line) -> Iterator[str]:
    """What it is about, what happened, what comes next, what the operator can do."""
    yield f"{line.id} is {line.condition.value}."
    yield f"About   {about(line)}"
    yield from (f"So far  {said}" for said in history(line))
    yield f"Next    {coming(line)}"
    yield from (f"You     {can}" for can in choices(line))


def about(line: Line) -> str:
    """Which message to whom."""
    noun = next((noun.name for noun in REGISTRY.nouns if line.kind in noun.cards), "nothing that this version knows")
    where = f"{line.title} ({line.conversation})" if line.title else line.conversation
    whose = f"organization {line.organization_id}"
    return f"a message of the kind “{line.kind}” ({noun}, subject {line.subject_id}) for {where}, {whose}."


def history(line: Line) -> Iterator[str]:
    """What happened to it."""
    tried = "never taken up" if not line.attempts else f"taken up {line.attempts} time{'s' * (line.attempts > 1)}"
    yield f"Due {moment(line.due_at, line.now)}, {tried}."
    if line.message:
        sent = f", sent {moment(line.sent_at, line.now)}" if line.sent_at else ""
        yield f"It stands at {line.message}{sent}."
    if line.reason:
        yield f"The last that was heard of it: {line.reason}."
    if line.unreachable_because:
        yield f"Its conversation cannot be reached: {line.unreachable_because}."


def coming(line: Line) -> str:
    """What becomes of it if nobody does anything."""
    drawn = "It is drawn anew in its place" if line.message else "It is sent"
    until = moment(line.lease_until, line.now) if line.lease_until else ""
    match line.condition:
        case Condition.PLANNED | Condition.AGAIN:
            return f"{drawn} {moment(line.due_at, line.now)}, as the record stands then."
        case Condition.DUE | Condition.LATE:
            return f"{drawn} as soon as a server runs, its platform takes it, and those before it there have gone."
        case Condition.SENDING:
            return f"A server has it until {until}. If that server dies, it becomes unknown, and is looked for."
        case Condition.UNKNOWN if until:
            return f"It is looked for in the conversation's history {until}. If it is not there, it is sent again."
        case _:
            return STAYS[line.condition]


def choices(line: Line) -> Iterator[str]:
    """What the operator can do about it."""
    retry, drop = f"“touchpoint outbox retry {line.id}”", f"“touchpoint outbox drop {line.id}”"
    yield from (mend for reason, mend in MEND.items() if line.reason.startswith(reason))
    match line.condition:
        case Condition.SENT | Condition.MISSED | Condition.SENDING:
            yield "Nothing to do."
        case Condition.PLANNED | Condition.DUE:
            yield f"Nothing to do. {drop} gives it up."
        case Condition.LATE:
            yield f"See that “touchpoint serve” runs, and what its /readyz says. {drop} gives it up."
        case Condition.AGAIN:
            yield f"Wait; or {retry} tries it now, and {drop} gives it up."
        case Condition.UNKNOWN:
            wait = "Wait; or look" if line.lease_until else "Look"
            yield f"{wait} into the conversation: if it stands there, {drop}; if not, {retry} sends it again."
        case Condition.DEAD:
            yield f"{retry} once that is mended; {drop} gives it up."


def moment(at: datetime, now: datetime) -> str:
    """The time, and how far off it is."""
    away = at - now
    far = f"in {span(away)}" if away > timedelta(0) else f"{span(-away)} ago"
    return f"{at:%Y-%m-%d %H:%M:%S} UTC ({far})"


def span(time: timedelta) -> str:
    """In the largest unit that fits."""
    seconds = round(time.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
