"""The five conversations, and the one for everything else. Every agenda is ordered by them."""

from enum import StrEnum


class Theme(StrEnum):
    """What a line of an agenda is about."""

    THREATS = "threats"
    INVESTMENT = "investment"
    STRATEGY = "strategy"
    COMMUNICATION = "communication"
    HYGIENE = "hygiene"
    OPERATIONS = "operations"

    @property
    def label(self) -> str:
        """As it stands on a card."""
        return LABELS[self]


LABELS = {
    Theme.THREATS: "Threats and trends",
    Theme.INVESTMENT: "Security as an investment",
    Theme.STRATEGY: "Security in IT strategy and projects",
    Theme.COMMUNICATION: "Communication and trust",
    Theme.HYGIENE: "Cyber hygiene",
    Theme.OPERATIONS: "Operations",
}


def theme_and_text(text: str) -> tuple[Theme, str]:
    """`threats: the VPN` is about threats; a text that names no theme is about operations."""
    head, colon, rest = text.partition(":")
    if colon and rest.strip() and head.strip().lower() in set(Theme):
        return Theme(head.strip().lower()), rest.strip()
    return Theme.OPERATIONS, text.strip()
