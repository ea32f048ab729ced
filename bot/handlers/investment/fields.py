"""Amounts, and how often: fields of a form, and what was typed in them. Everything that is wrong is said at once."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from agenda.errors import BadInput
from agenda.money import amount_in, in_full
from bot.forms import Text
from bot.turns import Submission

HOW = "Like 250k, 1.2m or 1,200,000."
AMOUNT_LIMIT = 60
Read = TypeVar("Read")


def money_field(
    name: str, label: str, currency: str, value: int | None = None, *, hint: str = "", required: bool = False
) -> Text:
    """An amount, in the organization's currency. What stands in it is read again exactly."""
    return Text(
        name=name,
        label=f"{label} ({currency})" if currency else label,
        value="" if value is None else in_full(value),
        hint=f"{hint} {HOW}".strip(),
        limit=AMOUNT_LIMIT,
        required=required,
    )


def money_in(submission: Submission, name: str, currency: str, otherwise: int = 0) -> int:
    """What was typed, or what an empty field means. Raises `BadInput`."""
    typed = submission.text(name)
    return amount_in(typed, currency) if typed else otherwise


def noted(wrong: dict[str, str], name: str, read: Callable[[], Read], otherwise: Read) -> Read:
    """What is read; what is wrong with it is noted beside its field, so that the others are looked at too."""
    try:
        return read()
    except BadInput as error:
        wrong[name] = str(error)
        return otherwise


def require(wrong: Mapping[str, str]) -> None:
    """Raises `BadInput` beside each field that is wrong."""
    if wrong:
        raise BadInput("Please look at what is marked.", fields=wrong)
