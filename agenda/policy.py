"""What an organization has laid down about risks: how much is too much, how its steps are called, how long one is accepted."""

from collections.abc import Sequence

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

STEPS = "very low|low|medium|high|very high"
LABEL_LIMIT = 20  # characters: what a phone shows beside five columns


class PolicyFields(SQLModel):
    """`appetite` is the highest level (likelihood times impact, 1 to 25) that needs no attention: above it, a risk is marked.

    The labels name the steps 1 to 5 with bars between. `longest_acceptance` is in days.
    `currency` is an ISO 4217 code, or empty. A year in twenty at most may cost more than `loss_appetite`, in whole units of it.
    """

    appetite: int = Field(default=11, ge=1, le=25)
    likelihood_labels: str = Field(default=STEPS)
    impact_labels: str = Field(default=STEPS)
    longest_acceptance: int = Field(default=365, ge=1, le=3650)
    currency: str = Field(default="", max_length=3)
    loss_appetite: int | None = Field(default=None, sa_type=BigInteger)

    @property
    def likelihoods(self) -> list[str]:
        """What the steps of the likelihood are called, from 1 to 5."""
        return self.likelihood_labels.split("|")

    @property
    def impacts(self) -> list[str]:
        """What the steps of the impact are called, from 1 to 5."""
        return self.impact_labels.split("|")

    def likelihood(self, step: int) -> str:
        """What step 1 to 5 of the likelihood is called."""
        return self.likelihoods[step - 1]

    def impact(self, step: int) -> str:
        """What step 1 to 5 of the impact is called."""
        return self.impacts[step - 1]

    def is_above(self, level: int) -> bool:
        """Is that level more than the organization wants to live with?"""
        return level > self.appetite


def labels_in(typed: str) -> list[str]:
    """Labels as they are typed: a line each."""
    return [" ".join(line.split()) for line in typed.splitlines() if line.strip()]


def wrong_labels(labels: Sequence[str]) -> str:
    """What is wrong with the names of five steps; empty if nothing is."""
    if len(labels) != 5:
        return f"Five steps need five names, a line each, the lowest first; this is {len(labels)}."
    if too_long := next((label for label in labels if len(label) > LABEL_LIMIT), ""):
        return f"At most {LABEL_LIMIT} characters each: “{too_long}” has {len(too_long)}."
    if barred := next((label for label in labels if "|" in label), ""):
        return f"A name cannot hold “|”: “{barred}”."
    return "" if len({label.casefold() for label in labels}) == 5 else "Two steps have the same name."
