"""Two keys on a decision: turned on exactly the text that was shown, perhaps with dissent; and what follows from them."""

from collections.abc import Collection, Mapping

from agenda.decisions import DecisionState
from agenda.errors import BadInput, NotNow
from agenda.items import Source
from agenda.nudges import NudgeKind
from bot import asks, signing, telling
from bot.forms import TEXT_LIMIT, Form, Text
from bot.handlers.decisions.cards import ask_key, decision_card, draw_ended, draw_key, draw_void
from bot.handlers.decisions.standing import named, one_key_is_enough, overtaken, redraw, replaced, standing
from bot.packets import source_settled
from bot.reading import note_card, short_text
from bot.replies import Answer, CloseForm
from bot.turns import FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, decisions, keys, reviews
from storage.decisions import Decision
from storage.reviews import Verdict
from storage.unit_of_work import Record


def turn_key(turn: Turn, decision: Decision, *, dissent: str = "") -> None:
    """D3: the asker's key on this text; if that is enough, it is agreed. Raises `NotAllowed`, `NotNow`."""
    decision.require_open()
    require_its_place(turn.record, decision)
    signing.turn_key(turn, decision, dissent=dissent)
    turned = keys.turned(turn.record, decision)
    dissents = any(key.dissent for key in turned.values())
    one_key = one_key_is_enough(turn.record, decision)
    if decision.agree_if(turned, turn.now, dissent=dissents, allows_one_key=one_key):
        agreed(turn, decision)
    decisions.index(turn.record, decision)
    redraw(turn.record, decision)


def agreed(turn: Turn, decision: Decision) -> None:
    """It stands from now on, and what it replaces or withdraws does not."""
    turn.record.session.flush()
    audit.append(turn.record, "decision.agreed", decision=decision.number, text=decision.text_hash)
    asks.follow(turn.record, decision)
    source_settled(turn.record, Source.DECISION_KEY, decision.key)
    tell(turn, decision)
    if old := replaced(turn.record, decision):
        take_place(turn, decision, old)


def take_place(turn: Turn, decision: Decision, old: Decision) -> None:
    """D6, D7: what it replaces or withdraws stands no more, and whatever else would have taken that place is void."""
    old.give_way(decision.number, turn.now, withdrawn=decision.withdraws)
    old.settled_by_id = turn.asker.person_id
    verdict = Verdict.WITHDRAWN if decision.withdraws else Verdict.REVISED
    reviews.add(turn.record, old.key, turn.asker.person_id, verdict)
    audit.append(turn.record, f"decision.{old.state.value}", decision=old.number, by=decision.number)
    decisions.index(turn.record, old)
    redraw(turn.record, old)
    asks.follow(turn.record, old, by=decision)
    for rival in decisions.taking_place_of(turn.record, old):
        rival.withdraw(f"{old.ref} was {old.state.value} by {decision.ref} meanwhile", turn.now)
        ended(turn, rival)
    source_settled(turn.record, Source.DECISION_REVIEW, old.key)


def ended(turn: Turn, decision: Decision) -> None:
    """It will not be agreed: whatever shows it, finds it or asks for its keys follows, and those concerned are told."""
    turn.record.session.flush()
    audit.append(turn.record, f"decision.{decision.state.value}", decision=decision.number, text=decision.text_hash)
    decisions.index(turn.record, decision)
    asks.follow(turn.record, decision)
    tell(turn, decision)
    redraw(turn.record, decision)
    source_settled(turn.record, Source.DECISION_KEY, decision.key)


def tell(turn: Turn, decision: Decision) -> None:
    """What became of it: to who recorded it and to who signed it, in private; who did it knows."""
    signers = {key.person_id for key in keys.turned(turn.record, decision).values()}
    for person_id in {decision.recorded_by_id, *signers} - {turn.asker.person_id}:
        once = f"decision_ended:{decision.key}:{person_id}"
        telling.in_private(turn.record, person_id, once=once, kind="decision_ended", subject_id=decision.key)


def require_its_place(record: Record, decision: Decision) -> None:
    """D6: of two that would replace the same one, only the first can be agreed. Raises `NotNow`."""
    if gone := overtaken(record, decision):
        raise NotNow(
            f"{decision.ref} cannot be agreed any more: {gone}.",
            "Withdraw it, and record what you still want as one that replaces the newer decision.",
        )


def ask_for_keys(turn: Turn, decision: Decision, but_of: Collection[int] = ()) -> None:
    """One card in the direct chat of each principal whose key is missing, once for each text."""
    if decision.state is DecisionState.PROPOSED:
        signing.ask_for_keys(turn.record, decision, kind="key", but_of=but_of)
    redraw(turn.record, decision)


def shown(turn: Turn, value: str) -> Decision:
    """The decision of a button or form, if its text is still the one that was shown. Raises `NotNow`."""
    number, _bar, text_hash = value.partition("|")
    decision = named(turn, number, for_update=True)
    if decision.state is DecisionState.AGREED:
        raise NotNow(f"{decision.ref} is agreed already.", f"“decision show {decision.ref}” shows it.")
    decision.require_open()
    signing.require_same_text(decision, text_hash, ref=decision.ref, show="decision show")
    return decision


def sign(turn: Turn, value: str) -> Replies:
    """Turn the asker's key on exactly the text that the card showed."""
    decision = shown(turn, value)
    turn_key(turn, decision)
    return told(turn, decision, "Your key is turned")


def told(turn: Turn, decision: Decision, title: str) -> Replies:
    """A word back where the card itself is redrawn, else the card as it stands now."""
    if turn.on_delivery():
        how = f"{decision.ref} {decision.title}: {standing(turn.record, decision)}."
        return [Answer(card=note_card(title, how))]
    return [Answer(card=decision_card(turn, decision), replaces=turn.where.direct)]


def dissent_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why would they have decided otherwise?"""
    decision = shown(turn, context.get("text", ""))
    return Form(
        form_id="decision_dissent",
        title="Agree with dissent",
        intro=f"{decision.ref} {decision.title}. Your key counts like any other; what you write stands beside it for good.",
        fields=(Text(name="dissent", label="Why you would decide otherwise", multiline=True, limit=TEXT_LIMIT),),
        submit="Turn my key",
        context=context,
    )


def dissented(turn: Turn, submission: Submission) -> Replies:
    """K5."""
    decision = shown(turn, submission.context.get("text", ""))
    why = short_text(submission, "dissent", TEXT_LIMIT)
    if not why:
        raise BadInput("A dissent needs a reason.", fields={"dissent": "Say why, in a line or more."})
    turn_key(turn, decision, dissent=why)
    return [CloseForm(), Answer(card=decision_card(turn, decision))]


DISSENT = FormKind(build=dissent_form, submit=dissented)

NOUN = Noun(
    name="decision keys",
    summary="Two keys make a decision binding; each is turned on the exact text.",
    buttons={
        "decision.sign": Press(handle=sign, writes=True),
        "decision.dissent": DISSENT.opened_by("text"),
    },
    forms={"decision_dissent": DISSENT},
    cards={"key": draw_key, "key_void": draw_void, "decision_ended": draw_ended},
    asks={NudgeKind.KEY: ask_key},
)
