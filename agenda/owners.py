"""Who owns what: one area of the work, and who is accountable, responsible, consulted and informed for it.

rule
W1    exactly one is accountable; none and several are gaps, and are shown as such
W2    an area is confirmed when somebody with a chair says so, or when both name the same owner without asking each other;
      then the record says what both said
W3    where the two name different owners it is disputed, until somebody confirms it or says who is accountable
W4    what one of them named is never told to the other one: only that they differ

Names are text. `CIO` and `CISO` are whoever sits there, and follow a change of chair; any other name stays as it was when it
was written, also where that person is called something else by now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean
from typing import Generic, TypeAlias, TypeVar

from rapidfuzz import fuzz
from sqlmodel import Field, SQLModel

from agenda.errors import NotNow
from agenda.recurrence import in_words
from agenda.touchpoints import Seat
from agenda.words import folded, words_in

AREA_LIMIT = 80
NAMES_LIMIT = 500
NOBODY = "nobody"
CHAIRS = frozenset(seat.label for seat in Seat)
ASKED_AT_ONCE = 5  # A check is answered between two meetings, or not at all.
CHECK_LASTS = timedelta(days=14)

FUNCTIONS = {"GV": "Govern", "ID": "Identify", "PR": "Protect", "DE": "Detect", "RS": "Respond", "RC": "Recover"}
OWN = "Your own areas"

Seated: TypeAlias = Mapping[Seat, str]
"""What those are called who sit on the chairs."""


class ResponsibilityFields(SQLModel):
    """Names stand with commas between; `CIO` and `CISO` are whoever sits there. `category` is one of NIST CSF 2.0 (`GV.SC`).

    `synonyms` are other words for the area, with commas between.
    """

    area: str = Field(max_length=AREA_LIMIT)
    synonyms: str = Field(default="", max_length=NAMES_LIMIT)
    category: str = Field(default="", max_length=8)
    accountable: str = Field(default="", max_length=NAMES_LIMIT)
    responsible: str = Field(default="", max_length=NAMES_LIMIT)
    consulted: str = Field(default="", max_length=NAMES_LIMIT)
    informed: str = Field(default="", max_length=NAMES_LIMIT)
    confirmed_at: datetime | None = Field(default=None)
    disputed_at: datetime | None = Field(default=None)
    dropped_at: datetime | None = Field(default=None)

    @property
    def gap(self) -> str:
        """W1: `nobody is accountable`, `2 are accountable`; empty where exactly one is."""
        count = len(names_in(self.accountable))
        return {0: "nobody is accountable", 1: ""}.get(count, f"{count} are accountable")

    @property
    def phrases(self) -> list[str]:
        """Its name, and the other words for it."""
        return [self.area, *names_in(self.synonyms)]

    @property
    def function(self) -> str:
        """Under which it is listed."""
        return FUNCTIONS.get(self.category[:2], OWN)

    @property
    def place(self) -> tuple[int, str]:
        """Its place in a list: as CSF 2.0 has it, and behind that what people added, by name."""
        return CATEGORIES.get(self.category, len(CATEGORIES)), folded(self.area)

    def confirm(self, now: datetime) -> None:
        """W2: it is still so. Raises `NotNow` where it is not plain who is accountable."""
        if self.gap:
            raise NotNow(f"{self.area}: {self.gap}.", "Say who is accountable first.")
        self.confirmed_at, self.disputed_at = now, None

    def give_to(self, names: str, now: datetime) -> None:
        """W2, W3: these are accountable from now on; nobody at all is a gap, and confirms nothing."""
        self.accountable, self.disputed_at = names, None
        self.confirmed_at = None if self.gap else now

    def dispute(self, now: datetime) -> None:
        """W3."""
        self.disputed_at = self.disputed_at or now


A = TypeVar("A", bound=ResponsibilityFields)


def names_in(text: str) -> list[str]:
    """The names of a list as somebody wrote it, each once."""
    found: dict[str, str] = {}
    for part in text.replace(";", ",").replace("\n", ",").split(","):
        if name := " ".join(part.split()):
            found.setdefault(folded(name), name)
    return list(found.values())


def as_known(name: str, known: Iterable[str]) -> str:
    """A name as its one bearer is called, where all of it or its first words were typed; else as it was typed."""
    if name.upper() in CHAIRS:
        return name.upper()
    typed, called = words_in(name), {one: words_in(one) for one in known}
    alike = [one for one, words in called.items() if words == typed]
    alike = alike or [one for one, words in called.items() if typed and words[: len(typed)] == typed]
    return alike[0] if len(alike) == 1 else name


def said(names: str, seated: Seated) -> str:
    """`Dana (CISO) and Procurement`; empty where there is nobody."""
    chairs = {seat.label: f"{called} ({seat.label})" for seat, called in seated.items()}
    found = [chairs.get(name.upper(), name) for name in names_in(names)]
    return in_words(found) if found else ""


def in_a_line(area: ResponsibilityFields, seated: Seated, called: str = "") -> str:
    """`Vendor risk: Dana (CISO) is accountable; responsible: Procurement.` `called` are the words in which it was asked for."""
    title = area.area if called in {"", area.area} else f"{called[0].upper()}{called[1:]} ({area.area})"
    owners, doing = said(area.accountable, seated), said(area.responsible, seated)
    count = len(names_in(area.accountable))
    verb = "is accountable" if count == 1 else "are accountable, where one should be"
    who = f"{title}: {owners} {verb}" if count else f"Nobody is accountable for {title}"
    return f"{who}; responsible: {doing}." if doing else f"{who}."


def same_owner(one: str, other: str, seated: Seated) -> bool:
    """Is it the same person, whether a chair was named or who sits there?"""
    return _who(one, seated) == _who(other, seated)


def _who(name: str, seated: Seated) -> str:
    typed = " ".join(words_in(name)) or name
    chairs = {" ".join(words_in(called)): seat.value for seat, called in seated.items()}
    return chairs.get(typed, typed)


def to_ask(areas: Iterable[A]) -> list[A]:
    """What a check asks about: gaps first, then what was not confirmed for the longest time; nothing that is disputed."""
    never = datetime.min.replace(tzinfo=UTC)
    waiting = [area for area in areas if area.disputed_at is None]
    waiting.sort(key=lambda area: (not area.gap, area.confirmed_at or never, area.place))
    return waiting[:ASKED_AT_ONCE]


# Of 100: alike enough to answer, how far the next one must be behind, and alike enough to be worth a question.
CLEAR, MARGIN, NEAR = 75, 8, 68
BY_NAME, BY_SYNONYM = 200, 150
MOST_NEAR, MOST_WORDS = 5, 12
FILLERS = {
    "a",
    "an",
    "and",
    "area",
    "by",
    "for",
    "here",
    "in",
    "management",
    "my",
    "of",
    "on",
    "our",
    "s",
    "team",
    "the",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[A]):
    """The area that was meant, and by which of its `phrases`; or those that could be, the nearest ones if none is `alike`."""

    area: A | None = None
    phrase: str = ""
    near: tuple[A, ...] = ()
    alike: bool = False


def find(asked: str, areas: Sequence[A]) -> Found[A]:
    """What was asked for, with typing errors: word by word, so that `soc` is not found in “association”."""
    words = meant(asked)
    ranked = sorted(((*_likeness(words, area), area) for area in areas), key=lambda one: -one[0]) if words else []
    if not ranked:
        return Found()
    (best, phrase, area), *others = ranked
    if best >= CLEAR and (not others or best - others[0][0] >= MARGIN):
        return Found(area=area, phrase=phrase, near=(area,), alike=True)
    alike = [area for score, _phrase, area in ranked if score >= max(NEAR, best - 2 * MARGIN)]
    near = alike or [area for _score, _phrase, area in ranked[:3]]
    return Found(near=tuple(near[:MOST_NEAR]), alike=bool(alike))


def meant(text: str) -> list[str]:
    """The words that matter, if any do."""
    words = words_in(text)
    return ([word for word in words if word not in FILLERS] or words)[:MOST_WORDS]


def _likeness(asked: Sequence[str], area: ResponsibilityFields) -> tuple[float, str]:
    """How much all that was asked for is in the area's words, and one of its phrases in what was asked for."""
    phrases = {phrase: words for phrase in area.phrases if (words := meant(phrase))}
    for phrase, words in phrases.items():
        if words == list(asked):
            return BY_NAME if phrase == area.area else BY_SYNONYM, phrase
    scores = {phrase: (_share(words, asked) + _share(asked, words)) / 2 for phrase, words in phrases.items()}
    phrase = max(scores, key=lambda one: scores[one], default="")
    known = [word for words in phrases.values() for word in words]
    return (_share(asked, known) + _share(phrases.get(phrase, []), asked)) / 2, phrase


def _share(words: Sequence[str], others: Sequence[str]) -> float:
    """How much of these words is among the others, of 100."""
    alike = [max((fuzz.ratio(word, one) for one in others), default=0) for word in words]
    return fmean(alike) if alike else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One of the starter set."""

    category: str
    name: str
    synonyms: str


# NIST Cybersecurity Framework 2.0 (CSWP 29, February 2024), appendix A: its 22 categories, in its order and in our words.
STARTER_SET = (
    Area(
        category="GV.OC", name="Business context and obligations", synonyms="compliance, regulation, legal, contracts"
    ),
    Area(category="GV.RM", name="Risk strategy and appetite", synonyms="risk management, risk appetite"),
    Area(category="GV.RR", name="Roles and resources", synonyms="budget, staffing, hiring, roles"),
    Area(category="GV.PO", name="Security policy", synonyms="policies, standards, guidelines"),
    Area(category="GV.OV", name="Oversight and board reporting", synonyms="board, reporting, audit, metrics, kpi"),
    Area(
        category="GV.SC",
        name="Vendor risk",
        synonyms="vendors, supply chain, suppliers, third parties, procurement, saas",
    ),
    Area(category="ID.AM", name="Asset inventory", synonyms="assets, cmdb, shadow it, inventory"),
    Area(
        category="ID.RA", name="Vulnerabilities and risk assessment", synonyms="vulnerability, pentest, scanning, risks"
    ),
    Area(
        category="ID.IM", name="Lessons and improvement", synonyms="improvement, exercises, lessons learned, tabletop"
    ),
    Area(
        category="PR.AA",
        name="Identity and access",
        synonyms="identity, iam, mfa, sso, passwords, accounts, privileged access",
    ),
    Area(category="PR.AT", name="Awareness and training", synonyms="phishing, training, education, culture"),
    Area(
        category="PR.DS", name="Data protection and backup", synonyms="backup, backups, encryption, data, dlp, privacy"
    ),
    Area(
        category="PR.PS",
        name="Platforms and patching",
        synonyms="patching, hardening, configuration, software, devices, secure development",
    ),
    Area(
        category="PR.IR",
        name="Network and resilience",
        synonyms="network, firewall, vpn, cloud, availability, capacity",
    ),
    Area(category="DE.CM", name="Monitoring", synonyms="logs, logging, siem, soc, detection, alerts"),
    Area(category="DE.AE", name="Event analysis", synonyms="threat hunting, triage, threat intelligence"),
    Area(category="RS.MA", name="Incident response", synonyms="incident, breach, ransomware, emergency, crisis"),
    Area(category="RS.AN", name="Incident analysis", synonyms="forensics, root cause, investigation"),
    Area(category="RS.CO", name="Incident communication", synonyms="notification, press, regulator, customers"),
    Area(category="RS.MI", name="Incident containment", synonyms="containment, isolation, eradication"),
    Area(category="RC.RP", name="Disaster recovery", synonyms="recovery, restore, continuity, drp, bcp"),
    Area(category="RC.CO", name="Recovery communication", synonyms="status page, recovery updates"),
)
CATEGORIES = {area.category: place for place, area in enumerate(STARTER_SET)}
