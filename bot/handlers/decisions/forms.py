"""The forms of a decision: what a principal fills in in half a minute, and all else that may be said of it."""

from collections.abc import Mapping

from agenda.decisions import LABELS
from agenda.errors import NotAllowed
from agenda.items import TITLE_LIMIT
from agenda.roles import Right
from agenda.themes import Theme
from bot import asks
from bot.forms import TEXT_LIMIT, AnyField, Check, Date, Form, Text
from bot.handlers.agenda.items import theirs
from bot.handlers.decisions.keys import require_its_place
from bot.handlers.decisions.standing import named
from bot.handlers.investment import words as asking
from bot.picking import OWNER_HINT
from bot.reading import link_in, theme_choice
from bot.turns import Turn
from storage import rows
from storage.decisions import Decision
from storage.touchpoints import Touchpoint

OPTIONS_HINT = "An option a line. Below it “+ …” for what speaks for it, “- …” for what speaks against it."


def new(turn: Turn, touchpoint_id: int) -> Decision:
    """An empty one of this asker's."""
    return Decision(
        title="",
        recorded_at=turn.now,
        organization_id=turn.record.organization_id,
        touchpoint_id=touchpoint_id,
        recorded_by_id=turn.asker.person_id,
    )


def begun(turn: Turn, context: Mapping[str, str]) -> Decision:
    """A new one, with the words of the agenda line or the decision that it comes from."""
    if "item" in context:
        item, sync = theirs(turn, context["item"])
        decision = new(turn, sync.touchpoint_id)
        decision.title, decision.rationale, decision.theme = item.title, item.detail, item.theme
        decision.item_id, decision.sync_id, decision.source_link = item.key, sync.key, item.source_link
    elif "replaces" in context:
        old = named(turn, context["replaces"])
        old.require_agreed()
        decision = new(turn, old.touchpoint_id)
        for name in LABELS:
            setattr(decision, name, getattr(old, name))
        decision.replaces, decision.review_on = old.number, None
    elif "ask" in context:
        ask = asks.to_decide(turn, context["ask"])
        decision = new(turn, ask.touchpoint_id)
        for name, value in asking.decision_on(turn.record, ask).items():
            setattr(decision, name, value)
    else:
        decision = new(turn, turn.touchpoint_id())
        decision.source_link = link_in(context)
    return decision


def standing_one(turn: Turn, context: Mapping[str, str]) -> Decision:
    """The one that a form is about."""
    return named(turn, context.get("number", ""))


def changeable(turn: Turn, typed: str) -> Decision:
    """A proposed one that the asker may change: as principal, or because they recorded it. Raises `NotAllowed`, `NotNow`."""
    decision = named(turn, typed, for_update=True)
    seated = turn.asker.may(Right.RUN, decision.touchpoint_id)
    if not seated and decision.recorded_by_id != turn.asker.person_id:
        raise NotAllowed("Only who recorded it, the CIO and the CISO may change a decision.", "Ask one of them.")
    decision.require_open()
    require_its_place(turn.record, decision)
    return decision


def decision_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """New, or a proposed one to be changed: what a principal says of it in half a minute."""
    old = changeable(turn, context["number"]) if "number" in context else begun(turn, context)
    title = "Edit decision" if "number" in context else "Replace decision" if old.replaces else "Record decision"
    return Form(
        form_id="decision",
        title=title,
        intro=intro(turn, old),
        fields=(
            Text(name="title", label="What is decided", value=old.title, limit=TITLE_LIMIT),
            long_text(old, "question", "The question it answers", multiline=False),
            long_text(old, "rationale", "Why"),
            long_text(old, "options", "Options considered", OPTIONS_HINT),
            theme_choice(old.theme),
            Text(name="owner", label="Owner", hint=OWNER_HINT, value=old.owner, limit=TITLE_LIMIT, required=False),
            Date(name="review_on", label="Review on", value=str(old.review_on or ""), required=False),
            *one_key_field(turn, old),
        ),
        context=context,
    )


def intro(turn: Turn, decision: Decision) -> str:
    """What saving it does."""
    if decision.id:
        return "A changed text needs both keys anew."
    if decision.replaces:
        return f"D-{decision.replaces} stands until both have turned their keys on this."
    seated = turn.asker.seat_in(decision.touchpoint_id)
    return (
        "Yours is the first key; the other is asked for."
        if seated
        else "The CIO and the CISO are asked for their keys."
    )


def long_text(old: Decision, name: str, label: str, hint: str = "", *, multiline: bool = True) -> Text:
    """As much of it as a dialog takes."""
    value = getattr(old, name)[:TEXT_LIMIT]
    return Text(name=name, label=label, value=value, hint=hint, multiline=multiline, limit=TEXT_LIMIT, required=False)


def one_key_field(turn: Turn, decision: Decision) -> list[AnyField]:
    """Only where the policy allows it for some theme."""
    touchpoint = rows.get(turn.record, Touchpoint, decision.touchpoint_id)
    allowed = [theme.label for theme in Theme if touchpoint.allows_one_key(theme)]
    if not allowed and not decision.one_key:
        return []
    hint = f"Allowed for: {', '.join(allowed)}." if allowed else "The policy allows it for no theme any more."
    return [Check(name="one_key", label="One key is enough", hint=hint, value=decision.one_key, required=False)]


def more_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """All else that may be said of it."""
    old = changeable(turn, context.get("number", ""))
    return Form(
        form_id="decision_more",
        title="More details",
        intro="A changed text needs both keys anew.",
        fields=(
            long_text(old, "outcome", "What it means in full"),
            Text(name="consulted", label="Consulted", value=old.consulted, hint="Names, with commas.", required=False),
            Text(name="informed", label="Informed", value=old.informed, hint="Names, with commas.", required=False),
            Date(name="effective_on", label="Effective on", value=str(old.effective_on or ""), required=False),
            long_text(old, "links", "Links", "One a line: an https address, or the name of a ticket or document."),
            Text(
                name="concerns",
                label=LABELS["concerns"],
                value=old.concerns,
                hint="Like R-7, I-3.",
                required=False,
            ),
        ),
        context=context,
    )
