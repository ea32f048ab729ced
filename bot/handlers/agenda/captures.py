"""Taking a message into the record where it was said: each shortcut opens a noun's own form, with the message's words in it.

Nothing is recorded before the form is sent. The message's link travels in the form's context, and becomes the source of what
is recorded (`reading.link_in`).
"""

from collections.abc import Callable
from dataclasses import replace

from agenda.items import TEXT_LIMIT, title_and_detail
from bot.forms import Form, Text
from bot.reading import link_in
from bot.replies import OpenForm
from bot.requests import MessageTaken
from bot.turns import Noun, Opener, Replies, Shortcut, Turn


def into(form_id: str, rest: str) -> Callable[[Turn, MessageTaken], Replies]:
    """Opens this form: the message's first line in its title, and what follows in `rest`."""

    def handle(turn: Turn, taken: MessageTaken) -> Replies:
        turn.scope()  # Whoever may record nothing here hears it before they fill anything in.
        link = link_in({"link": taken.link or ""})
        form = turn.registry.forms[form_id].build(turn, {"link": link} if link else {})
        text = taken.text.strip()[:TEXT_LIMIT]
        first, following = title_and_detail(text) if text else ("", "")
        values = {"title": first, rest: following}
        intro = said_of(taken, link, whole=len(text) == len(taken.text.strip()) and fits(form, values))
        return [OpenForm(form=prefilled(replace(form, intro=f"{intro} {form.intro}".strip()), **values))]

    return handle


def prefilled(form: Form, **values: str) -> Form:
    """The form with these texts in its fields of these names, each as far as the field's limit goes."""
    fields = tuple(
        replace(field, value=values[field.name][: field.limit])
        if isinstance(field, Text) and field.name in values
        else field
        for field in form.fields
    )
    return replace(form, fields=fields)


def fits(form: Form, values: dict[str, str]) -> bool:
    """Has each of these texts a field that takes all of it?"""
    limits = {field.name: field.limit for field in form.fields if isinstance(field, Text)}
    return all(len(text) <= limits.get(name, 0) for name, text in values.items())


def said_of(taken: MessageTaken, link: str | None, *, whole: bool) -> str:
    """Whose message it is, and what of it is kept."""
    whose = f"{taken.author}’s message" if taken.author else "the message"
    if not taken.text.strip():
        return f"There is no text in {whose}" + ("; its link is kept." if link else ".")
    if whole:
        return f"From {whose}" + (", with its link." if link else ".")
    return f"Only the beginning of {whose} fits here" + ("; its link leads to all of it." if link else ".")


NOUN = Noun(
    name="messages",
    summary="What somebody said, taken into the record: choose one of these in the menu of their message.",
    shortcuts={
        "take.decision": Shortcut(
            label="Record as decision",
            summary="Record what this message says as a decision",
            handle=into("decision", "rationale"),
        ),
        "take.risk": Shortcut(
            label="Raise a risk",
            summary="Put what this message warns of into the risk register",
            handle=into("risk", "description"),
        ),
        "take.promise": Shortcut(
            label="Promise",
            summary="Promise what this message asks for, or have somebody promise it",
            handle=into("promise", "detail"),
        ),
        "take.item": Shortcut(
            label="Add to the agenda",
            summary="Talk about this message at the next sync",
            handle=into("item", "detail"),
        ),
    },
    openers={
        "open.item": Opener(
            label="Raise an agenda item",
            summary="Put a point on the agenda of the next sync, from anywhere",
            form_id="item",
        ),
    },
)
