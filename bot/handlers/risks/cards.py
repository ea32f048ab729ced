"""How a risk looks: to its reader in private, in a list, shared with the others, and how it came to where it is.

What a reader may do with it stands on it as buttons; `today` is always the reader's own day.
"""

from collections.abc import Sequence
from datetime import date

from agenda.actions import day_text
from agenda.policy import PolicyFields
from agenda.recurrence import local_date
from agenda.references import references_in
from agenda.risks import RiskState, Treatment, trend
from bot import addresses
from bot.cards import Block, Button, Card, Chart, Facts, Item, ItemList, LinkButton, Note, Paragraph, card
from bot.handlers.risks.acceptance_cards import acceptance_line, asked_for, revoke_buttons, risk_buttons
from bot.reading import joined, paged
from bot.sharing import share_button, shared_by
from bot.turns import Turn
from storage import acceptances, asks, decisions, deliveries, people, policies, risks, rows
from storage.acceptances import Acceptance
from storage.deliveries import Owed
from storage.risks import RiskItem, RiskLevel
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

ABOVE = "▲ above appetite"
MOST_DRAWN = 20  # categories of a chart: what every platform draws
LINK_SHOWN = 200  # characters of an address; all of it is behind the link.


def redraw(record: Record, risk: RiskItem) -> None:
    """Every card that shows it, shows it as it stands."""
    deliveries.redraw(record, "shared_risk", subject_id=risk.key)


def risk_card(turn: Turn, risk: RiskItem, page: int = 0, *said: Block, is_new: bool = False) -> Card:
    """As its reader sees it in private; `said` is what has just happened to it."""
    blocks, pages = body(turn.record, risk, turn.asker.zone or "UTC", page, is_new=is_new)
    first = [*risk_buttons(turn, risk), *change_buttons(risk), *revoke_buttons(turn, risk)]
    shared = share_button(turn, "risk.share", str(risk.number), of=risk.touchpoint_id)
    more = [*more_buttons(risk), *addresses.copy_button(turn, risk.ref)]
    buttons: list[Button | LinkButton] = [*first, *pages, *shared, *more, *source_button(risk)]
    return card(f"{risk.ref} {risk.title}", *said, *blocks, buttons=buttons)


def change_buttons(risk: RiskItem) -> list[Button]:
    """What can be done with one that is not closed."""
    if risk.state is RiskState.CLOSED:
        return []
    value = str(risk.number)
    return [
        Button(action="risk.edit", label="Edit", value=value, opens_form=True),
        Button(action="risk.level", label="New level", value=value, opens_form=True),
        Button(action="risk.more", label="More details", value=value, opens_form=True, rare=True),
        Button(action="risk.close", label="Close risk", value=value, opens_form=True, rare=True),
        Button(action="promise.of_risk", label="Promise", value=value, opens_form=True, rare=True),
    ]


def more_buttons(risk: RiskItem) -> list[Button]:
    """What anybody may read of it."""
    return [Button(action="risk.history", label="History", value=str(risk.number), rare=True)]


def source_button(risk: RiskItem) -> list[LinkButton]:
    """The way back to the message that it was taken from."""
    return [LinkButton(label="Open the message", url=risk.source_link)] if risk.source_link else []


def body(
    record: Record, risk: RiskItem, zone: str, page: int = 0, *, is_new: bool = False
) -> tuple[list[Block], list[Button]]:
    """How bad it is and where that goes, what is done about it, by whom and until when.

    Of one that `is_new` in this transaction nothing can have come yet, so nothing is asked.
    """
    policy, today = policies.of(record), local_date(record.now, zone)
    steps = [] if is_new else [level.step for level in risks.levels(record, risk.key)]
    facts = [
        ("State", standing(risk, zone, today)),
        ("Level", f"{level_text(risk, policy)} · {scale_text(risk, policy)}"),
        ("Path", risk.path),
        ("Trend", trend(steps, record.now, zone) if steps and risk.state is not RiskState.CLOSED else ""),
        ("Treatment", treatment_text(risk, today)),
        ("Owner", risk.owner),
        ("Review", due_text(risk.review_on, today, risk)),
        ("Theme", risk.theme.label),
        ("Source", risk.source),
        (
            "Raised",
            f"{day_text(local_date(risk.raised_at, zone), today)} by {people.called(record, risk.raised_by_id)}",
        ),
    ]
    text, pages = paged("Details", risk.description, page, action="risk.page", value=str(risk.number))
    around = [*controls(risk), *links(risk)]
    if not is_new:
        around = [*asked_for(record, risk), *around, *decided(record, risk), *money_asked(record, risk)]
    return [*text, Facts(tuple((name, value) for name, value in facts if value)), *around], pages


def standing(risk: RiskItem, zone: str, today: date) -> str:
    """`Open for 43 days`, `Accepted until Thu 5 June`, `Open again since …`, `Closed on …: why`."""
    if risk.state is RiskState.CLOSED and risk.closed_at:
        return f"Closed on {day_text(local_date(risk.closed_at, zone), today)}: {risk.closed_because}"
    if risk.state is RiskState.ACCEPTED and risk.accepted_until:
        left = (risk.accepted_until - today).days
        days = "its last day" if left <= 0 else f"{left} {'day' if left == 1 else 'days'} left"
        return f"Accepted until {day_text(risk.accepted_until, today)}, {days}"
    if risk.reopened_at:
        since = day_text(local_date(risk.reopened_at, zone), today)
        return f"Open again since {since}: its acceptance ended"
    age = (today - local_date(risk.raised_at, zone)).days
    return f"Open for {age} {'day' if age == 1 else 'days'}" if age > 0 else "Open since today"


def level_text(risk: RiskItem, policy: PolicyFields) -> str:
    """`critical (20 of 25) ▲ above appetite`."""
    return f"{risk.rating} ({risk.level} of 25){f' {ABOVE}' if policy.is_above(risk.level) else ''}"


def scale_text(risk: RiskItem, policy: PolicyFields) -> str:
    """`likelihood high, impact very high`, in the organization's own words."""
    return f"likelihood {policy.likelihood(risk.likelihood)}, impact {policy.impact(risk.impact)}"


def treatment_text(risk: RiskItem, today: date) -> str:
    """`mitigate, due Fri 14 March`; what is only intended says so."""
    intended = risk.treatment is Treatment.ACCEPT and risk.state is RiskState.OPEN
    word = "accept (intended: it takes both keys)" if intended else risk.treatment.value
    return joined([word, due_text(risk.due_on, today, risk)])


def due_text(day: date | None, today: date, risk: RiskItem) -> str:
    """`due Fri 14 March`, and by how much it is overdue."""
    if day is None:
        return ""
    late = (today - day).days
    overdue = late > 0 and risk.state is not RiskState.CLOSED
    return f"due {day_text(day, today)}" + (f", {late} {'day' if late == 1 else 'days'} overdue" if overdue else "")


def controls(risk: RiskItem) -> list[Block]:
    """What holds it down already."""
    return [Paragraph("Controls", tone="strong"), Paragraph(risk.controls)] if risk.controls else []


def links(risk: RiskItem) -> list[Block]:
    """Where more is said about it."""
    listed = tuple(Item(title=shown(one.title), link=one.address) for one in references_in(risk.links))
    return [ItemList(listed, "Links")] if listed else []


def shown(title: str) -> str:
    """Words as they are, an address as a reader knows it again."""
    bare = title.removeprefix("https://").rstrip("/")
    return bare if len(bare) <= LINK_SHOWN else f"{bare[: LINK_SHOWN - 1]}…"


def decided(record: Record, risk: RiskItem) -> list[Block]:
    """The decisions that it is the reason of."""
    found = decisions.about_risk(record, risk.key)
    lines = tuple(Item(title=f"{one.ref} {one.title}", detail=one.state.value) for one in found)
    return [ItemList(lines, "Decisions")] if lines else []


def money_asked(record: Record, risk: RiskItem) -> list[Block]:
    """The asks that would reduce it."""
    found = asks.about_risk(record, risk.key)
    lines = tuple(Item(title=f"{one.ref} {one.title}", detail=one.state.value) for one in found)
    return [ItemList(lines, "Asks")] if lines else []


def risk_line(risk: RiskItem, policy: PolicyFields, today: date) -> Item:
    """One line of a list: how bad, in which state, whose, and what is late."""
    states = {
        RiskState.OPEN: "open again" if risk.reopened_at else "open",
        RiskState.ACCEPTED: f"accepted until {day_text(risk.accepted_until, today)}"
        if risk.accepted_until
        else "accepted",
        RiskState.CLOSED: "closed",
    }
    above = ABOVE if policy.is_above(risk.level) and risk.state is not RiskState.CLOSED else ""
    owner = f"owner {risk.owner}" if risk.owner else "no owner"
    late = [
        f"{what} {due_text(day, today, risk)}"
        for what, day in (("treatment", risk.due_on), ("review", risk.review_on))
        if day and (what == "review" or day < today)
    ]
    detail = joined([f"{risk.rating} ({risk.level})", above, states[risk.state], owner, *late])
    return Item(title=f"{risk.ref} {risk.title}", detail=detail)


def history_card(turn: Turn, risk: RiskItem) -> Card:
    """Its levels, with a picture where there is more than one, and every acceptance that was ever asked for."""
    zone = turn.asker.zone or "UTC"
    levels, asked = risks.levels(turn.record, risk.key), acceptances.of_risk(turn.record, risk.key)
    return card(
        f"{risk.ref} {risk.title}: history",
        *drawn(levels, zone),
        *level_list(turn.record, levels, zone),
        *acceptance_list(turn.record, asked, zone),
        buttons=[Button(action="risk.page", label="Back", value=f"0|{risk.number}")],
    )


def drawn(levels: Sequence[RiskLevel], zone: str) -> list[Block]:
    """The last of them as a line."""
    lately = levels[-MOST_DRAWN:]
    if len(lately) < 2:
        return []
    days = tuple(f"{number}. {local_date(one.at, zone):%d %b}" for number, one in enumerate(lately, 1))
    values = tuple(float(one.step.level) for one in lately)
    return [Chart(title="Level, 1 to 25", kind="line", categories=days, series=(("Level", values),))]


def level_list(record: Record, levels: Sequence[RiskLevel], zone: str) -> list[Block]:
    """When, how high, by whom and why; the last first."""
    today = local_date(record.now, zone)
    lines = tuple(
        Item(
            title=f"{level.step.level} of 25 ({level.likelihood} × {level.impact})",
            detail=joined(
                [day_text(local_date(level.at, zone), today), people.called(record, level.person_id), level.because]
            ),
        )
        for level in reversed(levels)
    )
    return [ItemList(lines, "Levels: likelihood × impact")] if lines else [Note("No level was kept of it.")]


def acceptance_list(record: Record, asked: Sequence[Acceptance], zone: str) -> list[Block]:
    """The last first; what continues another says so."""
    lines = tuple(acceptance_line(record, one, zone) for one in asked)
    return [ItemList(lines, "Acceptances")] if lines else []


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """One risk, shared by somebody."""
    risk = rows.get(record, RiskItem, owed.subject_id)
    blocks, _pages = body(record, risk, rows.get(record, Touchpoint, risk.touchpoint_id).zone)
    return card(f"{risk.ref} {risk.title}", *blocks, shared_by(record, owed))
