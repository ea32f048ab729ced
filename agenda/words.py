"""Words as they are found: letters and digits, without case and accents; and the excerpt that shows where they stand."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 64
BEFORE, EXCERPT = 40, 160  # characters: so many before the first match, and so many in all.


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other; of a single one, its beginning may be all that was typed."""

    words: tuple[str, ...]
    begins: bool = False

    def length_in(self, words: Sequence[str], place: int) -> int:
        """How many of these words it is, from that place on; 0 if it is something else."""
        if self.begins:
            return int(words[place].startswith(self.words[0]))
        length = len(self.words)
        return length if tuple(words[place : place + length]) == self.words else 0


def words_in(text: str) -> list[str]:
    """All words of a text, in order."""
    return [word[:LONGEST_WORD] for word in WORD.findall(folded(text))]


def folded(text: str) -> str:
    """Without case and accents: `Straße` and `STRASSE` are the same."""
    if text.isascii():
        return text.lower()
    return "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(c for c in plain.casefold() if not unicodedata.combining(c))


def excerpt(text: str, terms: Sequence[Term]) -> list[tuple[str, bool]]:
    """The stretch of a text around its first match: (what stands there, is it a match), one after the other. Empty if none.

    An ellipsis says that there is more before or behind it.
    """
    flat = " ".join(text.split())
    matches = list(_matches(flat, terms))
    if not matches:
        return []
    start = _start(flat, matches[0][0])
    end = max(_end(flat, start + EXCERPT), matches[0][1])
    spans, reached = [("…", False)] if start else [], start
    for begins, ends in matches:
        if ends <= end:
            spans += [(flat[reached:begins], False), (flat[begins:ends], True)]
            reached = ends
    spans.append((flat[reached:end] + ("…" if end < len(flat) else ""), False))
    return [span for span in spans if span[0]]


def _start(text: str, match: int) -> int:
    """Where the excerpt begins: at a word, a little before the match."""
    return text.find(" ", match - BEFORE, match) + 1 or match if match > BEFORE else 0


def _end(text: str, wanted: int) -> int:
    """Where it ends: behind a word."""
    if wanted >= len(text):
        return len(text)
    space = text.rfind(" ", wanted - BEFORE, wanted)
    return space if space > 0 else wanted


def _matches(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """From where to where, one behind the other."""
    placed = _placed(text)
    words, place = [word for word, _start, _end in placed], 0
    while place < len(words):
        length = max((term.length_in(words, place) for term in terms), default=0)
        if length:
            yield placed[place][1], placed[place + length - 1][2]
        place += length or 1


def _placed(text: str) -> list[tuple[str, int, int]]:
    """Each word, and where it stands in the text itself: folded, one letter may be several, or none."""
    origins = [n for n, character in enumerate(text) for _ in _folded(character)]
    found = WORD.finditer("".join(map(_folded, text)))
    return [(word[0][:LONGEST_WORD], origins[word.start()], origins[word.end() - 1] + 1) for word in found]
