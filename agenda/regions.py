"""The countries and subdivisions whose public holidays are known: read as people type them, and named again.

All names are the `holidays` library's own, loaded when they are first asked for (0.2 s). What a place's calendar says is
told in `calendars`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from agenda.errors import BadInput
from agenda.lexicon import quoted

Region = tuple[str, str]  # ISO 3166-1 alpha-2, and the subdivision's code as the library has it, or nothing

# The library calls subdivisions by their own languages' names; these are called otherwise in English.
ENGLISH_NAMES: dict[str, dict[str, str]] = {
    "AT": {"2": "Carinthia", "3": "Lower Austria", "4": "Upper Austria", "6": "Styria", "7": "Tyrol", "9": "Vienna"},
    "CH": {"GE": "Geneva", "GR": "Grisons", "LU": "Lucerne", "SG": "St Gallen"},
    "DE": {
        "BY": "Bavaria",
        "HE": "Hesse",
        "NI": "Lower Saxony",
        "NW": "North Rhine-Westphalia",
        "RP": "Rhineland-Palatinate",
        "SN": "Saxony",
        "ST": "Saxony-Anhalt",
        "TH": "Thuringia",
    },
    "ES": {
        "AN": "Andalusia",
        "CL": "Castile and León",
        "CN": "Canary Islands",
        "CT": "Catalonia",
        "IB": "Balearic Islands",
        "NC": "Navarre",
        "PV": "Basque Country",
        "VC": "Valencia",
    },
    "IT": {
        "FI": "Florence",
        "GE": "Genoa",
        "MI": "Milan",
        "MN": "Mantua",
        "NA": "Naples",
        "PD": "Padua",
        "RM": "Rome",
        "SR": "Syracuse",
        "TO": "Turin",
        "VE": "Venice",
    },
}
SMALL_WORDS = {"And", "Of", "The"}
LONGEST = 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """What can be typed for which regions. `typed` has every phrase in plain letters; `names` those without a code."""

    typed: dict[str, frozenset[Region]]
    names: tuple[str, ...]


def place_in(typed: str) -> Region:
    """The country and subdivision in `CH`, `ch-zh`, `Germany/Bavaria`, `Zurich`; nothing typed is `("", "")`.

    Case, accents, marks, order and a slip or two do not matter. Raises `BadInput` that names the nearest.
    """
    words = _plain(typed[:LONGEST])
    if not words:
        return "", ""
    atlas = _atlas()
    meant = atlas.typed.get(words) or _nearly(words, atlas)
    if len(meant) == 1:
        return next(iter(meant))
    if meant:
        names = [f"“{place_name(*region)}”" for region in sorted(meant)]
        raise BadInput(f"{quoted(typed)} can be {len(meant)} places.", f"Write {_either(names)}.")
    near = process.extract(words, atlas.names, scorer=fuzz.WRatio, limit=9)
    regions = dict.fromkeys(region for name, _score, _n in near for region in sorted(atlas.typed[name]))
    perhaps = _either([f"“{place_name(*region)}”" for region in regions][:3])
    raise BadInput(f"I know no place {quoted(typed)}.", f"Perhaps {perhaps}; or write a code, like CH or US-CA.")


def place_name(country: str, subdivision: str) -> str:
    """`Switzerland, Zürich`; a code where the library has no name."""
    if country not in _countries():
        return "-".join(filter(None, (country, subdivision)))
    name = _countries()[country][0]
    return f"{name}, {_subdivisions(country).get(subdivision, (subdivision,))[0]}" if subdivision else name


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    """Code → what the country is called, its plain name first, then its other codes."""
    from holidays.registry import COUNTRIES

    spaced = {code: (_spaced(name), code, *others) for name, code, *others in COUNTRIES.values()}
    return {code: (*called, *_initials(called[0])) for code, called in spaced.items()}


def _spaced(name: str) -> str:
    """`AntiguaAndBarbuda` as `Antigua and Barbuda`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).split()
    return " ".join(word.lower() if word in SMALL_WORDS else word for word in words)


def _initials(name: str) -> list[str]:
    """`UAE` for the United Arab Emirates: shorter ones would be other countries' codes."""
    initials = "".join(word[0] for word in name.split() if word[0].isupper())
    return [initials] if len(initials) > 2 else []


@cache
def _subdivisions(country: str) -> dict[str, tuple[str, ...]]:
    """Code → what the subdivision is called, in English if that differs; abbreviations last."""
    import holidays

    calendar = holidays.country_holidays(country)
    named: dict[str, list[str]] = {code: [] for code in calendar.subdivisions}
    for name, code in calendar.subdivisions_aliases.items():
        named.setdefault(code, []).append(name)
    english = ENGLISH_NAMES.get(country, {})
    return {
        code: tuple(filter(None, (english.get(code), *sorted(names, key=lambda name: len(name) < 4), code)))
        for code, names in named.items()
    }


@cache
def _atlas() -> Atlas:
    """Every phrase once. A country's name goes before a subdivision's: Georgia is not in the United States."""
    typed: dict[str, set[Region]] = {}
    names: set[str] = set()
    for country, called in _countries().items():
        for phrase in map(_plain, called):
            typed.setdefault(phrase, set()).add((country, ""))
        names.add(_plain(called[0]))
    countries = set(typed)
    for region, phrase, is_name in _subdivision_phrases():
        if phrase not in countries:
            typed.setdefault(phrase, set()).add(region)
            names |= {phrase} if is_name else set()
    return Atlas(typed={phrase: frozenset(meant) for phrase, meant in typed.items()}, names=tuple(sorted(names)))


def _subdivision_phrases() -> Iterator[tuple[Region, str, bool]]:
    """`zurich`, `switzerland zurich`, `zh ch` …: each with its region, and whether it is made of names alone."""
    for country, countries in _countries().items():
        for code, called in _subdivisions(country).items():
            for name in map(_plain, called):
                is_name = len(name) > 3
                if is_name:
                    yield (country, code), name, True
                for n, land in enumerate(map(_plain, countries)):
                    yield (country, code), f"{land} {name}", is_name and n == 0
                    yield (country, code), f"{name} {land}", is_name and n == 0


def _nearly(words: str, atlas: Atlas) -> frozenset[Region]:
    """The regions whose names have the fewest slips in them: one in five letters, two in eight, none in fewer."""
    slips = 0 if len(words) < 5 else 1 if len(words) < 8 else 2
    near = process.extract(words, atlas.names, scorer=OSA.distance, score_cutoff=slips, limit=None)
    least = min((distance for _name, distance, _n in near), default=0)
    return frozenset(region for name, distance, _n in near if distance == least for region in atlas.typed[name])


def _plain(text: str) -> str:
    """In small letters, without accents and marks: `Saint-Barthélemy` is `saint barthelemy`."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", letters.casefold()))


def _either(names: Sequence[str]) -> str:
    """`A`, `A or B`, `A, B or C`."""
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
