"""What goes out at once: the answer to the person who asked, in the same breath.

What *others* see is never a reply. It is a `Delivery`, an outbox row committed with the change that caused it
(`storage.deliveries`), and its card is built when it is sent. So a reply may be lost with the connection that asked for it,
and a delivery may not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.cards import Card
from bot.forms import Form, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A card for the asker alone: ephemeral on Slack, the direct chat on Teams; in a direct chat an ordinary message.

    `replaces`: it takes the place of the message whose button was pressed (turning a page), where the platform can do that.
    """

    card: Card
    replaces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A value, not a call: Slack opens a view, Teams answers its dialog request, or sends one button that asks again."""

    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectForm:
    """The same form again, everything typed still in it, and what is wrong beside each field (`errors`: field → text).

    An error under the name `""` is about the form as a whole.
    """

    form: Form
    values: Values = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseForm:
    """The form is done with. An `Answer` beside it says what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing that was found: a line to choose it by, and the card that is put into the message. Others will read that."""

    title: str
    detail: str
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a search found, the best first; `note` says why there is none, or what is not shown."""

    items: tuple[Result, ...] = ()
    note: str = ""


Reply: TypeAlias = Answer | OpenForm | RejectForm | CloseForm | Results
