"""Words to decisions: one table of cases, the same on both databases."""

import pytest
from sqlalchemy import Engine

from storage import decisions
from storage.search import MOST_WORDS, words_of
from tests.storage.firm import Firm, founded


def find(firm: Firm, words: str, *, within: list[int] | None = None, limit: int = 50, offset: int = 0) -> list[int]:
    """The numbers of the decisions that are found, in that order."""
    scope = [firm.touchpoint_id] if within is None else within
    with firm.record(writes=False) as record:
        return [row[0] for row in decisions.find(record, words, scope, limit=limit, offset=offset)]


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
    ("", []),
    ("   ", []),
    ("!?…—", []),
    # Whatever means something to FTS5 or to a tsquery is only a word, or nothing, when a person types it.
    ("vpn OR passkeys", []),
    ("vpn NOT off", []),
    ("NOT vpn", []),
    ("vpn AND off", []),
    ('"old vpn"', [1]),
    ('"', []),
    ('vpn"', [1]),
    ("vpn*", [1]),
    ("*", []),
    ("^switch", [1]),
    ("vpn:*", [1]),
    ("vpn | passkeys", []),
    ("!vpn", [1]),
    ("vpn & off", [1]),
    ("(vpn", [1]),
    ("vpn <-> off", [1]),
    ("NEAR(vpn off)", []),
    ("words:vpn", []),
    ("{words} : vpn", []),
    ("'; DROP TABLE decision; --", []),
    ("vpn'", [1]),
    ("\\", []),
    ("%", []),
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
    "typed", ["t{there}", "t{there} vpn", "scope:t{there}", "scope:t{there} OR vpn", 'vpn" OR scope:"t{there}']
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


def test_words_are_cut_out_once_each_without_case_and_accents():
    assert words_of("Über-Müller, uber muller! ﬁsh İzmir Ⅷ") == ["uber", "muller", "fish", "izmir", "viii"]


@pytest.mark.postgres
def test_capitals_that_hide_in_one_character_are_folded_too(shared: Firm):
    """SQLite's own tokenizer folds them once more; PostgreSQL takes the words as they are."""
    number = shared.decides("Move to Cloud™")
    assert find(shared, "cloudtm") == [number]


def test_every_word_counts_however_many_there_are(firm: Firm):
    firm.decides(" ".join(f"word{n}" for n in range(MOST_WORDS)))
    assert find(firm, " ".join(f"word{n}" for n in range(MOST_WORDS + 1))) == []
