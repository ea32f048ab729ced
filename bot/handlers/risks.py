"""Open risks: raised in a line, shown whole, closed with a reason."""

from collections.abc import Mapping

from agenda.errors import BadInput, NotFound
from agenda.items import TITLE_LIMIT, Source, title_and_detail
from agenda.recurrence import local_day
from agenda.risks import SCALE, RiskState, Treatment
from agenda.themes import Theme
from bot.cards import Block, Button, Card, Facts, Item, ItemList, Note, card
from bot.forms import Choice, Date, Form, Option, Text
from bot.handlers.items import theirs
from bot.packets import source_settled
from bot.reading import (
    PAGE,
    date_in,
    joined,
    no_such,
    number_of,
    one_of,
    page_in,
    paged,
    scale_in,
    short_text,
    theme_choice,
    turned,
    turning,
)
from bot.replies import Answer, CloseForm, OpenForm
from bot.sharing import share_button, shared_by, shares_list, shares_one
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, deliveries, people, risks, rows
from storage.deliveries import Owed
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

TEXT_LIMIT = 3000


def add(turn: Turn, text: str) -> Replies:
    """With a title behind it, it is raised at once at medium level; without one, the form opens."""
    touchpoint_id = turn.touchpoint_id()
    if not text:
        return [OpenForm(form=risk_form(turn, {}))]
    title, rest = title_and_detail(text)
    risk = new(turn, touchpoint_id)
    risk.title, risk.description = title, rest
    return [Answer(card=risk_card(turn, keep(turn, risk)))]


def new(turn: Turn, touchpoint_id: int) -> RiskItem:
    """An empty one of this asker's."""
    return RiskItem(
        title="",
        raised_at=turn.now,
        organization_id=turn.record.organization_id,
        touchpoint_id=touchpoint_id,
        raised_by_id=turn.asker.person_id,
    )


def from_item(turn: Turn, value: str) -> RiskItem:
    """What the line that is being talked about says. Raises `NotFound`, `NotAllowed`."""
    item, sync = theirs(turn, value)
    risk = new(turn, sync.touchpoint_id)
    risk.title, risk.description, risk.theme = item.title, item.detail, item.theme
    return risk


def keep(turn: Turn, risk: RiskItem) -> RiskItem:
    """In the register from now on."""
    risks.add(turn.record, risk)
    audit.append(turn.record, "risk.raised", risk=risk.number, level=risk.level)
    return risk


def theirs_by(turn: Turn, number: int) -> RiskItem:
    """R-`number`, if the asker may see it here. Raises `NotFound`."""
    found = risks.by_number(turn.record, number, turn.scope())
    if found is None:
        raise no_such("R", number, "risk")
    return found


def show(turn: Turn, typed: str, page: int = 0) -> Replies:
    """All of it, a page at a time."""
    return [Answer(card=risk_card(turn, theirs_by(turn, number_of(typed, "R", "risk")), page), replaces=page > 0)]


def risk_card(turn: Turn, risk: RiskItem, page: int = 0) -> Card:
    """As its reader sees it in private."""
    blocks, pages = body(turn.record, risk, turn.asker.zone, page)
    change = [
        Button(action="risk.edit", label="Edit", value=str(risk.number), opens_form=True),
        Button(action="risk.close", label="Close risk", value=str(risk.number), opens_form=True),
        Button(action="promise.of_risk", label="Promise", value=str(risk.number), opens_form=True, rare=True),
    ]
    acts = change if risk.state is RiskState.OPEN else []
    shared = share_button(turn, "risk.share", str(risk.number))
    return card(f"{risk.ref} {risk.title}", *blocks, buttons=[*acts, *pages, *shared])


def body(record: Record, risk: RiskItem, zone: str, page: int = 0) -> tuple[list[Block], list[Button]]:
    """How bad, what is done about it, by whom, until when."""
    raiser = people.called(record, risk.raised_by_id)
    facts = [
        ("State", "open" if risk.state is RiskState.OPEN else f"closed: {risk.closed_because}"),
        ("Level", f"{risk.rating} ({risk.level} of 25)"),
        ("Likelihood", SCALE[risk.likelihood]),
        ("Impact", SCALE[risk.impact]),
        ("Treatment", risk.treatment.value),
        ("Theme", risk.theme.label),
        ("Owner", risk.owner),
        ("Review", risk.review_on.isoformat() if risk.review_on else ""),
        ("Raised", f"{local_day(risk.raised_at, zone or 'UTC')} {risk.raised_at.year} by {raiser}"),
    ]
    text, pages = paged("Description", risk.description, page, action="risk.page", value=str(risk.number))
    return [*text, Facts(tuple((name, value) for name, value in facts if value))], pages


def risk_line(risk: RiskItem) -> Item:
    """One line of a list."""
    owner = f"owner {risk.owner}" if risk.owner else "no owner"
    review = f"review {risk.review_on.isoformat()}" if risk.review_on else ""
    return Item(title=f"{risk.ref} {risk.title}", detail=joined([f"{risk.rating} ({risk.level})", owner, review]))


def listing(turn: Turn, _argument: str = "", page: int = 0) -> Replies:
    """Open ones, the highest level first."""
    scope = turn.scope()
    found = risks.open_ones(turn.record, scope, limit=PAGE, offset=page * PAGE)
    total = risks.count_open(turn.record, scope)
    if not found:
        raise NotFound("No risk is open.", "“risk add” raises one.")
    pages = turning(page, (total - 1) // PAGE, action="risk.list", value="")
    shared = share_button(turn, "risk.share_list", f"{page}|")
    return [Answer(card=list_card(total, found, [*pages, *shared]), replaces=page > 0)]


def list_card(total: int, found: list[RiskItem], buttons: list[Button]) -> Card:
    """A line each."""
    lines = ItemList(tuple(risk_line(risk) for risk in found))
    return card(f"Open risks ({total})", lines, Note("“risk show R-…” shows one whole."), buttons=buttons)


def close(turn: Turn, typed: str) -> Replies:
    """`risk close R-7 the old VPN is switched off`; without a reason, a form asks for it."""
    ref, _space, because = typed.partition(" ")
    risk = theirs_by(turn, number_of(ref, "R", "risk"))
    if because.strip():
        return closed(turn, risk, because.strip())
    return [OpenForm(form=close_form(turn, {"number": str(risk.number)}))]


def closed(turn: Turn, risk: RiskItem, because: str) -> Replies:
    """Closed, and why."""
    risk.close(because, turn.now)
    audit.append(turn.record, "risk.closed", risk=risk.number, because=because)
    deliveries.redraw(turn.record, kind="shared_risk", subject_id=risk.key)
    source_settled(turn.record, Source.RISK_REVIEW, risk.key)
    return [Answer(card=risk_card(turn, risk))]


def close_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why is it no risk any more?"""
    risk = theirs_by(turn, number_of(context.get("number", ""), "R", "risk"))
    return Form(
        form_id="risk_close",
        title="Close risk",
        intro=f"{risk.ref} {risk.title}",
        fields=(Text(name="because", label="Why is it no risk any more?", multiline=True, limit=TEXT_LIMIT),),
        submit="Close risk",
        context=context,
    )


def close_submitted(turn: Turn, submission: Submission) -> Replies:
    """Closed by form."""
    because = short_text(submission, "because", TEXT_LIMIT)
    if not because:
        raise BadInput("A reason is needed.", fields={"because": "Say in a line why it is no risk any more."})
    risk = theirs_by(turn, number_of(submission.context.get("number", ""), "R", "risk"))
    return [CloseForm(), *closed(turn, risk, because)]


def risk_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """New, or an open one to be changed."""
    old = theirs_by(turn, number_of(context["number"], "R", "risk")) if "number" in context else new(turn, 0)
    if "item" in context:
        old = from_item(turn, context["item"])
    scale = tuple(Option(str(value), f"{value} · {word}") for value, word in SCALE.items())
    return Form(
        form_id="risk",
        title="Edit risk" if "number" in context else "Raise a risk",
        fields=(
            Text(name="title", label="What could happen", value=old.title, limit=TITLE_LIMIT),
            Text(
                name="description",
                label="Details",
                value=old.description[:TEXT_LIMIT],
                multiline=True,
                limit=TEXT_LIMIT,
                required=False,
            ),
            Choice(name="likelihood", label="Likelihood", options=scale, value=str(old.likelihood)),
            Choice(name="impact", label="Impact", options=scale, value=str(old.impact)),
            Choice(
                name="treatment",
                label="Treatment",
                options=tuple(Option(t.value, t.value.capitalize()) for t in Treatment),
                value=old.treatment.value,
            ),
            theme_choice(old.theme),
            Text(name="owner", label="Owner", value=old.owner, limit=TITLE_LIMIT, required=False),
            Date(
                name="review_on",
                label="Review on",
                value=old.review_on.isoformat() if old.review_on else "",
                required=False,
            ),
        ),
        context=context,
    )


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Raised, or changed."""
    if "number" in submission.context:
        risk = theirs_by(turn, number_of(submission.context["number"], "R", "risk"))
        fill(risk, submission)
        audit.append(turn.record, "risk.edited", risk=risk.number, level=risk.level)
        deliveries.redraw(turn.record, kind="shared_risk", subject_id=risk.key)
        source_settled(turn.record, Source.RISK_GAP, risk.key)
    else:
        item = submission.context.get("item")
        risk = from_item(turn, item) if item is not None else new(turn, turn.touchpoint_id())
        fill(risk, submission)
        keep(turn, risk)
    return [CloseForm(), Answer(card=risk_card(turn, risk))]


def fill(risk: RiskItem, submission: Submission) -> None:
    """From the form. Raises `BadInput` beside the field."""
    title = short_text(submission, "title", TITLE_LIMIT)
    if not title:
        raise BadInput("A risk needs a title.", fields={"title": "Say in one line what could happen."})
    kept = risk.description[TEXT_LIMIT:]  # What lies behind the part that a dialog can show was not touched.
    risk.title, risk.description = title, short_text(submission, "description", TEXT_LIMIT) + kept
    risk.likelihood, risk.impact = scale_in(submission, "likelihood"), scale_in(submission, "impact")
    risk.treatment = one_of(submission, "treatment", Treatment, risk.treatment)
    risk.theme = one_of(submission, "theme", Theme, risk.theme)
    risk.owner, risk.review_on = short_text(submission, "owner", TITLE_LIMIT), date_in(submission, "review_on")


def edit(turn: Turn, value: str) -> Replies:
    """The form to change it."""
    return [OpenForm(form=risk_form(turn, {"number": value}))]


def of_item(turn: Turn, value: str) -> Replies:
    """The form, filled in from the line that is being talked about."""
    return [OpenForm(form=risk_form(turn, {"item": value}))]


def close_pressed(turn: Turn, value: str) -> Replies:
    """The form that asks why."""
    return [OpenForm(form=close_form(turn, {"number": value}))]


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """One risk, shared by somebody."""
    risk = rows.get(record, RiskItem, owed.subject_id)
    blocks, _pages = body(record, risk, rows.get(record, Touchpoint, risk.touchpoint_id).zone)
    return card(f"{risk.ref} {risk.title}", *blocks, shared_by(record, owed))


def draw_shared_list(record: Record, owed: Owed) -> Card | None:
    """A page of the list, shared by somebody: of this touchpoint alone."""
    page, _rest = page_in(owed.detail)
    scope = [owed.subject_id]
    found = risks.open_ones(record, scope, limit=PAGE, offset=page * PAGE)
    listed = list_card(risks.count_open(record, scope), found, [])
    return card(listed.title, *listed.blocks, shared_by(record, owed))


NOUN = Noun(
    name="risk",
    summary="What could go wrong, how badly, and what is done about it. Open risks stand on every agenda.",
    commands=(
        Command(words=("risk", "add"), argument="[title]", summary="Raise a risk", handle=add, writes=True),
        Command(words=("risk", "list"), summary="Show open risks, the highest first", handle=listing),
        Command(words=("risk", "show"), argument="<R-7>", summary="Show one risk", handle=show),
        Command(
            words=("risk", "close"),
            argument="<R-7 reason>",
            summary="Close a risk and say why",
            handle=close,
            writes=True,
        ),
    ),
    buttons={
        "risk.edit": Press(handle=edit),
        "risk.of_item": Press(handle=of_item),
        "risk.close": Press(handle=close_pressed),
        "risk.list": turned(listing),
        "risk.page": turned(show),
        "risk.share": shares_one("shared_risk", "R", "risk", risks.by_number),
        "risk.share_list": shares_list("shared_risks"),
    },
    forms={
        "risk": FormKind(build=risk_form, submit=submitted),
        "risk_close": FormKind(build=close_form, submit=close_submitted),
    },
    cards={"shared_risk": draw_shared, "shared_risks": draw_shared_list},
)
