"""Why something ends or changes: the one question that is asked for it, and how its answer is read."""

from collections.abc import Mapping

from agenda.errors import BadInput
from bot.forms import TEXT_LIMIT, Form, Text
from bot.reading import short_text
from bot.turns import Submission

BECAUSE, IN_A_LINE = "because", "Say in a line why."


def reason_field(label: str = "Why", *, limit: int = TEXT_LIMIT) -> Text:
    """Whatever was done is kept with it."""
    return Text(name=BECAUSE, label=label, multiline=True, limit=limit)


def reason_form(
    form_id: str, title: str, intro: str, context: Mapping[str, str], *, submit: str = "", field: Text | None = None
) -> Form:
    """Nothing but the question."""
    fields = (field or reason_field(),)
    return Form(form_id=form_id, title=title, intro=intro, fields=fields, submit=submit or title, context=context)


def reason_in(submission: Submission, *, name: str = BECAUSE, limit: int = TEXT_LIMIT, mend: str = IN_A_LINE) -> str:
    """What was said. Raises `BadInput` beside the field where nothing was, or too much."""
    because = short_text(submission, name, limit)
    if not because:
        raise BadInput("A reason is needed.", fields={name: mend})
    return because
