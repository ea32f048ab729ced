"""Amounts of money as people type them, in whole units of the organization's one currency; and as a card shows them, short.

`1.2m`, `250k`, `1,200,000`, `1'200'000`, `1 200 000`, `1.200.000`, `2,5 Mio` and `CHF 40k` are all read. What can be meant in
two ways is asked again: `1,200k` is 1.2 million to some and 1.2 thousand to others, and a thousandfold must never be a guess.
"""

import re
import unicodedata
from decimal import Decimal

from agenda.errors import BadInput
from agenda.lexicon import quoted

MOST = 10**12
LONGEST = 60  # characters
MEND = "Write it like 250k, 1.2m or 1,200,000."
SCALES = {
    **dict.fromkeys(("k", "tsd", "thousand"), 10**3),
    **dict.fromkeys(("m", "mn", "mio", "million", "millions"), 10**6),
    **dict.fromkeys(("bn", "b", "mrd", "billion", "billions"), 10**9),
}
SHORT = ((10**9, "bn"), (10**6, "m"), (10**3, "k"))
MARKS = {
    "€": ("EUR",),
    "euro": ("EUR",),
    "fr": ("CHF",),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD"),
}
CODE = re.compile(r"[a-z]{3}")
PARTS = re.compile(r"\d[\d.,' ]*|[^\W\d_]+|[^\s.]")
GROUPS = re.compile(r"[1-9]\d{0,2}([.,' ])\d{3}(?:\1\d{3})*")
FRACTION = re.compile(r"(?P<whole>[\d.,' ]*\d)(?P<mark>[.,])(?P<part>\d+)")
NEGATIVE = re.compile(r"^\s*\(|[-−–]\s*\d|\bminus\b", re.IGNORECASE)
APOSTROPHES = str.maketrans("’`´_", "''''")


def amount_in(typed: str, currency: str = "") -> int:
    """Whole units, 0 to 10¹². Raises `BadInput`, which says how to write it; for another currency than ours, too."""
    text = unicodedata.normalize("NFKC", typed.translate(APOSTROPHES)).strip()
    if NEGATIVE.search(text):
        raise BadInput("An amount cannot be negative.", "Write what it costs, without a minus; 0 if it costs nothing.")
    numbers, words = parts_of(text)
    if len(numbers) != 1 or len(text) > LONGEST:
        raise BadInput(f"I cannot read {quoted(typed)} as an amount.", MEND)
    scales = [SCALES[word] for word in words if word in SCALES]
    for word in words:
        require_ours(word, currency, typed)
    if len(scales) > 1 or len(words) - len(scales) > 1:
        raise BadInput(f"I cannot read {quoted(typed)} as an amount.", MEND)
    return whole(number_in(numbers[0], typed, scaled=bool(scales)) * (scales[0] if scales else 1), typed)


def parts_of(text: str) -> tuple[list[str], list[str]]:
    """The numbers, and the words beside them."""
    parts = [part.rstrip(".,' ").casefold() for part in PARTS.findall(text)]
    return [part for part in parts if part[:1].isdecimal()], [part for part in parts if not part[:1].isdecimal()]


def require_ours(word: str, currency: str, typed: str) -> None:
    """Raises `BadInput` for a word that is neither a scale nor our currency. Without a currency of ours, any may be named."""
    if word in SCALES or word == currency.casefold():
        return
    named = MARKS.get(word, (word.upper(),) if CODE.fullmatch(word) else ())
    if not named:
        raise BadInput(f"I cannot read {quoted(typed)} as an amount.", MEND)
    if currency and currency not in named:
        raise BadInput(f"Amounts here are in {currency}, not in {named[0]}.", f"Write what it is in {currency}.")


def number_in(digits: str, typed: str, *, scaled: bool) -> Decimal:
    """`1.200.000` is grouped, `1.2` is not. Raises `BadInput` where three digits behind one mark may be either."""
    if digits.isdecimal():
        return Decimal(digits)
    marks = [mark for mark in digits if not mark.isdecimal()]
    if GROUPS.fullmatch(digits):
        if scaled and len(marks) == 1 and marks[0] in ".,":
            raise unclear(typed)
        return Decimal("".join(filter(str.isdecimal, digits)))
    parted = FRACTION.fullmatch(digits)
    if not parted or not (parted["whole"].isdecimal() or GROUPS.fullmatch(parted["whole"])) or marks[-1] in marks[:-1]:
        raise BadInput(f"I cannot read {quoted(typed)} as an amount.", MEND)
    if len(parted["part"]) == 3 and marks[:-1]:
        raise unclear(typed)
    return Decimal("".join(filter(str.isdecimal, parted["whole"])) + "." + parted["part"])


def unclear(typed: str) -> BadInput:
    """It may be a thousand times as much."""
    return BadInput(f"{quoted(typed)} can be read in two ways.", "Write it out, like 1,200,000, or like 1.2m.")


def whole(amount: Decimal, typed: str) -> int:
    """Raises `BadInput` for cents, and for more than can be counted."""
    if amount > MOST:
        raise BadInput(f"{quoted(typed)} is more than can be counted.", "At most 1000bn.")
    if amount != amount.to_integral_value():
        raise BadInput(f"{quoted(typed)} is no whole amount.", "Leave out the cents; for millions, write 2.5m.")
    return int(amount)


def currency_in(typed: str) -> str:
    """A code of ISO 4217, in capitals; empty for none. Raises `BadInput`."""
    code = typed.strip()
    if code and not CODE.fullmatch(code.casefold()):
        raise BadInput(f"{quoted(typed)} is no currency.", "Write its three letters (ISO 4217), such as EUR or USD.")
    return code.upper()


def in_money(amount: float, currency: str = "", digits: int = 3) -> str:
    """`CHF 1.2m`, `CHF 40k`, `−CHF 950`: to so many significant digits, more only where a whole number has them."""
    near = rounded(abs(amount), digits)
    unit, letter = next(((unit, letter) for unit, letter in SHORT if near >= unit), (1, ""))
    figure = f"{near / unit:.{digits}f}".rstrip("0").rstrip(".") if unit > 1 else str(near)
    return f"{'−' if amount < 0 and near else ''}{currency}{' ' if currency else ''}{figure}{letter}"


def rounded(amount: float, digits: int) -> int:
    """To whole units, and to so many significant digits."""
    nearest = round(amount)
    return round(nearest, min(0, digits - len(str(nearest))))


def in_full(amount: int) -> str:
    """`1,200,000`: what a form holds, and reads again exactly."""
    return f"{amount:,}"
