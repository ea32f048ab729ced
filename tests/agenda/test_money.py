"""Amounts: every way in which people write them, and never a guess."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.errors import BadInput
from agenda.money import MOST, amount_in, currency_in, in_full, in_money


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.2m", 1_200_000),
        ("250k", 250_000),
        ("250 K", 250_000),
        ("1,200,000", 1_200_000),
        ("1'200'000", 1_200_000),
        ("1’200’000", 1_200_000),
        ("1 200 000", 1_200_000),
        ("1\u202f200\u00a0000", 1_200_000),
        ("1_200_000", 1_200_000),
        ("1.200.000", 1_200_000),
        ("2,5 Mio", 2_500_000),
        ("2,5 Mio.", 2_500_000),
        ("2.5 million", 2_500_000),
        ("3 Mrd.", 3_000_000_000),
        ("3bn", 3_000_000_000),
        ("CHF 40k", 40_000),
        ("40k CHF", 40_000),
        ("chf 40'000", 40_000),
        ("Fr. 40'000", 40_000),
        ("1,200", 1_200),
        ("1.200", 1_200),
        ("1 200k", 1_200_000),
        ("1,234,567.00", 1_234_567),
        ("1.234.567,00", 1_234_567),
        ("0.250m", 250_000),
        ("1.25m", 1_250_000),
        ("0", 0),
        ("１２００", 1_200),
        ("1000bn", MOST),
    ],
)
def test_it_is_read(typed: str, amount: int):
    assert amount_in(typed, "CHF") == amount


@pytest.mark.parametrize("typed", ["-5", "−5k", "– 5", "(5)", "CHF -40k", "minus 5"])
def test_a_negative_one_is_refused_in_words(typed: str):
    with pytest.raises(BadInput, match=r"cannot be negative\. Write what it costs, without a minus"):
        amount_in(typed, "CHF")


@pytest.mark.parametrize("typed", ["1,200k", "1.200 Mio", "2.500m", "1,200.500", "1.234.567,500"])
def test_what_may_be_a_thousandfold_is_asked_again(typed: str):
    with pytest.raises(BadInput, match="can be read in two ways"):
        amount_in(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "a lot",
        "12 to 20",
        "1,2,3",
        "1,20,000",
        "1..2m",
        "5 k m",
        "5 EUR CHF",
        "1e6",
        "5%",
        "k",
        "٫",
        "1" * 70,
        "1,200,00",
        "1,200'000",
        "5 kCHF",
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(typed: str):
    with pytest.raises(BadInput, match=r"Write it like 250k, 1\.2m or 1,200,000|Amounts here"):
        amount_in(typed, "CHF")


@pytest.mark.parametrize(("typed", "says"), [("1001bn", "more than can be counted"), ("2.5", "no whole amount")])
def test_what_cannot_be_kept_says_why(typed: str, says: str):
    with pytest.raises(BadInput, match=says):
        amount_in(typed)


def test_another_currency_is_not_taken_for_ours():
    for typed in ("EUR 40k", "€40k", "40k $"):
        with pytest.raises(BadInput, match="Amounts here are in CHF, not in"):
            amount_in(typed, "CHF")
        assert amount_in(typed) == 40_000
    assert amount_in("$40k", "CAD") == 40_000


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "CHF 0"),
        (950, "CHF 950"),
        (40_000, "CHF 40k"),
        (1_200_000, "CHF 1.2m"),
        (1_250_000, "CHF 1.25m"),
        (1_254_999, "CHF 1.25m"),
        (999_999, "CHF 1m"),
        (123_456_789, "CHF 123m"),
        (MOST, "CHF 1000bn"),
        (-40_000, "−CHF 40k"),
        (-0.2, "CHF 0"),
        (0.4, "CHF 0"),
    ],
)
def test_it_is_shown_short(amount: float, shown: str):
    assert in_money(amount, "CHF") == shown


def test_without_a_currency_the_figure_stands_alone_and_a_guess_has_two_digits():
    assert (in_money(1_200_000), in_money(1_166_000, "CHF", 2)) == ("1.2m", "CHF 1.2m")


@given(st.integers(0, MOST))
def test_what_a_form_holds_is_read_again_exactly(amount: int):
    assert amount_in(in_full(amount)) == amount


@given(st.integers(0, MOST))
def test_what_is_shown_is_read_again_as_nearly_as_it_was_shown(amount: int):
    assert amount_in(in_money(amount, "CHF"), "CHF") == pytest.approx(amount, rel=0.005)


@given(st.text(max_size=80))
def test_any_text_is_an_amount_or_an_error(typed: str):
    with suppress(BadInput):
        assert 0 <= amount_in(typed, "CHF") <= MOST


def test_a_currency_is_three_letters_or_none():
    assert (currency_in(" chf "), currency_in("")) == ("CHF", "")
    for wrong in ("Franken", "C1F", "€"):
        with pytest.raises(BadInput, match="three letters"):
            currency_in(wrong)
