"""The heat map: how many risks lie where, before any control, now, and once they are treated."""

from agenda.policy import PolicyFields
from agenda.recurrence import local_date
from agenda.risk_filter import filter_in
from agenda.risks import rating_of
from agenda.roles import Right
from bot.cards import Block, Button, Card, HeatCell, HeatMap, ItemList, Note, card
from bot.handlers.risks.cards import risk_line
from bot.handlers.risks.log import nothing, wanted_of
from bot.reading import page_in
from bot.replies import Answer
from bot.sharing import share_button, shared_by, shares_list
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import people, policies, risks, rows
from storage.deliveries import Owed
from storage.risks import View, Wanted
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

STEPS = range(1, 6)
MOST_NAMED = 5
VIEWS: dict[View, str] = {"inherent": "Inherent", "now": "Now", "target": "Target"}


def show(turn: Turn, typed: str) -> Replies:
    """As it is now, of what was asked for."""
    return shown(turn, "now", typed, replaces=False)


def show_view(turn: Turn, value: str) -> Replies:
    """The same, as it was before any control, or is to be."""
    view, typed = view_in(page_in(value)[1])
    return shown(turn, view, typed, replaces=True)


def view_in(detail: str) -> tuple[View, str]:
    """Which of the three, and what narrows it; `now` where it is none of them."""
    word, _space, typed = detail.partition(" ")
    return next((view for view in VIEWS if view == word), "now"), typed


def shown(turn: Turn, view: View, typed: str, *, replaces: bool) -> Replies:
    """In private. Raises `NotFound` where nothing is to be drawn."""
    said, zone = filter_in(typed), turn.asker.zone or "UTC"
    wanted = wanted_of(turn.record, said, turn.scope(), zone=zone, me=turn.asker.name)
    if not risks.count(turn.record, wanted):
        raise nothing(said, turn.asker.name)
    others = [
        Button(action="risk.matrix", label=label, value=f"0|{other} {typed}")
        for other, label in VIEWS.items()
        if other != view
    ]
    shared = share_button(turn, "risk.share_matrix", f"0|{view} {typed}")
    drawn = matrix_card(turn.record, wanted, view, said.title(turn.asker.name), zone)
    return [Answer(card=card(drawn.title, *drawn.blocks, buttons=[*others, *shared]), replaces=replaces)]


def matrix_card(record: Record, wanted: Wanted, view: View, title: str, zone: str) -> Card:
    """The map, what is not on it, and the highest by name."""
    policy, counts, total = policies.of(record), risks.cells(record, wanted, view), risks.count(record, wanted)
    placed = sum(counts.values())
    above = sum(count for (one, other), count in counts.items() if policy.is_above(one * other))
    said = f"{above} of {placed} above the appetite of {policy.appetite} ▲." if placed else ""
    left = f"{total - placed} of {total} without {view} level." if total > placed else ""
    drawn = heat_map(policy, counts, f"{title}: {VIEWS[view].lower()}")
    steps = ", ".join(f"{step} {policy.impact(step)}" for step in STEPS)
    blocks: list[Block] = [drawn, Note(f"Impact: {steps}."), Note(f"{said} {left}".strip())]
    if view == "now":
        blocks.append(highest(record, wanted, policy, zone))
    name = "Risk matrix" if view == "now" else f"Risk matrix: {VIEWS[view].lower()}"
    return card(f"{name} ({total})", *blocks)


def heat_map(policy: PolicyFields, counts: dict[tuple[int, int], int], title: str) -> HeatMap:
    """Likely at the top, bad on the right."""
    return HeatMap(
        title=title,
        down="Likelihood",
        across="Impact",
        rows=tuple(policy.likelihood(step) for step in reversed(STEPS)),
        columns=tuple(policy.impact(step) for step in STEPS),
        heads=tuple(map(str, STEPS)),
        cells=tuple(
            tuple(cell(policy, likelihood * impact, counts.get((likelihood, impact), 0)) for impact in STEPS)
            for likelihood in reversed(STEPS)
        ),
    )


def cell(policy: PolicyFields, level: int, count: int) -> HeatCell:
    """Its colour always, its number where there is one."""
    return HeatCell(str(count or ""), rating_of(level), above=bool(count) and policy.is_above(level))


def highest(record: Record, wanted: Wanted, policy: PolicyFields, zone: str) -> ItemList:
    """Those that are talked about first."""
    found, today = risks.listed(record, wanted, limit=MOST_NAMED), local_date(record.now, zone)
    return ItemList(tuple(risk_line(risk, policy, today) for risk in found), "The highest")


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """Shared by somebody: of this touchpoint alone."""
    view, typed = view_in(page_in(owed.detail)[1])
    said, zone = filter_in(typed), rows.get(record, Touchpoint, owed.subject_id).zone
    me = people.called(record, owed.person_id or 0)
    wanted = wanted_of(record, said, [owed.subject_id], zone=zone, me=me)
    drawn = matrix_card(record, wanted, view, said.title(me), zone)
    return card(drawn.title, *drawn.blocks, shared_by(record, owed))


NOUN = Noun(
    name="risk matrix",
    summary="Likelihood against impact: where the risks lie, and which are above the appetite.",
    commands=(
        Command(
            words=("risk", "matrix"),
            argument="[filter]",
            summary="Draw the risks as a heat map",
            handle=show,
            right=Right.READ,
        ),
    ),
    buttons={
        "risk.matrix": Press(handle=show_view, right=Right.READ),
        "risk.share_matrix": shares_list("shared_matrix", lambda _turn, detail: filter_in(view_in(detail)[1])),
    },
    cards={"shared_matrix": draw_shared},
)
