"""Choosing a person in a form: by the platform's own picker, or from a list of those who are known only on the other platform.

What comes back is read here too, and only a member of this organization is ever taken.
"""

from collections.abc import Sequence

from agenda.errors import BadInput
from agenda.items import TITLE_LIMIT
from bot.forms import AnyField, Choice, Option, Person
from bot.reading import short_text
from bot.requests import platform_of
from bot.turns import Submission, Turn
from storage import people

ELSEWHERE = "_elsewhere"
MOST_LISTED = 100
OWNER_HINT = "A name, or “me”. The beginning of a member's name will do."


def person_fields(
    turn: Turn, name: str, label: str, *, hint: str = "", chosen: Sequence[str] = (), required: bool = False
) -> list[AnyField]:
    """The fields for one person, whose accounts may be `chosen` already. Of two fields neither is required by itself."""
    platform = platform_of(turn.where.conversation)
    here = next((account for account in chosen if platform_of(account) == platform), "")
    options = elsewhere(turn, platform)
    picker = Person(name=name, label=label, value=here, hint=hint, required=required and not options)
    if not options:
        return [picker]
    listed = "" if here else next((one.value for one in options if one.value in chosen), "")
    return [
        picker,
        Choice(
            name=f"{name}{ELSEWHERE}",
            label=f"{label}, if only on the other platform",
            options=options,
            value=listed,
            required=False,
        ),
    ]


def elsewhere(turn: Turn, platform: str) -> tuple[Option, ...]:
    """Whoever has no account on this platform."""
    everybody = people.everybody(turn.record)
    local = {person.key for person, account in everybody if platform_of(account.address) == platform}
    others = {person.key: Option(account.address, person.called) for person, account in everybody}
    return tuple(option for key, option in others.items() if key not in local)[:MOST_LISTED]


def account_in(submission: Submission, name: str) -> str:
    """The account that was chosen in either field, if any was."""
    return submission.text(name) or submission.text(f"{name}{ELSEWHERE}")


def person_in(turn: Turn, submission: Submission, name: str) -> people.Person | None:
    """Who was chosen, known from now on; nothing where nobody was. Raises `BadInput` beside the field."""
    picked, account = submission.text(name), account_in(submission, name)
    if not account:
        return None
    profile = next((profile for profile in submission.people if profile.account == account), None)
    known = people.account(turn.record, account)
    ours = any(account.startswith(f"{tenant}/") for tenant in people.tenants(turn.record))
    if not ours or (known is None and not picked):
        raise refused(name, "I do not know this person. Choose somebody of your organization.")
    met = people.person_at(turn.record, account)
    if met and met.left_at:  # Their account is closed too: why says more than that it is.
        raise refused(name, f"{met.called} is no member any more. Choose somebody else.")
    if profile.outsider if profile else known is not None and known.outsider:
        raise refused(name, "Choose a member of your organization: no guest, and no app.")
    return people.meet(turn.record, account, name=profile.name if profile else "", zone=profile.zone if profile else "")


def owner_in(turn: Turn, submission: Submission, name: str = "owner") -> str:
    """Who looks after it, as it was typed; “me”, or what only one member's name begins with, by that whole name.

    Raises `BadInput` beside the field.
    """
    typed = short_text(submission, name, TITLE_LIMIT)
    if typed.casefold() == "me":
        return turn.asker.name
    names = {person.called for person, _account in people.everybody(turn.record)}
    meant = [name for name in names if typed and name.casefold().startswith(typed.casefold())]
    return meant[0] if len(meant) == 1 else typed


def refused(name: str, why: str) -> BadInput:
    """Not this one."""
    return BadInput("Please look at what is marked.", fields={name: why})
