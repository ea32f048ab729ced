"""Initiatives: added in a line or by a form, and changed. What becomes of their gates stands in `gates`."""

from collections.abc import Mapping
from dataclasses import replace

from agenda.conversations import Conversation
from agenda.errors import BadInput
from agenda.initiatives import GateKind, Tier, spread
from agenda.items import TITLE_LIMIT, Source, title_and_detail
from agenda.recurrence import local_date
from agenda.references import references_in
from agenda.roles import Right
from bot.editing import guarded
from bot.forms import TEXT_LIMIT, Choice, Date, Form, Option, Text
from bot.handlers.initiatives.cards import initiative_card, redraw
from bot.packets import source_settled
from bot.picking import OWNER_HINT, owner_in
from bot.reading import date_in, number_of, one_of, seen, short_text
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Replies, Submission, Turn
from storage import audit, gates, initiatives, rows
from storage.initiatives import Initiative
from storage.touchpoints import Touchpoint

LINKS_LIMIT = 2000


def add(turn: Turn, text: str) -> Replies:
    """With a title behind it, it is added at once, without days; without one, the form opens."""
    touchpoint_id = turn.touchpoint_id()
    if not text:
        return [OpenForm(form=initiative_form(turn, {}))]
    initiative = new(turn, touchpoint_id)
    initiative.title, initiative.detail = title_and_detail(text)
    keep(turn, initiative)
    return [Answer(card=initiative_card(turn, initiative))]


def new(turn: Turn, touchpoint_id: int) -> Initiative:
    """An empty one of this asker's."""
    return Initiative(
        title="",
        added_at=turn.now,
        organization_id=turn.record.organization_id,
        touchpoint_id=touchpoint_id,
        added_by_id=turn.asker.person_id,
    )


def keep(turn: Turn, initiative: Initiative, ahead: GateKind = GateKind.IDEA) -> None:
    """I1: with its gates, of which `ahead` comes next; a partner who is named joins there (G4)."""
    today = local_date(turn.now, rows.get(turn.record, Touchpoint, initiative.touchpoint_id).zone)
    initiatives.add(turn.record, initiative)
    gates.open_all(turn.record, initiative, spread(initiative.starts_on, initiative.ends_on, today=today))
    gates.leave_behind(gates.of_initiative(turn.record, initiative.key), ahead.place, today)
    if initiative.partner:
        initiative.join(ahead, turn.now)
    audit.append(turn.record, "initiative.added", initiative=initiative.number)
    changed(turn, initiative)


def theirs_by(turn: Turn, typed: str, *, for_update: bool = False) -> Initiative:
    """I-3, if the asker may see it here. Raises `NotFound`."""
    number = number_of(typed, "I", "initiative")
    return seen(turn, number, "I", "initiative", initiatives.by_number, for_update=for_update)


def standing(turn: Turn, context: Mapping[str, str], *, for_update: bool = False) -> Initiative:
    """The one that a form or a button names, if it is active and the asker may change it here. Raises `NotFound`,
    `NotAllowed`, `NotNow`.
    """
    initiative = theirs_by(turn, context.get("number", ""), for_update=for_update)
    turn.require(initiative.touchpoint_id, Right.RUN)
    initiative.require_active()
    return initiative


def initiative_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """New, or one to be changed."""
    known = "number" in context
    old = standing(turn, context) if known else new(turn, turn.touchpoint_id())
    return Form(
        form_id="initiative",
        title="Edit initiative" if known else "Add an initiative",
        intro="" if known else "Its gates get days between start and end; “Gates” on its card moves them.",
        fields=(
            Text(name="title", label="Which IT project?", value=old.title, limit=TITLE_LIMIT),
            person("sponsor", "Sponsor on the CIO’s side", old.sponsor),
            person("partner", "Partner on the CISO’s side", old.partner),
            Choice(
                name="tier",
                label="How much could go wrong?",
                hint="Its questions stay as they are." if known else "It says how many questions each gate asks.",
                options=tuple(Option(tier.value, tier.value.capitalize()) for tier in Tier),
                value=old.tier.value,
            ),
            *(() if known else (next_gate(),)),
            Date(name="starts_on", label="Starts", value=str(old.starts_on or ""), required=False),
            Date(name="ends_on", label="Ends: the launch", value=str(old.ends_on or ""), required=False),
            text("links", "Links", old.links, LINKS_LIMIT, "A line each: https://…, with words beside it if you like."),
            text("detail", "Details", old.detail[:TEXT_LIMIT], TEXT_LIMIT),
        ),
        context=context,
    )


def person(name: str, label: str, value: str) -> Text:
    """Somebody, by name."""
    return Text(name=name, label=label, value=value, hint=OWNER_HINT, limit=TITLE_LIMIT, required=False)


def text(name: str, label: str, value: str, limit: int, hint: str = "") -> Text:
    """As much of it as a dialog takes."""
    return Text(name=name, label=label, value=value, hint=hint, multiline=True, limit=limit, required=False)


def next_gate() -> Choice:
    """Where it stands when it is added: what lies behind it, nobody here could have asked."""
    return Choice(
        name="ahead",
        label="Which gate comes next?",
        options=tuple(Option(kind.value, kind.label.capitalize()) for kind in GateKind),
        value=GateKind.IDEA.value,
    )


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Added, or changed."""
    if "number" not in submission.context:
        initiative = new(turn, turn.touchpoint_id())
        fill(turn, initiative, submission)
        keep(turn, initiative, one_of(submission, "ahead", GateKind, GateKind.IDEA))
        return [CloseForm(), Answer(card=initiative_card(turn, initiative))]
    initiative = standing(turn, submission.context, for_update=True)
    was = (initiative.starts_on, initiative.ends_on)
    fill(turn, initiative, submission)
    if was != (initiative.starts_on, initiative.ends_on):
        gates.move(turn.record, initiative, was)
    if initiative.partner:
        initiative.join(ahead_of(turn, initiative), turn.now)
    audit.append(turn.record, "initiative.edited", initiative=initiative.number)
    changed(turn, initiative)
    return [CloseForm(), Answer(card=initiative_card(turn, initiative))]


def ahead_of(turn: Turn, initiative: Initiative) -> GateKind | None:
    """The gate that comes next, if one does."""
    ahead = gates.next_of(gates.of_initiative(turn.record, initiative.key))
    return ahead.kind if ahead else None


def fill(turn: Turn, initiative: Initiative, submission: Submission) -> None:
    """From the form. Raises `BadInput` beside the field."""
    title = short_text(submission, "title", TITLE_LIMIT)
    if not title:
        raise BadInput("An initiative needs a title.", fields={"title": "Say in one line which project it is."})
    starts_on, ends_on = date_in(submission, "starts_on"), date_in(submission, "ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise BadInput("The dates run backwards.", fields={"ends_on": "It ends before it starts. Choose a later day."})
    kept = initiative.detail[TEXT_LIMIT:]  # What lies behind the part that a dialog can show was not touched.
    initiative.title, initiative.detail = title, short_text(submission, "detail", TEXT_LIMIT) + kept
    initiative.sponsor, initiative.partner = (
        owner_in(turn, submission, "sponsor"),
        owner_in(turn, submission, "partner"),
    )
    initiative.tier = one_of(submission, "tier", Tier, initiative.tier)
    initiative.starts_on, initiative.ends_on = starts_on, ends_on
    initiative.links = links_in(submission)


def links_in(submission: Submission) -> str:
    """A line each. Raises `BadInput` beside the field for an address that is not https."""
    typed = short_text(submission, "links", LINKS_LIMIT)
    try:
        references_in(typed)
    except BadInput as wrong:
        raise BadInput("Please look at what is marked.", fields={"links": str(wrong)}) from wrong
    return typed


def changed(turn: Turn, initiative: Initiative) -> None:
    """Whatever shows it, finds it or asks for it follows."""
    turn.record.session.flush()
    initiatives.index(turn.record, initiative)
    redraw(turn.record, initiative)
    first = gates.of_initiative(turn.record, initiative.key)[0]
    source_settled(turn.record, Source.GATE_NEARS, first.gate.key)


FORM: FormKind = guarded(initiative_form, submitted, standing, right=Right.RAISE)

NOUN = Noun(
    name="initiative",
    summary=Conversation.INITIATIVES.summary,
    conversation=Conversation.INITIATIVES,
    commands=(
        Command(
            words=("initiative", "add"),
            argument="[title]",
            summary="Add an IT project with its gates",
            handle=add,
            writes=True,
            right=Right.RAISE,
            opens_form=True,
        ),
    ),
    buttons={"initiative.edit": replace(FORM.opened_by(), right=Right.RUN)},
    forms={"initiative": FORM},
)
