"""Where a text may be cut so that no reader sees a sign in two: a letter and its accents, an emoji joined of several."""

import unicodedata

_MARKS = frozenset({"Mn", "Me", "Mc", "Sk"})  # what stands on the letter before it, and the tones of skin
_JOINER = "\u200d"
_LONGEST = 30  # characters; what is longer was made to be


def whole_signs(text: str, cut: int) -> int:
    """The last place for a cut that is no later than this one; this one itself where there is none near."""
    for at in range(min(cut, len(text) - 1), max(cut - _LONGEST, 0), -1):
        if unicodedata.category(text[at]) not in _MARKS and _JOINER not in text[at - 1 : at + 1]:
            return at
    return cut
