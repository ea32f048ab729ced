"""What people type to find something, and the excerpt that shows what was found."""

from datetime import date

import pytest

from agenda.errors import BadInput
from agenda.queries import LONGEST, MOST_WORDS, STATES, Query, query_in
from agenda.themes import Theme
from agenda.words import EXCERPT, Term, excerpt, words_in

TODAY = date(2031, 3, 3)  # A Monday.


def read(text: str) -> Query:
    return query_in(text, today=TODAY)


def begins(*words: str) -> tuple[Term, ...]:
    return tuple(Term((word,), begins=True) for word in words)


WORDS = [
    ("vpn", begins("vpn")),
    ("VPN* old", begins("vpn", "old")),
    ("vpn vpn", begins("vpn")),
    ("(vpn & !old)", begins("vpn", "old")),
    ('"old vpn"', (Term(("old", "vpn")),)),
    ("„Alte Straße“", (Term(("alte", "strasse")),)),
    ('"vpn"', (Term(("vpn",)),)),
    ("soc-2", (Term(("soc", "2")),)),
    ("don't", (Term(("don", "t")),)),
    ('vpn"', begins("vpn")),
    ('contract "old vpn" new', (*begins("contract"), Term(("old", "vpn")), *begins("new"))),
    ("12:30", (Term(("12", "30")),)),
    ("https://example.test/a?b=c", (Term(("https", "example", "test", "a", "b", "c")),)),
    ("C:\\vpn", (Term(("c", "vpn")),)),
    ("vpn:*", begins("vpn")),
    ("Re: budget", begins("re", "budget")),
    ('"by:dana"', (Term(("by", "dana")),)),
]


@pytest.mark.parametrize(("typed", "terms"), WORDS)
def test_words_and_phrases(typed: str, terms: tuple[Term, ...]):
    assert read(typed) == Query(text=typed, terms=terms)


def test_filters_beside_words():
    asked = read('vpn by:me by:Dana BY:"Dana Reyes" theme:Hygiene state:agreed in:risks in:Decision sort:relevance')
    assert asked.terms == begins("vpn")
    assert (asked.me, asked.by) == (True, (("dana",), ("dana", "reyes")))
    assert (asked.themes, asked.states, asked.subjects) == ((Theme.HYGIENE,), ("agreed",), ("risk", "decision"))
    assert asked.by_relevance
    assert not read("vpn sort:relevance sort:newest").by_relevance


def test_an_id_is_looked_for_as_it_is_called():
    assert read("d-012 vpn").refs == ("D-12",)
    assert read("d-012").terms == (Term(("d", "12")),)
    assert read("D12 SOC-2 D-1234567890").refs == ()


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_asked_for(state: str):
    assert read(f"state:{state}").states == (state,)


DAYS = [
    ("2031-03-01", date(2031, 3, 1)),
    ("march", date(2031, 3, 1)),
    ("april", date(2030, 4, 1)),
    ("30d", date(2031, 2, 1)),
    ("2w", date(2031, 2, 17)),
    ("friday", date(2031, 2, 28)),
    ("today", TODAY),
    ("yesterday", date(2031, 3, 2)),
    ("2029", date(2029, 1, 1)),
    ('"14 Feb"', date(2031, 2, 14)),
    ("999y", date(1032, 10, 31)),
]


@pytest.mark.parametrize(("typed", "day"), DAYS)
def test_since_a_day_that_was(typed: str, day: date):
    assert read(f"since:{typed}").since == day


WRONG = [
    ("", "There is nothing to look for."),
    ("!!! …", "There is nothing to look for."),
    ('"', "There is nothing to look for."),
    ("ownr:dana", "There is no filter “ownr:”. There are by:, theme:, since:, state:, in: or sort:."),
    ("stat:open", "Did you mean “state:”?"),
    ("threats:vpn", "Write “theme:threats”."),
    ("theme:hygene", "Did you mean “theme:hygiene”? It can be threats, investment,"),
    ("state:agred", "Did you mean “state:agreed”?"),
    ("in:risk-register", "It can be decisions, risks, promises, asks, initiatives, agenda or minutes."),
    ("sort:best", "It can be newest or relevance."),
    ("since:soonish", "I cannot read “since:soonish” as a day that was. Write it like since:2031-03-01"),
    ("since:tomorrow", "“since:tomorrow” is ahead."),
    ("since:2032", "“since:2032” is ahead."),
    ("since:2031-02-30", "I cannot read"),
    ("x" * (LONGEST + 1), f"That is {LONGEST + 1} characters; at most {LONGEST} can be looked for."),
    (" ".join("abcdefghijklmnopqrstuvwxyz"[: MOST_WORDS + 1]), f"That is more than {MOST_WORDS} words."),
]


@pytest.mark.parametrize(("typed", "says"), WRONG)
def test_what_cannot_be_meant_is_said_with_what_to_do(typed: str, says: str):
    with pytest.raises(BadInput) as refused:
        read(typed)
    assert says in str(refused.value)
    assert refused.value.mend


def test_words_are_cut_out_without_case_and_accents():
    assert words_in("Über-Müller! ﬁsh İzmir Ⅷ Cloud™ e\u0301te\u0301 ΣΑΣ") == [
        *("uber", "muller", "fish", "izmir", "viii", "cloudtm", "ete", "σασ")
    ]


def marked(text: str, *terms: Term) -> str:
    """The excerpt, its matches in brackets."""
    return "".join(f"[{part}]" if match else part for part, match in excerpt(text, terms))


def test_the_excerpt_marks_whole_words_as_they_were_written():
    assert marked("The Straße, and Cloud™\nfor all", *begins("stras", "cloud")) == "The [Straße], and [Cloud™] for all"
    assert marked("old VPN and VPN old", Term(("old", "vpn"))) == "[old VPN] and VPN old"
    assert marked("nothing of it", *begins("vpn")) == ""


def test_the_excerpt_of_a_long_text_begins_a_little_before_the_match_and_says_what_it_leaves_out():
    said = marked(f"{'before ' * 200}the old VPN {'behind ' * 200}", *begins("vpn"))
    assert said.startswith("…before ")
    assert said.endswith(" behind…")
    assert " [VPN] " in said
    assert len(said) < EXCERPT + 5
    assert marked(f"{'x' * 400} vpn {'y' * 400}", *begins("vpn")).startswith("…[vpn] yyy")
    assert marked("z" * 400, *begins("z")) == f"[{'z' * 400}]"
