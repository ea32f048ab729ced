"""One line of a sync's agenda: raised by a person, carried over, and settled one way or another."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.errors import BadInput
from agenda.themes import Theme

TITLE_LIMIT = 200
TEXT_LIMIT = 40_000  # The longest message that Slack lets a person send; whatever can be typed can be kept.


class Outcome(StrEnum):
    """What became of an item in its sync. An item still open when the sync closes is carried over like a deferred one."""

    OPEN = "open"
    DISCUSSED = "discussed"
    DEFERRED = "deferred"
    DROPPED = "dropped"
    ESCALATED = "escalated"


class Source(StrEnum):
    """What in the record puts a line on an agenda by itself."""

    DECISION_KEY = "decision_key"
    DECISION_REVIEW = "decision_review"
    RISK_REVIEW = "risk_review"
    RISK_GAP = "risk_gap"
    RISK_REOPENED = "risk_reopened"
    ACCEPTANCE_KEY = "acceptance_key"
    ACCEPTANCE_EXPIRY = "acceptance_expiry"
    RESPONSIBILITY_DISPUTE = "responsibility_dispute"
    PROMISE = "promise"
    ASK_CHECK = "ask_check"
    GATE_NEARS = "gate_nears"
    GATE_MISSED = "gate_missed"

    @property
    def subject(self) -> str:
        """`decision`, `risk`, `promise`, `ask`, `gate` and so on: the kind of row that it is about."""
        return self.value.partition("_")[0]


class ItemFields(SQLModel):
    """`title` is its first line; `detail` the rest, if there is more. `deferrals` counts how often it was carried over.

    A line that the record itself put there says which row made it: `source` and `source_id`; without `source_id`, its cause had
    gone before anybody talked about it.
    """

    title: str = Field(max_length=TITLE_LIMIT)
    detail: str = Field(default="")
    theme: Theme = Field(sa_type=stored(Theme))
    outcome: Outcome = Field(default=Outcome.OPEN, sa_type=stored(Outcome))
    deferrals: int = 0
    raised_at: datetime
    edited_at: datetime | None = Field(default=None)
    settled_at: datetime | None = Field(default=None)
    source: Source | None = Field(default=None, sa_type=stored(Source))
    source_id: int | None = Field(default=None)
    source_message: str | None = Field(default=None, max_length=400)
    source_link: str | None = Field(default=None)

    @property
    def carried_over(self) -> bool:
        """Does it come back at the next sync?"""
        return self.outcome in {Outcome.OPEN, Outcome.DEFERRED}


def title_and_detail(text: str, what: str = "text") -> tuple[str, str]:
    """A title of at most 200 characters, and everything that does not fit it. Raises `BadInput` for no text or too much."""
    text = text.strip()
    if not text:
        raise BadInput(f"There is no {what}.", "Write it behind the command, in the same line.")
    if len(text) > TEXT_LIMIT:
        raise BadInput(
            f"That is {len(text):,} characters; at most {TEXT_LIMIT:,} can be kept.",
            "Put the long part into a document and link it.",
        )
    first, _, rest = text.partition("\n")
    if len(first) <= TITLE_LIMIT:
        return first.strip(), rest.strip()
    cut = first.rfind(" ", 0, TITLE_LIMIT - 1)
    cut = cut if cut > TITLE_LIMIT // 2 else TITLE_LIMIT - 1
    return first[:cut].rstrip() + "…", "…" + text[cut:].lstrip()
