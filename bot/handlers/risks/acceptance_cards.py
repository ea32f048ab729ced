"""How an acceptance looks: to whoever is asked for a key, on its risk, in an agenda, and when it ends.

What is signed is always shown whole: the risk with its level, why it may be lived with, and the last day.
"""

from datetime import date

from agenda.acceptances import AcceptanceState, warnings_due
from agenda.actions import day_text
from agenda.items import Source
from agenda.recurrence import local_date
from agenda.risks import RiskState, Treatment, rating_of
from agenda.roles import Right
from bot import signing
from bot.accepting import ENDED, KEY
from bot.access import Chair
from bot.cards import Block, Button, Card, Facts, Item, Note, Paragraph, Style, card
from bot.packets import AgendaLine
from bot.reading import joined
from bot.turns import Asked, Turn
from storage import acceptances, keys, people, policies, rows
from storage.acceptances import Acceptance
from storage.deliveries import Owed
from storage.nudges import Nudge
from storage.people import Person
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

SIGN = "acceptance.sign"


def acceptance_card(turn: Turn, acceptance: Acceptance) -> Card:
    """As its reader sees it in private."""
    blocks = body(turn.record, acceptance, turn.asker.zone or "UTC")
    return card(title_of(turn.record, acceptance), *blocks, buttons=buttons_for(turn, acceptance))


def buttons_for(turn: Turn, acceptance: Acceptance) -> list[Button]:
    """What its reader may do with it."""
    theirs = may_change(turn, acceptance)
    value = str(acceptance.number)
    if acceptance.state is AcceptanceState.PROPOSED:
        wanted = turn.asker.seat_in(acceptance.touchpoint_id) in signing.missing(turn.record, acceptance)
        change = Button(action="acceptance.change", label="Change", value=value, opens_form=True)
        take_back = Button(action="acceptance.withdraw", label="Withdraw", value=value, opens_form=True, rare=wanted)
        return [
            *([signing.sign_button(acceptance, action=SIGN)] if wanted else []),
            *([reject_button(acceptance)] if wanted else []),
            *([change, take_back] if theirs else []),
        ]
    if acceptance.state is AcceptanceState.ACCEPTED:
        revoke = Button(action="acceptance.revoke", label="Revoke", value=value, opens_form=True, rare=True)
        return [renew_button(turn.record, acceptance), revoke]
    return []


def may_change(turn: Turn, acceptance: Acceptance) -> bool:
    """C2, C5: a principal, who stands in for one, or whoever asked for it."""
    return turn.asker.may(Right.RUN, acceptance.touchpoint_id) or turn.asker.person_id == acceptance.requested_by_id


def reject_button(acceptance: Acceptance) -> Button:
    """With the reason."""
    return Button(action="acceptance.reject", label="Reject", value=str(acceptance.number), opens_form=True)


def renew_button(record: Record, acceptance: Acceptance, *, label: str = "Renew") -> Button:
    """Another one, filled in as this one."""
    risk = rows.get(record, RiskItem, acceptance.risk_id)
    return Button(action="acceptance.ask", label=label, value=str(risk.number), opens_form=True)


def title_of(record: Record, acceptance: Acceptance) -> str:
    """What it is about, and how that stands."""
    risk = rows.get(record, RiskItem, acceptance.risk_id)
    day = day_text(acceptance.expires_on, record.now.date())
    return {
        AcceptanceState.PROPOSED: f"Live with {risk.ref} until {day}?",
        AcceptanceState.ACCEPTED: f"{risk.ref} is accepted until {day}",
        AcceptanceState.REJECTED: f"{risk.ref} is not accepted: it was rejected",
        AcceptanceState.WITHDRAWN: f"{risk.ref} is not to be accepted any more",
        AcceptanceState.EXPIRED: f"The acceptance of {risk.ref} ended on {day}",
        AcceptanceState.RENEWED: f"The acceptance of {risk.ref} was renewed",
        AcceptanceState.REVOKED: f"The acceptance of {risk.ref} was revoked",
        AcceptanceState.ENDED: f"The acceptance of {risk.ref} ended with it",
    }[acceptance.state]


def body(record: Record, acceptance: Acceptance, zone: str) -> list[Block]:
    """What is signed, by whom it is signed, and who asked."""
    today = local_date(record.now, zone)
    day, by = local_date(acceptance.requested_at, zone), people.called(record, acceptance.requested_by_id)
    otherwise = "missing" if acceptance.state is AcceptanceState.PROPOSED else "not turned"
    facts = [
        *signed(record, acceptance, today),
        *signing.key_facts(record, acceptance, zone, otherwise),
        ("Asked for", f"{day_text(day, today)} by {by}"),
        ("Renews", renewed(record, acceptance, today)),
        ("Because", acceptance.because),
    ]
    whole = Facts(tuple((name, value) for name, value in facts if value))
    return [
        Paragraph(acceptance.risk_title, tone="strong"),
        Paragraph(acceptance.justification),
        whole,
        *void(record, acceptance),
    ]


def signed(record: Record, acceptance: Acceptance, today: date) -> list[tuple[str, str]]:
    """The level and the last day, as the text says them."""
    policy = policies.of(record)
    scale = f"likelihood {policy.likelihood(acceptance.likelihood)}, impact {policy.impact(acceptance.impact)}"
    above = " ▲ above appetite" if policy.is_above(acceptance.level) else ""
    level = f"{rating_of(acceptance.level)} ({acceptance.level} of 25){above} · {scale}"
    return [("Level", level), ("Last day", day_text(acceptance.expires_on, today))]


def renewed(record: Record, acceptance: Acceptance, today: date) -> str:
    """The one that it continues."""
    if acceptance.renews_id is None:
        return ""
    return f"the one until {day_text(rows.get(record, Acceptance, acceptance.renews_id).expires_on, today)}"


def void(record: Record, acceptance: Acceptance) -> list[Block]:
    """Whoever signed an earlier text is told that it is another one now."""
    if acceptance.state is not AcceptanceState.PROPOSED:
        return []
    missing = signing.missing(record, acceptance)
    voided = {key.person_id for key in keys.history(record, acceptance) if key.voided_at and key.seat in missing}
    names = " and ".join(people.called(record, person_id) for person_id in sorted(voided))
    return [Note(f"The text was changed after {names} signed it: that key is void.")] if names else []


def acceptance_line(record: Record, acceptance: Acceptance, zone: str) -> Item:
    """One line of a risk's history."""
    today = local_date(record.now, zone)
    asked = day_text(local_date(acceptance.requested_at, zone), today)
    detail = [
        f"asked for {asked} by {people.called(record, acceptance.requested_by_id)}",
        renews(record, acceptance, today),
    ]
    title = f"{acceptance.ref} until {day_text(acceptance.expires_on, today)}: {acceptance.state.value}"
    return Item(title=title, detail=joined([*detail, acceptance.justification, acceptance.because]))


def renews(record: Record, acceptance: Acceptance, today: date) -> str:
    """`renews the one until …`."""
    which = renewed(record, acceptance, today)
    return f"renews {which}" if which else ""


def asked_for(record: Record, risk: RiskItem) -> list[Block]:
    """On the risk's own card: that somebody asks to live with it, and what it waits for."""
    one = acceptances.in_state(record, risk.key, AcceptanceState.PROPOSED)
    if one is None:
        return []
    day, by = day_text(one.expires_on, record.now.date()), people.called(record, one.requested_by_id)
    word = "A renewal" if one.renews_id else "An acceptance"
    return [Note(f"{word} until {day} is asked for by {by}; it {signing.waits_for(record, one)}.")]


def risk_buttons(turn: Turn, risk: RiskItem) -> list[Button]:
    """On the risk's own card: ask for an acceptance, read what is asked for, or renew what stands."""
    value = str(risk.number)
    if risk.state is RiskState.CLOSED:
        return []
    proposed = acceptances.in_state(turn.record, risk.key, AcceptanceState.PROPOSED)
    if proposed:
        wanted = turn.asker.seat_in(risk.touchpoint_id) in signing.missing(turn.record, proposed)
        return [read_button(proposed, "primary" if wanted else "default")]
    if risk.state is RiskState.ACCEPTED:
        return [Button(action="acceptance.ask", label="Renew", value=value, opens_form=True)]
    first: Style = "primary" if risk.treatment is Treatment.ACCEPT else "default"
    return [Button(action="acceptance.ask", label="Accept risk", value=value, style=first, opens_form=True)]


def revoke_buttons(turn: Turn, risk: RiskItem) -> list[Button]:
    """What takes back the acceptance that stands."""
    if risk.state is not RiskState.ACCEPTED:
        return []
    accepted = acceptances.in_state(turn.record, risk.key, AcceptanceState.ACCEPTED)
    if accepted is None:
        return []
    return [Button(action="acceptance.revoke", label="Revoke", value=str(accepted.number), opens_form=True, rare=True)]


def requests_to(record: Record, chair: Chair) -> list[tuple[int, Item]]:
    """In a list of keys that wait for that chair: what is asked for, one tap from all of it; each beside its row's key."""
    waiting = acceptances.standing(record, chair.touchpoint_id, AcceptanceState.PROPOSED)
    return [
        (one.key, Item(title=title_of(record, one), detail=one.risk_title, buttons=(read_button(one),)))
        for one in waiting
        if chair.seat in signing.missing(record, one)
    ]


def read_button(acceptance: Acceptance, style: Style = "default") -> Button:
    """What is signed must be read first."""
    return Button(action="acceptance.show", label="Read the request", value=str(acceptance.number), style=style)


def acceptance_blocks(record: Record, line: AgendaLine) -> list[Block]:
    """On the card of a running sync: what is signed there."""
    if line.source not in {Source.ACCEPTANCE_KEY, Source.ACCEPTANCE_EXPIRY}:
        return []
    one = rows.get(record, Acceptance, line.source_id or 0)
    zone = rows.get(record, Touchpoint, one.touchpoint_id).zone
    return body(record, one, zone)[1:]


def acceptance_buttons(record: Record, line: AgendaLine) -> list[Button]:
    """On the card of a running sync: what takes away the reason of this line."""
    if line.source is Source.RISK_REOPENED:
        risk = rows.get(record, RiskItem, line.source_id or 0)
        edit = Button(action="risk.edit", label=f"Edit {risk.ref}", value=str(risk.number), opens_form=True)
        again = Button(
            action="acceptance.ask", label="Accept again", value=str(risk.number), style="primary", opens_form=True
        )
        return [again, edit]
    if line.source not in {Source.ACCEPTANCE_KEY, Source.ACCEPTANCE_EXPIRY}:
        return []
    one = rows.get(record, Acceptance, line.source_id or 0)
    if line.source is Source.ACCEPTANCE_KEY:
        proposed = one.state is AcceptanceState.PROPOSED
        return [signing.sign_button(one, action=SIGN), reject_button(one)] if proposed else []
    return [renew_button(record, one)] if one.state is AcceptanceState.ACCEPTED else []


def draw_key(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of whoever's key is missing."""
    one = rows.get(record, Acceptance, owed.subject_id)
    person = rows.get(record, Person, owed.person_id or 0)
    proposed = one.state is AcceptanceState.PROPOSED
    wanted = proposed and signing.is_wanted_of(record, one, person.key)
    if not wanted and owed.message is None:
        return None
    buttons = [signing.sign_button(one, action=SIGN), reject_button(one)] if wanted else []
    return card(title_of(record, one), *body(record, one, zone_of(record, person, one)), buttons=buttons)


def draw_told(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of whoever has to know what became of it."""
    one = rows.get(record, Acceptance, owed.subject_id)
    person = rows.get(record, Person, owed.person_id or 0)
    return card(title_of(record, one), *body(record, one, zone_of(record, person, one)))


def zone_of(record: Record, person: Person, acceptance: Acceptance) -> str:
    """The reader's own, else that of the touchpoint."""
    return person.zone or rows.get(record, Touchpoint, acceptance.touchpoint_id).zone


def ask_acceptance(record: Record, nudge: Nudge) -> Asked | None:
    """A key that is missing, a last day that comes near, or one that has passed. Each is asked as long as it is true."""
    one = rows.get(record, Acceptance, nudge.subject_id)
    risk = rows.get(record, RiskItem, one.risk_id)
    if nudge.seen_at:
        return Asked(title=f"{risk.ref} {risk.title}", detail="You let its acceptance expire.", open=False)
    asked = {ENDED: ask_ended, KEY: ask_key}.get(nudge.again.partition(":")[0], ask_ending)(record, nudge, one, risk)
    return asked or Asked(title=title_of(record, one), detail=risk.title, open=False)


def ask_key(record: Record, nudge: Nudge, one: Acceptance, risk: RiskItem) -> Asked | None:
    """As long as that text waits for this reader's key."""
    waits = one.state is AcceptanceState.PROPOSED and nudge.again == f"{KEY}:{one.text_hash[:16]}"
    if not waits or not signing.is_wanted_of(record, one, nudge.person_id):
        return None
    blocks = body(record, one, zone_of(record, rows.get(record, Person, nudge.person_id), one))
    buttons = (signing.sign_button(one, action=SIGN), reject_button(one))
    title = f"Your key is missing: live with {risk.ref}?"
    return Asked(title=title, blocks=tuple(blocks), buttons=buttons, listed=(read_button(one),))


def ask_ending(record: Record, nudge: Nudge, one: Acceptance, risk: RiskItem) -> Asked | None:
    """The warning that is due by now, and no earlier one, unless its renewal is asked for already."""
    today = local_date(record.now, rows.get(record, Touchpoint, one.touchpoint_id).zone)
    renewal = acceptances.in_state(record, risk.key, AcceptanceState.PROPOSED)
    due = map(str, warnings_due(one.expires_on, today))
    if one.state is not AcceptanceState.ACCEPTED or renewal or nudge.again not in due:
        return None
    left = (one.expires_on - today).days
    when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days, on {day_text(one.expires_on, today)}")
    return Asked(
        title=f"The acceptance of {risk.ref} ends {when}",
        detail=f"{risk.title}. Without a renewal the risk is open again.",
        buttons=(
            renew_button(record, one),
            Button(action="acceptance.let_go", label="Let it expire", value=str(one.number)),
        ),
    )


def ask_ended(record: Record, _nudge: Nudge, one: Acceptance, risk: RiskItem) -> Asked | None:
    """As long as nobody acted on the risk that is open again."""
    if one.state is not AcceptanceState.EXPIRED or risk.reopened_at is None:
        return None
    again = renew_button(record, one, label="Accept again")
    show = Button(action="risk.page", label="Show the risk", value=f"0|{risk.number}")
    day = day_text(one.expires_on, record.now.date())
    return Asked(
        title=f"{risk.ref} is open again",
        detail=f"{risk.title}. Its acceptance ended on {day}.",
        buttons=(again, show),
    )
