"""From which chance on a threat is told between syncs."""

from collections.abc import Mapping

from agenda.conversations import Conversation
from agenda.errors import BadInput
from agenda.roles import Right
from bot import threats as rules
from bot.cards import Note, card
from bot.editing import guarded
from bot.forms import Form, Number
from bot.handlers.threats.watch import chosen
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, Noun, Replies, Submission, Turn
from storage import audit

WHY = "Ransomware that uses it is always told at once, the rest waits for the brief before the sync."


def settings(turn: Turn, _value: str) -> Replies:
    """The form."""
    return [OpenForm(form=FORM.build(turn, {"touchpoint": str(turn.touchpoint_id())}))]


def settings_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """One number."""
    touchpoint = chosen(turn, context)
    return Form(
        form_id="threat_settings",
        title="Threats between syncs",
        intro=WHY,
        fields=(
            Number(
                name="threshold",
                label="Tell us at once from",
                hint="Percent: how likely it is to be attacked within 30 days (EPSS).",
                value=str(rules.threshold_of(touchpoint)),
                least=1,
                most=100,
            ),
        ),
        context=context,
    )


def submitted(turn: Turn, submission: Submission) -> Replies:
    """From now on."""
    touchpoint = chosen(turn, submission.context)
    typed = submission.text("threshold").removesuffix(".0").removesuffix("%").strip()
    if not typed.isdecimal() or not 1 <= int(typed) <= 100:
        raise BadInput("Please look at what is marked.", fields={"threshold": "Write a whole number from 1 to 100."})
    touchpoint.threat_threshold = int(typed)
    turn.record.session.flush()
    audit.append(turn.record, "touchpoint.changed", touchpoint=touchpoint.key, threat_threshold=int(typed))
    rules.plan(turn.record, touchpoint)
    return [CloseForm(), Answer(card=card(f"Told at once from {int(typed)} % on", Note(WHY)))]


FORM = guarded(settings_form, submitted, chosen, right=Right.RUN, about="touchpoint")

NOUN = Noun(
    name="threat settings",
    summary="What is told between syncs, and what waits for the brief.",
    conversation=Conversation.THREATS,
    commands=(
        Command(words=("threats", "settings"), summary="What is told at once", handle=settings, opens_form=True),
    ),
    forms={"threat_settings": FORM},
)
