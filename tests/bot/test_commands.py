"""Which words are a command, and which are something that somebody said."""

import pytest

from bot.commands import REGISTRY


@pytest.mark.parametrize(
    ("text", "name", "behind"),
    [
        ("ask 7", "ask show", "7"),
        ("Ask ASK-7", "ask show", "ASK-7"),
        ("risk r7", "risk show", "r7"),
        ("initiative I-3", "initiative show", "I-3"),
        ("portfolio", "portfolio", ""),
        ("portfolio 500k", "portfolio", "500k"),
        ("portfolio CHF 1.2m", "portfolio", "CHF 1.2m"),
        ("health", "health", ""),
        ("pulse", "pulse", ""),
        ("watch", "watch", ""),
        ("watch add Microsoft Exchange", "watch add", "Microsoft Exchange"),
        ("threats", "threats", ""),
        ("hygiene", "hygiene", ""),
    ],
)
def test_a_command_needs_no_slash(text: str, name: str, behind: str) -> None:
    matched = REGISTRY.exact(text)
    assert matched, text
    assert (matched[0].name, matched[1]) == (name, behind)


@pytest.mark.parametrize(
    "text",
    [
        "portfolio review",
        "portfolio of the vendor",
        "health check of the backups",
        "watch out",
        "threats are up",
        "ask Dana",
        "ask 7 people",
        "pulse of the team",
        "risk appetite",
    ],
)
def test_a_sentence_stays_one(text: str) -> None:
    assert REGISTRY.exact(text) is None
