"""Decisions as Markdown records, with what stands around each of them in the record."""

from collections.abc import Iterator, Sequence

from agenda import madr
from agenda.registered import DECISIONS
from agenda.touchpoints import Seat
from storage import people, registers, rows
from storage.decisions import Decision
from storage.registers import Around
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def records(record: Record, touchpoint_ids: Sequence[int]) -> Iterator[tuple[str, str]]:
    """File name and content of each decision, oldest first."""
    around = Around(record)
    for one in registers.kept(record, DECISIONS, touchpoint_ids):
        if isinstance(one, Decision):
            yield madr.file_name(one.number, one.title), madr.record(paper(around, one))


def paper(around: Around, decision: Decision) -> madr.Paper:
    """What MADR asks for, and the rest as facts."""
    touchpoint = rows.get(around.record, Touchpoint, decision.touchpoint_id)
    changed_at = decision.settled_at or decision.agreed_at or decision.recorded_at
    return madr.Paper(
        number=decision.number,
        text=decision,
        changed_on=changed_at.date(),
        deciders=deciders(around, decision, touchpoint),
        facts={name: said for name, said in facts(around, decision, touchpoint).items() if said},
    )


def deciders(around: Around, decision: Decision, touchpoint: Touchpoint) -> tuple[str, ...]:
    """Whose keys made it binding; until then, who sits there."""
    seated = {seat: touchpoint.principal(seat) for seat in Seat}
    turned = {key.seat: key.person_id for key in around.standing(decision)}
    deciding = turned if decision.agreed_at else seated | turned
    return tuple(f"{people.called(around.record, deciding[seat])} ({seat.label})" for seat in Seat if seat in deciding)


def facts(around: Around, decision: Decision, touchpoint: Touchpoint) -> dict[str, str]:
    """What there is beside the text."""
    return {
        "Reference": f"{decision.ref}, {touchpoint.name}",
        "Theme": decision.theme.label,
        "Owner": decision.owner,
        "Recorded": f"{decision.recorded_at.date()} by {people.called(around.record, decision.recorded_by_id)}",
        "Effective": str(decision.effective_on or ""),
        "Keys": around.keys(decision),
        "Rejected or withdrawn because": decision.because,
        "Concerns": decision.concerns,
        "Replaces": registers.numbered(decision.replaces),
        "Replaced by": registers.numbered(decision.replaced_by),
        "Next review": str(decision.next_review_on or ""),
        "Links": decision.links,
        "First said": decision.source_link or "",
        "SHA-256 of the text that is signed": decision.text_hash,
    }
