"""The record that is measured on: one touchpoint, set up through the core, and a log of many decisions.

The decisions are written in bulk, row for row what `storage.decisions` writes one at a time; the last one is written by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from random import Random
from typing import Any

from sqlalchemy import func, insert, select
from sqlmodel import Session

from agenda.decisions import DecisionState
from agenda.themes import Theme
from agenda.touchpoints import Seat
from bench.slack import CIO, CISO, HOME, account
from bot.cards import Button
from bot.dispatch import Bot
from bot.replies import Answer
from bot.requests import ButtonPressed, CommandTyped, FormSubmitted, Profile, Where, tenant_of
from storage import decisions, schema, search
from storage.decisions import Decision
from storage.engine import open_engine
from storage.inbox import Counter
from storage.keys import SignOff
from storage.risks import RiskItem
from storage.search import Entry, SearchEntry
from storage.unit_of_work import unit_of_work

# What such decisions are about, the most frequent first: how often a word occurs falls with its rank, as in any language.
WORDS = """
    access risk review vendor cloud backup identity network contract budget policy incident audit supplier patch server
    firewall renewal endpoint migration password laptop training recovery insurance licence encryption monitoring factory
    branch mailbox archive segment certificate outsourcing phishing ransomware mainframe payroll warehouse telephony
    scanner consultant exception retention awareness gateway tenant hypervisor forensics escrow tabletop wiretap quantum
""".split()  # noqa: SIM905  # sixty quoted words would say no more
VERBS = "accept buy close extend harden insure postpone renew replace split stop test".split()  # noqa: SIM905
OWNERS = ("Dana Keller", "Sam Okafor", "Ines Moreau", "Jonas Lindqvist", "Mei Tanaka", "Paula Novak", "", "")
SYLLABLES = ("ar", "bel", "cor", "dun", "el", "fal", "gor", "hal", "is", "jor", "kel", "lum", "mar", "nor", "or", "pel")
SYSTEMS = tuple(f"{a}{b}{c}ex" for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES)
# Frequent words first, then the beginning of one, then names that few decisions have.
ASKED_FOR = (
    *("access", "vendor", "identity", "budget", "incident", "firewall", "password", "insurance"),
    *("mailbox", "ransomware", "scanner", "quantum", "enc", SYSTEMS[17], SYSTEMS[1234], SYSTEMS[4000]),
)
STILL_OPEN = 12
BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What to expect of the record. `newest` is the number of the newest decision for each word in `ASKED_FOR`."""

    decisions: int
    newest: Mapping[str, int]
    hits: Mapping[str, int]


def fill(url: str, how_many: int) -> Filled:
    """An empty database becomes one with a touchpoint and so many decisions. The same ones every time, but for their dates."""
    engine = open_engine(url)
    schema.upgrade(engine)
    now = datetime.now(UTC)
    set_up(Bot(engine), now)
    told = list(islice(stories(Random(2)), how_many))
    with unit_of_work(engine, organization_id=1, now=now) as record:
        for start in range(0, how_many - 1, BATCH):
            write(record.session, told[start : min(start + BATCH, how_many - 1)], start + 1, how_many, now)
        record.session.execute(insert(Counter).values(organization_id=1, noun="decision", last=how_many - 1))
        last = decisions.add(record, Decision(**values(told[-1], how_many, how_many, now)))
        if last.number != how_many:
            raise RuntimeError(f"the last decision should be D-{how_many}, and is D-{last.number}")
    engine.dispose()
    return Filled(decisions=how_many, **expected(told))


def set_up(bot: Bot, now: datetime) -> None:
    """As the two would do it: `setup`, its form, and `Save` on the card that says the cadence back."""
    cio, ciso = (Profile(account=account(user), zone="Europe/Zurich") for user in (CIO, CISO))
    where = Where(conversation=f"{tenant_of(cio.account)}/{HOME}", title="#security-sync")
    bot.dispatch(CommandTyped(id="setup", actor=cio, where=where, text="setup"), now)
    filled_in: dict[str, str | tuple[str, ...]] = {
        "cio": cio.account,
        "ciso": ciso.account,
        "rhythm": "weekly:2",
        "weekdays": ("TU",),
        "at": "09:30",
    }
    replies = bot.dispatch(
        FormSubmitted(
            id="setup form",
            actor=cio,
            where=where,
            form_id="setup",
            values=filled_in | {"zone": "Europe/Zurich"},
            people=(cio, ciso),
        ),
        now,
    )
    echoed = next(reply.card for reply in replies if isinstance(reply, Answer))
    save = next(button for button in echoed.buttons if isinstance(button, Button) and button.label == "Save")
    press = ButtonPressed(id="setup save", actor=cio, where=where, action=save.action, value=save.value)
    bot.dispatch(press, now)


def stories(random: Random) -> Iterator[dict[str, Any]]:
    """Title, question, rationale, owner, theme: without end."""
    vocabulary, themes = (*WORDS, *SYSTEMS), list(Theme)
    weights = list(accumulate(1 / (rank + 10) for rank in range(1, len(vocabulary) + 1)))
    while True:
        words = random.choices(vocabulary, cum_weights=weights, k=26)
        system = random.choice(SYSTEMS)
        yield {
            "title": f"{random.choice(VERBS).capitalize()} the {' '.join(words[:3])} for {system}",
            "question": f"Who pays for {words[3]} and {words[4]}?",
            "rationale": f"{' '.join(words[5:15])}. {random.choice(VERBS).capitalize()} {' '.join(words[15:])}.",
            "owner": random.choice(OWNERS),
            "theme": random.choice(themes),
        }


def values(story: dict[str, Any], number: int, how_many: int, now: datetime) -> dict[str, Any]:
    """A decision's columns. All but the newest few are agreed, as in a log that has been kept for years."""
    at, agreed = now - timedelta(minutes=20 * (how_many - number)), number <= how_many - STILL_OPEN
    return story | {
        "organization_id": 1,
        "touchpoint_id": 1,
        "recorded_by_id": 1,
        "number": number,
        "recorded_at": at,
        "state": DecisionState.AGREED if agreed else DecisionState.PROPOSED,
        "agreed_at": at if agreed else None,
    }


def write(session: Session, told: list[dict[str, Any]], first: int, how_many: int, now: datetime) -> None:
    """The decisions numbered from `first`, both keys of those that are agreed, and the words that each is found by."""
    log, keys, entries, texts = [], [], [], []
    for number, story in enumerate(told, first):
        decision = Decision(**values(story, number, how_many, now))
        log.append({"id": number, **decision.model_dump(exclude={"id"})})
        if decision.state is DecisionState.AGREED:
            key = {
                "organization_id": 1,
                "subject": "decision",
                "subject_id": number,
                "dissent": "",
                "text_hash": decision.text_hash,
                "turned_at": now,
            }
            keys += [key | {"seat": seat, "person_id": person} for person, seat in enumerate(Seat, 1)]
        entry = entry_of(story, number, decision.recorded_at)
        entries.append({"id": number, "organization_id": 1, **search.columns_of(entry)})
        texts.append({"id": number, "words": search.document_of(entry, search.words_of(entry)).for_sqlite})
    session.execute(insert(Decision), log)
    if keys:
        session.execute(insert(SignOff), keys)
    session.execute(insert(SearchEntry), entries)
    session.execute(search.WRITE["sqlite"], texts)


def entry_of(story: Mapping[str, Any], number: int, at: datetime) -> Entry:
    """What `storage.decisions.index` makes findable."""
    return Entry(
        touchpoint_id=1,
        subject="decision",
        subject_id=number,
        ref=f"D-{number}",
        title=story["title"],
        text=f"{story['question']}\n{story['rationale']}",
        theme=story["theme"],
        state="proposed" if number % 100 == 0 else "agreed",
        at=at,
        people=(1,),
        names=(story["owner"],),
    )


def expected(told: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """For each word that is asked for: which decision is the newest to have it, or a longer one, and how many do."""
    newest, hits = {}, dict.fromkeys(ASKED_FOR, 0)
    for number, story in enumerate(told, 1):
        parts = search.words_of(entry_of(story, number, datetime.now(UTC)))
        has = " ".join(("", *(word for part in parts for word in part)))
        for asked in ASKED_FOR:
            if f" {asked}" in has:
                newest[asked], hits[asked] = number, hits[asked] + 1
    return {"newest": newest, "hits": hits}


def count_risks(url: str) -> int:
    """How many risks the record has."""
    engine = open_engine(url)
    with engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(RiskItem)).scalar_one()
    engine.dispose()
    return int(found)
