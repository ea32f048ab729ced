"""Words to record: one suite, the same on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from agenda.decisions import DecisionState
from agenda.queries import Query, query_in
from agenda.themes import Theme
from storage import finding, merging, people, rows, search
from storage.finding import Reach
from storage.people import Person
from storage.tokens import MOST_OF_ONE, MOST_PLACED
from storage.vocabulary import MOST_BEGINNING
from tests.conftest import MONDAY
from tests.storage.firm import Firm, founded

DAY = timedelta(days=1)


def find(
    firm: Firm, words: str, *, within: list[int] | None = None, limit: int = 50, offset: int = 0, zone: str = "UTC"
) -> list[int]:
    """The numbers of the decisions that are found, in that order."""
    scope = [firm.touchpoint_id] if within is None else within
    reach = Reach(touchpoint_ids=scope, asker_id=firm.sam_id, zone=zone)
    with firm.record(writes=False) as record:
        query = query_in(words, today=MONDAY.date()).within("decision")
        hits = finding.find(record, query, reach, limit=limit, offset=offset)
    return [int(hit.ref.removeprefix("D-")) for hit in hits]


TEXTS = (
    "Switch the old VPN off",  # 1
    "Passkeys für die Geschäftsleitung",  # 2
    "Renew ISO 27001, not SOC-2",  # 3
    "Straße gesperrt: user@example.test bleibt",  # 4
    "多要素認証を必須にする",  # 5
    "ΑΣΦΑΛΕΙΑ πρώτα",  # 6
    "Обновить Firewall до лета",  # 7
)
CASES = [
    ("vpn", [1]),
    ("VPN", [1]),
    ("old VPN", [1]),
    ("off switch", [1]),  # In any order.
    ("vpn passkeys", []),  # All of them, not some.
    ("swit", [1]),  # The beginning of a word,
    ("witch", []),  # and not its middle.
    ('"pass"', []),  # In quotes it is the whole word,
    ('"old vpn"', [1]),  # and words in their order.
    ('"vpn old"', []),
    ('"ISO 27001" not', [3]),
    ("27001-not", [3]),  # What is written in one piece is meant so.
    ("iso-not", []),
    ("pass", [2]),
    ("für", [2]),
    ("FUR", [2]),
    ("geschaft", [2]),
    ("Geschäftsleitung", [2]),
    ("27001", [3]),
    ("270", [3]),
    ("soc-2", [3]),
    ("STRASSE", [4]),
    ("straß", [4]),
    ("user@example.test", [4]),
    ("example", [4]),
    ("多要素", [5]),
    ("認証", []),  # Chinese and Japanese write no spaces: a run of them is one word.
    ("ασφάλεια", [6]),
    ("ασφαλειας", []),
    ("обновить firewall", [7]),
    ("d-3", [3]),
    ("D3", []),
    # Whatever means something to FTS5 or to a tsquery is only a word, or nothing, when a person types it.
    ("vpn OR passkeys", []),
    ("vpn NOT off", []),
    ("NOT vpn", []),
    ("vpn AND off", []),
    ('"old vpn"', [1]),
    ('vpn"', [1]),
    ("vpn*", [1]),
    ("^switch", [1]),
    ("vpn:*", [1]),
    ("vpn | passkeys", []),
    ("!vpn", [1]),
    ("vpn & off", [1]),
    ("(vpn", [1]),
    ("vpn <-> off", [1]),
    ("NEAR(vpn off)", []),
    ('"words:vpn"', []),
    ("{words} : vpn", []),
    ("'; DROP TABLE decision; --", []),
    ("vpn'", [1]),
    (":organization_id", []),
    ("vpn\x00off", [1]),
]


@pytest.fixture
def log(firm: Firm) -> Firm:
    for text in TEXTS:
        firm.decides(text)
    return firm


def test_the_table_of_cases(log: Firm):
    """One test for all: the log is written once for each database."""
    assert {typed: find(log, typed) for typed, _ in CASES} == dict(CASES)


def test_what_people_typed_cannot_end_the_search_in_an_error(log: Firm):
    for character in map(chr, range(1, 0x250)):
        find(log, f"{character}vpn{character}off{character}")


@pytest.mark.parametrize("fields", [{"question": "firewall?"}, {"rationale": "the firewall"}, {"owner": "Fire Wall"}])
def test_every_text_of_a_decision_is_found(firm: Firm, fields: dict[str, str]):
    number = firm.decides("Something else", **fields)
    assert find(firm, "fire wall" if "owner" in fields else "firewall") == [number]


def test_newest_first_and_page_by_page(firm: Firm):
    numbers = [firm.decides(f"VPN, part {part}") for part in range(7)]
    newest_first = numbers[::-1]
    assert find(firm, "vpn") == newest_first
    assert [find(firm, "vpn", limit=3, offset=offset) for offset in (0, 3, 6, 9)] == [
        newest_first[:3],
        newest_first[3:6],
        newest_first[6:],
        [],
    ]


def test_an_edited_text_is_found_by_its_new_words_and_by_no_old_ones(firm: Firm):
    number = firm.decides("Switch the VPN off", rationale="Three findings.")
    firm.rewrites(number, title="Keep the tunnel", rationale="No findings.")
    assert find(firm, "tunnel no") == [number]
    assert find(firm, "vpn") == find(firm, "three") == []
    firm.rewrites(number, title="Switch the VPN off")
    assert (find(firm, "vpn"), find(firm, "tunnel")) == ([number], [])


@pytest.mark.parametrize(
    "typed", ["t{there}", "t{there} vpn", '"scope:t{there}"', "\ue000t{there}", '"\ue000t{there}" vpn']
)
def test_nothing_typed_reaches_another_touchpoint(firm: Firm, typed: str):
    there = firm.touchpoint("slack:T1/C-board")
    here = firm.decides("Our own VPN")
    elsewhere = firm.decides("The board's VPN scope", touchpoint_id=there)
    assert find(firm, "vpn") == [here]
    assert find(firm, "vpn", within=[there]) == [elsewhere]
    assert find(firm, "vpn", within=[firm.touchpoint_id, there]) == [elsewhere, here]
    assert elsewhere not in find(firm, typed.format(there=there))


def test_touchpoint_1_is_not_the_beginning_of_touchpoint_10(firm: Firm):
    others = [firm.touchpoint(f"slack:T1/C{n}") for n in range(10)]
    tenth = next(other for other in others if str(other).startswith(str(firm.touchpoint_id)))
    firm.decides("A VPN of the tenth", touchpoint_id=tenth)
    assert find(firm, "vpn") == []


def test_no_touchpoints_find_nothing(log: Firm):
    assert find(log, "vpn", within=[]) == []


def test_a_person_of_very_many_touchpoints_finds_what_is_theirs(firm: Firm):
    number = firm.decides("VPN")
    assert find(firm, "vpn", within=[*range(5_000, 5_600), firm.touchpoint_id]) == [number]


def test_another_organization_finds_nothing_whatever_touchpoint_it_names(engine: Engine):
    ours, theirs = founded(engine), founded(engine, "slack:T2")
    ours.decides("Our VPN")
    assert find(theirs, "vpn", within=[ours.touchpoint_id, theirs.touchpoint_id]) == []
    assert find(ours, "vpn") == [1]


def test_the_longest_text_that_can_be_kept_is_found_by_its_last_word(firm: Firm):
    many = " ".join(f"word{n}" for n in range(5_000))
    number = firm.decides("Long", rationale=many, question="x" * 40_000)
    assert find(firm, "word4999") == find(firm, "x" * 100) == [number]


@pytest.mark.postgres
def test_capitals_that_hide_in_one_character_are_folded_too(shared: Firm):
    """SQLite's own tokenizer folds them once more; PostgreSQL takes the words as they are."""
    number = shared.decides("Move to Cloud™")
    assert find(shared, "cloudtm") == [number]


def test_a_changed_one_keeps_its_place(firm: Firm):
    first, second = firm.decides("VPN one"), firm.decides("VPN two")
    firm.rewrites(first, title="VPN once more")
    assert find(firm, "vpn") == [second, first]


# Filters: tokens of the index itself.


@pytest.fixture
def shelf(firm: Firm) -> Firm:
    """Decisions 1 to 4, of two people, themes and months."""
    firm.decides("VPN one", owner="Dana Reyes", theme=Theme.HYGIENE, recorded_at=MONDAY - 90 * DAY)
    firm.decides("VPN two", owner="Reyes Dana", state=DecisionState.AGREED, recorded_at=MONDAY - 60 * DAY)
    firm.decides("VPN three", recorded_by_id=firm.dana_id, theme=Theme.HYGIENE, recorded_at=MONDAY - 30 * DAY)
    firm.decides("Hygiene agreed by Dana", theme=Theme.THREATS, recorded_at=MONDAY)
    return firm


NARROWED = [
    ("vpn theme:hygiene", [3, 1]),
    ("theme:hygiene", [3, 1]),
    ("theme:hygiene theme:threats", [4, 3, 1]),
    ("hygiene", [4, 3, 1]),
    ("state:agreed", [2]),
    ("state:proposed vpn", [3, 1]),
    ("by:dana", [3, 2, 1]),
    ("by:dan", [3, 2, 1]),
    ("by:ana", []),
    ('by:"Dana Reyes"', [1]),
    ("by:sam", [4, 2, 1]),
    ("by:me", [4, 2, 1]),
    ("by:me theme:hygiene", [1]),
    ("by:nobody", []),
    ("since:45d", [4, 3]),
    ("since:45d vpn", [3]),
    ("since:2031-03-03", [4]),
    ("since:2030", [4, 3, 2, 1]),
    ("in:decisions three", [3]),
    ("D-2", [2]),
    ("D-2 D-3", [3, 2]),
    ("vpn theme:hygiene state:agreed", []),
]


def test_filters_narrow_what_the_words_find(shelf: Firm):
    assert {typed: find(shelf, typed) for typed, _ in NARROWED} == dict(NARROWED)


def test_the_day_of_since_begins_at_midnight_where_the_asker_is(firm: Firm):
    """23:30 UTC on Sunday is Monday in Zurich already."""
    number = firm.decides("VPN", recorded_at=MONDAY.replace(day=2, hour=23, minute=30))
    assert find(firm, "vpn since:2031-03-03") == []
    assert find(firm, "vpn since:2031-03-03", zone="Europe/Zurich") == [number]


def test_since_is_right_however_late_the_old_ones_were_entered(firm: Firm):
    new = firm.decides("VPN new", recorded_at=MONDAY)
    firm.decides("VPN imported", recorded_at=MONDAY - 400 * DAY)
    middle = firm.decides("VPN imported too", recorded_at=MONDAY - 200 * DAY)
    assert find(firm, "vpn since:300d") == [middle, new]


def test_who_turned_out_to_be_somebody_else_is_found_by_either_name(firm: Firm):
    with firm.record() as record:
        old = people.meet(record, "slack:T1/Old", name="Old Account")
        by_old = old.key
    number = firm.decides("VPN", recorded_by_id=by_old)
    with firm.record() as record:
        merging.merge(record, gone=rows.get(record, Person, by_old), into=rows.get(record, Person, firm.sam_id))
    assert find(firm, "by:me") == find(firm, "by:sam") == [number]


@pytest.mark.parametrize("many", [3, MOST_BEGINNING + 5])
def test_a_beginning_finds_all_its_words_however_many_there_are(firm: Firm, many: int):
    numbers = [firm.decides(f"Heron{n} and swan", owner=f"Heron{n}") for n in range(many)]
    firm.decides("Nothing of that")
    assert find(firm, "hero swan", limit=999) == numbers[::-1]
    assert find(firm, "hero sort:relevance", limit=999) == find(firm, "by:hero", limit=999) == numbers[::-1]


# By relevance: the closer to what was typed the better, and the newest first among equals.


def test_relevance_goes_by_title_then_by_whole_words_then_by_age(firm: Firm):
    elsewhere = firm.decides("Something", rationale="the old vpn")
    begun = firm.decides("Something", rationale="older vpns")
    title_begun = firm.decides("Vpns that are older")
    title = firm.decides("VPN, quite old")
    phrase = firm.decides("The old VPN")
    again = firm.decides("Something", rationale="vpn old")
    assert find(firm, "old vpn sort:relevance") == [phrase, title, title_begun, again, elsewhere, begun]
    assert find(firm, "old vpn") == [again, phrase, title, title_begun, begun, elsewhere]
    pages = [find(firm, "old vpn sort:relevance", limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert pages == [[phrase, title], [title_begun, again], [elsewhere, begun], []]


def test_what_is_called_so_comes_before_what_speaks_of_it(firm: Firm):
    one = firm.decides("Switch the VPN off")
    assert one == 1
    others = [firm.decides(f"As D-1 says, part {part}") for part in range(3)]
    assert find(firm, "d-1") == [one, *others[::-1]]
    assert [find(firm, "d-1", limit=2, offset=offset) for offset in (0, 2)] == [
        [one, others[2]],
        [others[1], others[0]],
    ]


# A phrase has the same limits on both: what a tsvector can place.


def test_a_phrase_is_found_in_a_long_text_as_far_as_words_have_places(firm: Firm):
    filler = " ".join(f"w{n}" for n in range(MOST_PLACED))
    early = firm.decides("Early", rationale=f"red heron {filler}")
    late = firm.decides("Late", rationale=f"{filler} red heron")
    assert find(firm, '"red heron"') == [early]
    assert find(firm, "red heron") == [late, early]


def test_a_word_that_occurs_very_often_is_found_and_its_phrases_are_as_long_as_it_has_places(firm: Firm):
    number = firm.decides("Often", rationale="red heron blue " * (MOST_OF_ONE + 5) + "red swan green")
    assert find(firm, '"red heron"') == find(firm, "red heron swan") == [number]
    assert find(firm, '"red swan"') == find(firm, '"blue swan"') == []


# Typing errors: the nearest word, of what the asker may see.


def forgiven(firm: Firm, words: str, within: list[int] | None = None) -> str:
    """What it was taken for; empty if nothing was mended."""
    reach = Reach(touchpoint_ids=within or [firm.touchpoint_id])
    with firm.record(writes=False) as record:
        meant = finding.forgiven(record, query_in(words, today=MONDAY.date()), reach)
    return " ".join(term.words[0] for term in meant.terms) if meant else ""


SLIPS = [
    ("mitagation", "mitigation"),
    ("mtiigation", "mitigation"),
    ("mitigationn plan", "mitigation plan"),
    ("firewal", ""),  # It begins a word that there is.
    ("frewall", "firewall"),
    ("fierwall", "firewall"),
    ("friewlal", "firewall"),
    ("ferwell", ""),
    ("paln", "plan"),
    ("pln", ""),
    ("palm", ""),
    ('"mitagation plan"', ""),
    ("mitigation", ""),
    ("mitagation zzzzzz", ""),
]


def test_slips_are_forgiven(firm: Firm):
    firm.decides("Mitigation plan", rationale="the firewall")
    assert {typed: forgiven(firm, typed) for typed, _ in SLIPS} == dict(SLIPS)


def test_no_word_of_another_record_is_given_away(firm: Firm):
    there = firm.touchpoint("slack:T1/C-board")
    firm.decides("Acquisition of Heronworks", touchpoint_id=there)
    assert forgiven(firm, "heronwork") == forgiven(firm, "heronwroks") == ""
    assert forgiven(firm, "heronwroks", [there]) == "heronworks"
    assert forgiven(firm, "acquisitoin", [firm.touchpoint_id, there]) == "acquisition"


def test_a_word_that_nothing_has_any_more_is_offered_to_nobody(firm: Firm):
    number = firm.decides("Mitigation")
    firm.rewrites(number, title="Something else")
    assert forgiven(firm, "mitagation") == ""


def test_what_is_removed_is_found_no_more(firm: Firm):
    firm.decides("VPN")
    with firm.record() as record:
        (hit,) = finding.find(record, Query(), Reach(touchpoint_ids=[firm.touchpoint_id]), limit=9)
        search.remove(record, subject=hit.subject, subject_id=hit.subject_id)
    assert find(firm, "vpn") == []
