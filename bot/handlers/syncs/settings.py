"""What a first setup does not ask: lead times, the length of a sync, and the days on which nobody works."""

from collections.abc import Mapping

from agenda.calendars import HolidayPolicy, closings_in, closings_text, place_in, place_name
from agenda.errors import BadInput
from agenda.recurrence import local_date
from agenda.roles import Right
from agenda.touchpoints import LEAD_TIMES
from bot import planning
from bot.cards import Card, Facts, card
from bot.editing import guarded
from bot.forms import Choice, Form, Number, Option, Text
from bot.handlers.syncs import homes
from bot.reading import key_in, one_of
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, Noun, Press, Replies, Submission, Turn
from storage import audit
from storage.touchpoints import Touchpoint


def settings(turn: Turn, _value: str) -> Replies:
    """The form."""
    return [OpenForm(form=FORM.build(turn, {"touchpoint": str(turn.touchpoint_id())}))]


def named(turn: Turn, context: Mapping[str, str]) -> Touchpoint:
    """The one whose settings these are, wherever the form is filled in. Raises `NotAllowed`."""
    return turn.require(key_in(context["touchpoint"])) if "touchpoint" in context else turn.touchpoint()


def settings_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Every lead time with its unit, as it is now."""
    touchpoint = named(turn, context)
    place = place_name(touchpoint.country, touchpoint.subdivision) if touchpoint.country else ""
    return Form(
        form_id="settings",
        title="Lead times and holidays",
        intro=f"Days are working days, hours are working hours.{homes.warning(turn.record, touchpoint)}",
        fields=(
            *(
                Number(
                    name=lead.name,
                    label=lead.label,
                    value=str(getattr(touchpoint, lead.name)),
                    least=lead.least,
                    most=lead.most,
                )
                for lead in LEAD_TIMES
            ),
            Text(
                name="holidays",
                label="Public holidays of",
                value=place,
                placeholder="Switzerland, Zurich",
                hint="A country, or a country and a part of it. Empty: none.",
                limit=100,
                required=False,
            ),
            Text(
                name="closings",
                label="Our own closing days",
                value=closings_text(touchpoint.calendar.closed),
                placeholder="24 Dec - 2 Jan: year end",
                hint="A line each.",
                multiline=True,
                limit=3000,
                required=False,
            ),
            Choice(
                name="holiday_policy",
                label="A sync on such a day",
                options=tuple(Option(policy.value, policy.label) for policy in HolidayPolicy),
                value=touchpoint.holiday_policy.value,
            ),
        ),
        context=context,
    )


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Kept, and everything that was not sent yet is planned anew."""
    touchpoint = named(turn, submission.context)
    numbers, wrong = numbers_in(submission)
    place, closings = ("", ""), touchpoint.calendar.closed
    try:
        place = place_in(submission.text("holidays"))
    except BadInput as error:
        wrong["holidays"] = str(error)
    try:
        closings = closings_in(submission.text("closings"), today=local_date(turn.now, touchpoint.zone))
    except BadInput as error:
        wrong["closings"] = str(error)
    if not wrong and numbers["agenda_days"] > numbers["prompt_days"]:
        wrong["agenda_days"] = "The agenda cannot come before the question; make this smaller."
    if wrong:
        raise BadInput("Please look at what is marked.", fields=wrong)
    for name, value in numbers.items():
        setattr(touchpoint, name, value)
    touchpoint.country, touchpoint.subdivision = place
    touchpoint.close_on(closings)
    touchpoint.holiday_policy = one_of(submission, "holiday_policy", HolidayPolicy, touchpoint.holiday_policy)
    turn.record.session.flush()
    turn.record.hours.clear()
    audit.append(turn.record, "touchpoint.changed", touchpoint=touchpoint.key, **numbers)
    planning.replan(turn.record, touchpoint)
    return [CloseForm(), Answer(card=settings_card(touchpoint))]


def numbers_in(submission: Submission) -> tuple[dict[str, int], dict[str, str]]:
    """Each lead time, and what is wrong beside its field."""
    numbers: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for lead in LEAD_TIMES:
        typed = submission.text(lead.name).removesuffix(".0")
        if typed.isdecimal() and lead.least <= int(typed) <= lead.most:
            numbers[lead.name] = int(typed)
        else:
            wrong[lead.name] = f"A whole number from {lead.least} to {lead.most}."
    return numbers, wrong


def settings_card(touchpoint: Touchpoint) -> Card:
    """What counts from now on."""
    place = place_name(touchpoint.country, touchpoint.subdivision) if touchpoint.country else "none"
    return card(
        "Saved",
        Facts(
            (
                *((lead.label, str(getattr(touchpoint, lead.name))) for lead in LEAD_TIMES),
                ("Public holidays of", place),
                ("A sync on such a day", touchpoint.holiday_policy.label),
            )
        ),
    )


FORM = guarded(settings_form, submitted, named, right=Right.RUN, about="touchpoint")

NOUN = Noun(
    name="settings",
    summary="When prompts, reminders and agendas come, how long a sync is, and on which days nobody works.",
    commands=(
        Command(words=("settings",), summary="Lead times, length and holidays", handle=settings, opens_form=True),
    ),
    buttons={"settings": Press(handle=settings)},
    forms={"settings": FORM},
)
