"""A form for something new, opened where no touchpoint lives: whoever sits in several says in the form which one it is for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from agenda.errors import BadInput, TouchpointError
from bot.forms import Choice, Form, Option
from bot.reading import key_in
from bot.turns import FormKind, Replies, Submission, Turn
from storage import rows
from storage.touchpoints import Touchpoint

FIELD: Final = "touchpoint"
ABOUT_NOTHING: Final = frozenset({FIELD, "link", "once"})  # In the context of a form for something new.


def placed(kind: FormKind) -> FormKind:
    """The same form, for one touchpoint or for one of several: a choice on top, of those where it could be opened now.

    What the form says by itself (a scale, a hint) is the first one's.
    """

    def build(turn: Turn, context: Mapping[str, str]) -> Form:
        if not is_open(turn, context):
            return kind.build(turn, context)
        forms = possible(kind, turn, context)
        options = tuple(Option(str(key), name_of(turn, key)) for key in forms)
        first = next(iter(forms.values()))
        choice = Choice(name=FIELD, label="For which touchpoint", options=options)
        return replace(first, fields=(choice, *first.fields)) if len(options) > 1 else pinned(first, next(iter(forms)))

    def submit(turn: Turn, submission: Submission) -> Replies:
        if not is_open(turn, submission.context):
            return kind.submit(turn, submission)
        chosen = submission.text(FIELD) or submission.context.get(FIELD, "")
        if not chosen:
            raise BadInput("Please look at what is marked.", fields={FIELD: "Choose which one it is for."})
        return kind.submit(turn.within(key_in(chosen)), submission)

    return replace(kind, build=build, submit=submit)


def is_open(turn: Turn, context: Mapping[str, str]) -> bool:
    """Is it about nothing that stands already, by somebody who sits in several touchpoints and is at home in none of them?"""
    return set(context) <= ABOUT_NOTHING and len(turn.scope()) > 1


def pinned(form: Form, key: int) -> Form:
    """There is no choice after all."""
    return replace(form, context={**form.context, FIELD: str(key)})


def possible(kind: FormKind, turn: Turn, context: Mapping[str, str]) -> dict[int, Form]:
    """The form for each touchpoint where it can be opened now. Raises the first one's error where there is none."""
    forms: dict[int, Form] = {}
    why: TouchpointError | None = None
    for key in turn.scope():
        try:
            forms[key] = kind.build(turn.within(key), context)
        except TouchpointError as error:
            why = why or error
    if why and not forms:
        raise why
    return forms


def name_of(turn: Turn, key: int) -> str:
    """As who sits there tells it from others."""
    touchpoint = rows.get(turn.record, Touchpoint, key)
    return f"{touchpoint.name} in {touchpoint.home_title}" if touchpoint.home_title else touchpoint.name
