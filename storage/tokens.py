"""What the full-text index holds of a text, and how it is asked: one kind of document and of condition, said in two dialects.

Three kinds of token begin with a character for private use, which no word that was typed can have: what an entry is narrowed
by (`tag`), the words of its title, and those of names. So a filter is an index lookup like any word, and nothing that
anybody types can be taken for one. FTS5 takes such characters for letters (sqlite.org/fts5.html#unicode61_tokenizer).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agenda.words import Term

TAG, TITLE, NAME, GAP = "\ue000", "\ue001", "\ue002", "\ue003"
# What an entry is narrowed by, and the letter that says so in its tag.
KINDS = {"touchpoint": "t", "reader": "r", "subject": "s", "ref": "f", "person": "p", "theme": "h", "state": "i"}
# What a tsvector can place: words behind these are found one by one, and as part of no phrase. FTS5 is held to the same.
MOST_PLACED, MOST_OF_ONE = 16_000, 255


@dataclass(frozen=True, slots=True)
class Condition:
    """Any of these occurs."""

    alternatives: tuple[Term, ...]


def tag(kind: str, value: object) -> str:
    """`tag("theme", "hygiene")`. Only letters and digits make one token."""
    return TAG + KINDS[kind] + "".join(filter(str.isalnum, str(value)))


def tagged(kind: str, values: Iterable[object]) -> tuple[Term, ...]:
    """Has any of these tags."""
    return tuple(Term((tag(kind, value),)) for value in values)


def marked(mark: str, term: Term) -> Term:
    """The same words, in the title or in a name."""
    return Term(tuple(mark + word for word in term.words), begins=term.begins)


def split(token: str) -> tuple[str, str]:
    """Its mark, if it has one, and its word."""
    return (token[0], token[1:]) if token[0] in (TITLE, NAME) else ("", token)


@dataclass(frozen=True, slots=True)
class Document:
    """Tokens in their places, some of which are gaps; and those that have no place."""

    placed: tuple[str, ...]
    loose: tuple[str, ...]

    def said_in(self, dialect: str) -> str:
        """As it is written to that database."""
        return self.for_sqlite if dialect == "sqlite" else self.for_postgresql

    @property
    def for_sqlite(self) -> str:
        """A text for FTS5 to cut at its spaces."""
        return f" {GAP} ".join((" ".join(self.placed), *self.loose))

    @property
    def for_postgresql(self) -> str:
        """A tsvector, written out."""
        places: dict[str, list[str]] = {}
        for place, token in enumerate(self.placed, 1):
            if token != GAP:
                places.setdefault(token, []).append(str(place))
        return " ".join(
            (*(f"'{token}':{','.join(at)}" for token, at in places.items()), *(f"'{t}'" for t in self.loose))
        )


def document(parts: Iterable[Sequence[str]], tags: Iterable[str]) -> Document:
    """Of parts between which no phrase reaches."""
    tokens = [token for part in parts if part for token in (*part, GAP)]
    seen: Counter[str] = Counter()
    placed, loose = [], dict.fromkeys(tags)
    for place, token in enumerate(tokens):
        seen[token] += token != GAP
        fits = place < MOST_PLACED and seen[token] <= MOST_OF_ONE
        if not fits and seen[token] <= 1:
            loose[token] = None
        if place < MOST_PLACED:
            placed.append(token if fits else GAP)
    loose.pop(GAP, None)
    return Document(tuple(placed), tuple(loose))


def asked(dialect: str, conditions: Iterable[Condition]) -> str:
    """All of these, as FTS5 or as `tsquery` reads it."""
    said, either, both = (in_fts5, " OR ", " AND ") if dialect == "sqlite" else (in_tsquery, " | ", " & ")
    return both.join(f"({either.join(map(said, condition.alternatives))})" for condition in conditions)


def in_fts5(term: Term) -> str:
    """`"old vpn"`, `"vpn" *`."""
    return f'"{" ".join(term.words)}"' + (" *" if term.begins else "")


def in_tsquery(term: Term) -> str:
    """`('old' <-> 'vpn')`, `'vpn':*`."""
    if len(term.words) == 1:
        return f"'{term.words[0]}'" + (":*" if term.begins else "")
    placed = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({placed})"
