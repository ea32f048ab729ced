"""No change is lost because two people had the same form open: whoever saves second is told what the first one wrote.

A form that changes what stands carries in its context what each of its fields said when it was opened. If one of them says
something else by then, the submission is refused beside that field, with all that was typed; the form that comes back carries
what stands now, so saving it once more overwrites knowingly.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import TypeAlias

from agenda.errors import BadInput
from agenda.roles import Right
from bot.forms import AnyField, Choice, Form
from bot.reading import first_words
from bot.turns import FormKind, Replies, Submission, Turn
from storage import people
from storage.changers import last_changer
from storage.rows import Row

AS_OF, MOST_SAID = "as_of", 100

Build: TypeAlias = Callable[[Turn, Mapping[str, str]], Form]
Changed: TypeAlias = Callable[[Turn, Mapping[str, str]], Row]
"""The row that a form with this context changes."""


def guarded(
    build: Build,
    submit: Callable[[Turn, Submission], Replies],
    row: Changed,
    *,
    right: Right | None,
    about: str = "number",
) -> FormKind:
    """The form kind, guarded where its context names by `about` something that stands already."""

    def built(turn: Turn, context: Mapping[str, str]) -> Form:
        form = build(turn, context)
        return replace(form, context={**form.context, AS_OF: as_of(form)}) if about in context else form

    def submitted(turn: Turn, submission: Submission) -> Replies:
        if about in submission.context:
            require_unchanged(turn, submission, build(turn, submission.context), row)
        return submit(turn, submission)

    return FormKind(build=built, submit=submitted, right=right)


def as_of(form: Form) -> str:
    """What its fields say, in a few characters each."""
    return " ".join(f"{field.name}:{mark(field)}" for field in form.fields)


def mark(field: AnyField) -> str:
    """Another one for any other value."""
    return sha256(str(field.value).encode()).hexdigest()[:8]


def require_unchanged(turn: Turn, submission: Submission, form: Form, row: Changed) -> None:
    """Raises `BadInput` beside each field that somebody changed since, unless the same was typed. `form` is as it would open
    now.
    """
    was = dict(pair.partition(":")[::2] for pair in submission.context.get(AS_OF, "").split())
    changed = [field for field in form.fields if was.get(field.name, mark(field)) != mark(field)]
    differing = [field for field in changed if submission.values.get(field.name, "") != answer(field)]
    if not differing:
        return
    by = last_changer(turn.record, row(turn, submission.context))
    who = people.called(turn.record, by) if by else "Somebody"
    raise BadInput(
        f"{who} changed this while you were writing.",
        "Save again to overwrite it.",
        fields={
            field.name: f"{who} changed this meanwhile to {shown(field)}. Save again to keep yours."
            for field in differing
        },
    )


def answer(field: AnyField) -> str | tuple[str, ...]:
    """What comes back of it if nobody touches it."""
    return ("yes" if field.value else "") if isinstance(field.value, bool) else field.value


def shown(field: AnyField) -> str:
    """What stands in it now, as people read it."""
    said = answer(field)
    if isinstance(field, Choice):
        labels = {option.value: option.label for option in field.options}
        said = ", ".join(labels.get(one, one) for one in ([said] if isinstance(said, str) else said))
    text = first_words(str(said), MOST_SAID)
    return f"“{text}”" if text else "nothing"
