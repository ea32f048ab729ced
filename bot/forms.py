"""What people fill in: one form, rebuilt at any time from `(form_id, context)`.

Every submitted value arrives as text (`Values`): a date as `2026-03-31`, a time as `09:30`, a check as `yes` or ``, a person
as an account (`slack:T1/U1`), several choices as a tuple. The core reads them; an adapter only carries them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

TEXT_LIMIT = 3_000  # characters of one field: what every dialog takes

Value: TypeAlias = str | tuple[str, ...]
Values: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What all fields have. `name` comes back in `Values`; `hint` stands below the input, small."""

    name: str
    label: str
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """`limit` is in characters; a renderer never sets a stricter one of its own."""

    value: str = ""
    placeholder: str = ""
    multiline: bool = False
    limit: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Date(Field):
    """An ISO date, or nothing."""

    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Time(Field):
    """A wall-clock time `HH:MM`; the zone is another field's business."""

    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A number as text, a decimal point in it; bounds are inclusive."""

    value: str = ""
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """`value` comes back, `label` is read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One option, or several where `several` says so (then the value is a tuple). At most 100 options."""

    options: tuple[Option, ...]
    value: Value = ""
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Field):
    """Somebody on the platform where the form is open, by that platform's own picker. The value is an account."""

    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Field):
    """Yes or no, one tap."""

    value: bool = False


AnyField: TypeAlias = Text | Date | Time | Number | Choice | Person | Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A dialog. `context` travels through the client (at most 2,000 characters in all) and is checked again on return.

    `intro` says in one line what the form is for. `submit` is the verb on the button.
    """

    form_id: str
    title: str
    fields: tuple[AnyField, ...]
    submit: str = "Save"
    intro: str = ""
    context: Mapping[str, str] = field(default_factory=dict)
