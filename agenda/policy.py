"""What an organization has laid down about risks: how much is too much, how its steps are called, how long one is accepted."""

from sqlmodel import Field, SQLModel

STEPS = "very low|low|medium|high|very high"


class PolicyFields(SQLModel):
    """`appetite` is the highest level (likelihood times impact, 1 to 25) that needs no attention: above it, a risk is marked.

    The labels name the steps 1 to 5 with bars between. `longest_acceptance` is in days.
    """

    appetite: int = Field(default=11, ge=1, le=25)
    likelihood_labels: str = Field(default=STEPS)
    impact_labels: str = Field(default=STEPS)
    longest_acceptance: int = Field(default=365, ge=1, le=3650)

    def likelihood(self, step: int) -> str:
        """What step 1 to 5 of the likelihood is called."""
        return self.likelihood_labels.split("|")[step - 1]

    def impact(self, step: int) -> str:
        """What step 1 to 5 of the impact is called."""
        return self.impact_labels.split("|")[step - 1]

    def is_above(self, level: int) -> bool:
        """Is that level more than the organization wants to live with?"""
        return level > self.appetite
