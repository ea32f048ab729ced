"""Whether a published entry is about a product that somebody watches: names as people type them, against names as published.

    “MS Exchange” is Microsoft Exchange Server      “Cisco ASA” is Cisco Adaptive Security Appliance (ASA)
    “Log4j” is Apache Log4j2                        but Microsoft Edge is not Exchange, and Teams is not TeamCity

The rules, in order:

1. Names are cut into words; case, punctuation, versions and what makes no difference (`WEAK`: server, software …) fall away.
2. A vendor is a vendor however it is written (`VENDORS`; “Palo Alto” and “Palo Alto Networks” are one by rule 1).
3. A watched product is meant if each of its words stands in the entry's product, alone or written together (Share Point).
4. Acronyms that the catalog itself puts in brackets count as the words that they stand for, and the other way round.
5. What the market calls differently than the catalog stands in `ALSO`: Chrome is published as Chromium.
6. An entry of “Multiple Products” says in its description which; there, and only under the right vendor, that is read.
7. A vendor alone is all of its products. A product without a vendor is that product of anybody.

Nothing is guessed from typing errors: a near miss would bring another firm's product. `nearest_vendor` only offers. An inverted
index answers, word → entries; the whole catalog against a thousand products takes some milliseconds.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz, process

from agenda.product_words import ALSO, BOTH, COMPOUNDS, FIRM, NO_PRODUCT, VENDORS, WEAK

NEAR = 72  # From here on, of 100, a vendor is offered for another spelling of one.
VENDOR_WORDS = 4

_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*\+*|\.net\b")
_FOR = re.compile(r"\s+for\s.*", re.DOTALL)
_VERSION = re.compile(r"v?\d+(\.[\dx]+)*[a-z]?|r\d|\d{4}r\d")
_BRACKETS = re.compile(r"\s*\(([^)]*)\)")
_SHORT = re.compile(r"(?P<words>(?:[\w/+-]+\s+){2,8})\((?P<short>[A-Za-z]{2,6})\)")
_MANY = re.compile(r"\b(multiple|products?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a product is called. `about` is prose that names it where `product` does not."""

    vendor: str = ""
    product: str = ""
    about: str = ""


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """What is left of a product's name by rule 1; never nothing where there was a word."""
    plain = " ".join(_WORD.findall(_folded(_FOR.sub("", text))))
    for written, meant in COMPOUNDS:
        plain = re.sub(rf"\b{written}\b", meant, plain)
    found = tuple(_plain_word(word) for word in plain.split())
    strong = tuple(word for word in found if word not in WEAK and not _VERSION.fullmatch(word))
    return strong or found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("'s ", " ").replace("&", " and ")


def _plain_word(word: str) -> str:
    """Log4j2 is Log4j: one digit after a letter is a version. (SMA1000 is not SMA100.) Gateways are Gateway."""
    if len(word) <= 4:
        return word
    versioned = word[-1].isdigit() and word[-2].isalpha()
    return word[:-1] if versioned or (word[-1] == "s" and word[-2] not in "aious") else word


@lru_cache(maxsize=20_000)
def vendor_key(name: str) -> str:
    """One word for a vendor, however it is written. Empty for none."""
    found = _WORD.findall(_folded(_BRACKETS.sub("", name)))
    while len(found) > 1 and found[-1] in FIRM:
        found.pop()
    key = "".join(found)
    return VENDORS.get(key, key)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand what is watched: under this vendor (any, if empty), one of these sets of words."""

    vendor: str
    forms: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Index:
    """Published names, to be asked by watched ones. Answers with the places of the names in the list that it was made of."""

    names: Sequence[Named]
    _terms: list[frozenset[str]] = field(default_factory=list)
    _vendors: list[str] = field(default_factory=list)
    _by_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_vendor: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _shorts: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for place, name in enumerate(self.names):
            vendor, terms = vendor_key(name.vendor), _terms_of(name)
            self._vendors.append(vendor)
            self._terms.append(terms)
            self._by_vendor[vendor].append(place)
            for term in terms:
                self._by_word[term].append(place)
            for short, meant in _acronyms(name.product):
                self._shorts[short].add(meant)

    @property
    def vendors(self) -> Mapping[str, object]:
        """The vendors that there are, by key: what `split_vendor` needs to know."""
        return self._by_vendor

    def hits(self, watched: Named) -> list[int]:
        """The places of all that is about this product, in order."""
        found = {place for reading in self._readings(watched) for place in self._of(reading)}
        return sorted(found)

    def _of(self, reading: _Reading) -> Iterable[int]:
        if not reading.forms:
            yield from self._by_vendor.get(reading.vendor, ())
        for form in reading.forms:
            for place in self._holding(form):
                if reading.vendor in ("", self._vendors[place]) and self._speaks(place, reading.vendor):
                    yield place

    def _holding(self, form: tuple[str, ...]) -> set[int]:
        """Each word, or all of them written together."""
        lists = sorted((self._by_word.get(word, []) for word in form), key=len)
        apart = set(lists[0]).intersection(*lists[1:]) if lists else set()
        return apart | set(self._by_word.get("".join(form), ()))

    def _speaks(self, place: int, vendor: str) -> bool:
        """Prose is believed only under the vendor that is watched; rule 6."""
        return bool(vendor) or not _MANY.search(self.names[place].product)

    def _readings(self, watched: Named) -> Iterable[_Reading]:
        vendor = vendor_key(watched.vendor)
        plain = words(watched.product) if watched.product.strip() else ()
        if vendor and (_joined(plain) == vendor or set(plain) <= NO_PRODUCT):
            plain = ()  # “Git; Git” and “Cisco; all products” are the vendor alone.
        yield _Reading(vendor, tuple(self._forms(plain)))
        inner, rest = split_vendor(watched.product, self._by_vendor)
        if inner and vendor_key(inner) != vendor:
            yield _Reading(vendor_key(inner), tuple(self._forms(words(rest) if rest.strip() else ())))

    def _forms(self, plain: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
        """As it is written, and with an acronym or a market name replaced by what is published."""
        if not plain:
            return
        yield plain
        for at, word in enumerate(plain):
            others = [words(other) for other in ALSO.get(word, ())] + sorted(self._shorts.get(word, ()))
            for other in others:
                yield (*plain[:at], *other, *plain[at + 1 :])
        if len(plain) == 2 and _joined(plain) in ALSO:
            yield from (words(other) for other in ALSO[_joined(plain)])


def _joined(parts: Sequence[str]) -> str:
    return "".join(parts)


def _terms_of(name: Named) -> frozenset[str]:
    """The words of a published product, and each two neighbours as one: BIG-IP is also bigip."""
    told = f"{name.product} {name.about}" if _MANY.search(name.product) else name.product
    found = [word for part in re.split(r"[,/;]|\.\s", told) for word in words(part)] if told.strip() else []
    vendor = vendor_key(name.vendor)
    pairs = (first + second for first, second in pairwise(found))
    own = [vendor] if not name.product.strip() else []
    return frozenset([*found, *pairs, *own])


def _acronyms(product: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """`Adaptive Security Appliance (ASA)` → asa, and the words that it stands for."""
    for found in _SHORT.finditer(product):
        short, spelt = found["short"].casefold(), found["words"].replace("-", " ").replace("/", " ").split()
        meant = " ".join(spelt[-len(short) :])
        if "".join(word[0] for word in meant.split()).casefold() == short:
            yield short, words(meant)


def split_vendor(line: str, known: Iterable[str] | Mapping[str, object]) -> tuple[str, str]:
    """`MS Exchange Server` → MS, and Exchange Server. `known` are vendor keys. The first is empty where none is recognised."""
    parts = line.split()
    for length in range(min(VENDOR_WORDS, len(parts)), 0, -1):
        head, tail = " ".join(parts[:length]), " ".join(parts[length:])
        key = vendor_key(head)
        if key in known or VENDORS.get(key) or key in VENDORS.values():
            kept = "".join(_WORD.findall(_folded(head)))
            return head, (line if kept in BOTH else tail).strip()
    return "", line.strip()


def nearest_vendor(typed: str, vendors: Iterable[str]) -> str:
    """The vendor that was probably meant, as it is published; empty if none is near. `typed` may go on with a product."""
    by_key = {vendor_key(name): name for name in vendors}
    if vendor_key(typed) in by_key:
        return by_key[vendor_key(typed)]
    parts = typed.split()
    heads = [vendor_key(" ".join(parts[:length])) for length in range(1, min(3, len(parts)) + 1)]
    best = [
        found
        for head in heads
        if (found := process.extractOne(head, list(by_key), scorer=fuzz.ratio, score_cutoff=NEAR))
    ]
    return by_key[max(best, key=lambda found: found[1])[0]] if best else ""


def mentioned(watched: Named, text: str) -> bool:
    """Whether a piece of news speaks of it: all words of the product, and of the vendor where the product is a single word."""
    told = words(text) if text.strip() else ()
    said = set(told) | {first + second for first, second in pairwise(told)}
    product = words(watched.product) if watched.product.strip() else ()
    alone = len(product) < 2 and watched.vendor.strip()
    return (
        set(product) <= said and (not alone or vendor_key(watched.vendor) in said) and bool(product or watched.vendor)
    )
