"""A furnished house whose every card and form is kept: nothing that the product shows is missing (`test_sweeps` holds that)."""

from dataclasses import dataclass, field

from bot.cards import Card
from bot.forms import Form
from tests.bot.house import House, furnished


@dataclass
class Album(House):
    """The cards that Sam, Dana and Kim saw, each once, in order."""

    cards: list[Card] = field(default_factory=list)

    def shown(self, card: Card, place: str) -> None:
        super().shown(card, place)
        if card not in self.cards:
            self.cards.append(card)

    @property
    def papers(self) -> list[Form]:
        """The forms that they were shown."""
        return list(self.forms.values())


def album() -> Album:
    """As it looks once everything is recorded that two people may record."""
    kept = Album()
    furnished(kept)
    return kept
