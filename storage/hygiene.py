"""Cyber hygiene: the rounds, what each principal said in private, and the messages to colleagues with their counts."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from agenda.columns import stored
from agenda.hygiene import HygieneAnswerFields, HygienePostFields, RoundFields
from agenda.touchpoints import Seat
from storage.rows import Row, Sealed


class HygieneRound(RoundFields, Sealed, table=True):
    """One quarter of one touchpoint."""

    __tablename__ = "hygiene_round"
    __table_args__ = (UniqueConstraint("touchpoint_id", "quarter", name="uq_hygiene_round"),)

    touchpoint_id: int = Field(foreign_key="touchpoint.id")


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
    """Somebody pressed `Done too`: a hash that only tells whether the same person presses again. Erased with the salt."""

    __tablename__ = "hygiene_mark"
    __table_args__ = (UniqueConstraint("post_id", "mark", name="uq_hygiene_mark"),)

    post_id: int = Field(foreign_key="hygiene_post.id")
    mark: str = Field(max_length=64)
