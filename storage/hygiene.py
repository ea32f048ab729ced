"""Cyber hygiene: the rounds, what each principal said in private, and the messages to colleagues with their counts."""

from sqlalchemy import UniqueConstraint, delete, select, update
from sqlmodel import Field, col

from agenda.columns import stored
from agenda.hygiene import HygieneAnswerFields, HygienePostFields, RoundFields
from agenda.touchpoints import Seat
from storage import rows
from storage.rows import Row, Sealed
from storage.unit_of_work import Record, insert_once


class HygieneRound(RoundFields, Sealed, table=True):
    """One quarter of one touchpoint. `cio_id` and `ciso_id` are the two who told their colleagues, once they did."""

    __tablename__ = "hygiene_round"
    __table_args__ = (UniqueConstraint("touchpoint_id", "quarter", name="uq_hygiene_round"),)

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    cio_id: int | None = Field(default=None, foreign_key="person.id")
    ciso_id: int | None = Field(default=None, foreign_key="person.id")


class HygieneAnswer(HygieneAnswerFields, Row, table=True):
    """What one principal said. It leaves no seal, where a few possible answers could be tried out, and no export holds it."""

    __tablename__ = "hygiene_answer"
    __table_args__ = (UniqueConstraint("round_id", "seat", name="uq_hygiene_answer"),)

    round_id: int = Field(foreign_key="hygiene_round.id")
    seat: Seat = Field(sa_type=stored(Seat))
    person_id: int = Field(foreign_key="person.id")


class HygienePost(HygienePostFields, Row, table=True):
    """One message that both of them sent to colleagues. Its count moves with every press, so it is not sealed."""

    __tablename__ = "hygiene_post"
    __table_args__ = (UniqueConstraint("round_id", "conversation", name="uq_hygiene_post"),)

    round_id: int = Field(foreign_key="hygiene_round.id")
    posted_by_id: int = Field(foreign_key="person.id")


class HygieneMark(Row, table=True):
    """Somebody pressed `Done too`: a hash that only tells whether the same person presses again. Erased with the salt.

    Until then whoever holds the database could try everybody out, so it is kept no longer than it counts.
    """

    __tablename__ = "hygiene_mark"
    __table_args__ = (UniqueConstraint("post_id", "mark", name="uq_hygiene_mark"),)

    post_id: int = Field(foreign_key="hygiene_post.id")
    mark: str = Field(max_length=64)


def of_quarter(record: Record, touchpoint_id: int, quarter: str) -> HygieneRound | None:
    """That quarter's round, if it began."""
    return next(iter(rows.having(record, HygieneRound, touchpoint_id=touchpoint_id, quarter=quarter)), None)


def open_rounds(record: Record, touchpoint_id: int) -> list[HygieneRound]:
    """Those that are not closed, oldest first: this quarter's, and for a moment the one before."""
    query = select(HygieneRound).where(
        col(HygieneRound.organization_id) == record.organization_id,
        col(HygieneRound.touchpoint_id) == touchpoint_id,
        col(HygieneRound.closed_at).is_(None),
    )
    return list(record.session.execute(query.order_by(col(HygieneRound.quarter))).scalars())


def answers(record: Record, round_id: int) -> dict[Seat, HygieneAnswer]:
    """What was said from each chair."""
    return {answer.seat: answer for answer in rows.having(record, HygieneAnswer, round_id=round_id)}


def erase(record: Record, round_id: int) -> None:
    """What either of them said in a round is gone."""
    for answer in answers(record, round_id).values():
        record.session.delete(answer)
    record.session.flush()


def posts(record: Record, round_id: int) -> list[HygienePost]:
    """The messages to colleagues, and drafts of them, in order."""
    return rows.having(record, HygienePost, round_id=round_id)


def over(record: Record, touchpoint_id: int) -> list[HygienePost]:
    """Messages under which nobody may press any more, and whose marks are still there."""
    query = (
        select(HygienePost)
        .join(HygieneRound, col(HygienePost.round_id) == col(HygieneRound.id))
        .where(
            col(HygienePost.organization_id) == record.organization_id,
            col(HygieneRound.touchpoint_id) == touchpoint_id,
            col(HygienePost.until) <= record.now,
            col(HygienePost.salt) != "",
        )
        .order_by(col(HygienePost.id))
    )
    return list(record.session.execute(query).scalars())


def join(record: Record, post: HygienePost, mark: str) -> bool:
    """One more, unless this mark is there already. True if it is counted."""
    if not insert_once(record, HygieneMark, organization_id=record.organization_id, post_id=post.key, mark=mark):
        return False
    counted = update(HygienePost).where(
        col(HygienePost.organization_id) == record.organization_id, col(HygienePost.id) == post.key
    )
    record.session.execute(counted.values(joined=col(HygienePost.joined) + 1))
    return True


def forget_marks(record: Record, post: HygienePost) -> None:
    """Who pressed can be told by nobody any more; how many stays."""
    theirs = delete(HygieneMark).where(
        col(HygieneMark.organization_id) == record.organization_id, col(HygieneMark.post_id) == post.key
    )
    record.session.execute(theirs.execution_options(synchronize_session=False))
    if post.organization_id == record.organization_id:
        post.salt = ""
        record.session.flush()
