"""What a line is about: a theme's name before a colon."""

import pytest

from agenda.themes import Theme, theme_and_text


@pytest.mark.parametrize("theme", Theme)
def test_each_theme_by_its_name(theme: Theme):
    assert theme_and_text(f"{theme.value}: the VPN") == (theme, "the VPN")
    assert theme.label


@pytest.mark.parametrize(
    ("typed", "theme", "text"),
    [
        ("Threats:the VPN", Theme.THREATS, "the VPN"),
        ("  HYGIENE :  passkeys ", Theme.HYGIENE, "passkeys"),
        ("strategy: ERP: phase two", Theme.STRATEGY, "ERP: phase two"),
        ("threats:\nthe VPN", Theme.THREATS, "the VPN"),
        ("the VPN", Theme.OPERATIONS, "the VPN"),
        ("threats the VPN", Theme.OPERATIONS, "threats the VPN"),
        ("vpn: it is old", Theme.OPERATIONS, "vpn: it is old"),
        ("threats:", Theme.OPERATIONS, "threats:"),
        ("threats:   ", Theme.OPERATIONS, "threats:"),
        (": the VPN", Theme.OPERATIONS, ": the VPN"),
        ("https://example.test", Theme.OPERATIONS, "https://example.test"),
        ("", Theme.OPERATIONS, ""),
    ],
)
def test_a_prefix_files_it_and_nothing_else_is_taken_for_one(typed: str, theme: Theme, text: str):
    assert theme_and_text(typed) == (theme, text)
