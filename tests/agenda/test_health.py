"""Figures held against each other, in words; and which one is worth talking about."""

import pytest

from agenda.health import (
    ABOUT,
    OF_ONE_CHAIR,
    Measure,
    beyond,
    change,
    change_in_words,
    compared,
    headline,
    in_words,
    to_talk_about,
)


def test_every_measure_is_described_and_fits_a_chart():
    assert ABOUT.keys() == set(Measure)
    assert all(0 < len(about.label) <= 20 for about in ABOUT.values())
    assert len({about.label for about in ABOUT.values()}) == len(ABOUT)
    assert all(about.counted.endswith(".") for about in ABOUT.values())


def test_what_is_said_of_one_chair_is_never_proposed():
    assert all(ABOUT[one].norm is None and not ABOUT[one].question for one in OF_ONE_CHAIR)
    assert to_talk_about(dict.fromkeys(OF_ONE_CHAIR, 0.0)) is None


@pytest.mark.parametrize(
    ("measure", "value", "said"),
    [
        (Measure.CADENCE, 83.4, "83 %"),
        (Measure.CADENCE, 0, "0 %"),
        (Measure.KEYS, 3.46, "3.5 days"),
        (Measure.KEYS, 1, "1 day"),
        (Measure.KEYS, 0.96, "1 day"),
        (Measure.RISK_AGE, 112.4, "112 days"),
        (Measure.DEFERRALS, 1.5, "1.5"),
        (Measure.OWNERS, None, "–"),
    ],
)
def test_a_figure_is_short(measure: Measure, value: float | None, said: str):
    assert in_words(measure, value) == said


def test_better_is_a_word_and_the_arrow_is_the_figures():
    assert change_in_words(Measure.CADENCE, 90, 80) == "↑ better"
    assert change_in_words(Measure.KEYS, 2, 5) == "↓ better"
    assert change_in_words(Measure.KEYS, 5, 2) == "↑ worse"
    assert change_in_words(Measure.KEYS, 5, None) == ""


def test_what_looks_the_same_is_the_same():
    assert change(Measure.CADENCE, 83.4, 82.6) == "same"
    assert change_in_words(Measure.CADENCE, 83.4, 82.6) == "= same"


def test_one_line_says_it_all():
    now = {Measure.CADENCE: 90.0, Measure.KEYS: 5.0, Measure.OWNERS: 1.0}
    before = {Measure.CADENCE: 80.0, Measure.KEYS: 2.0, Measure.JOINED: 50.0}
    assert headline(compared(now, before)) == "Better than last quarter in 1 of 2"
    assert headline(compared(now, now)) == "The same as last quarter"
    assert headline(compared(now, {})) == "How we work together"


def test_the_furthest_beyond_its_norm_is_talked_about():
    assert to_talk_about({}) is None
    assert to_talk_about({Measure.CADENCE: 80, Measure.KEYS: 14, Measure.OWNERS: 0}) is None
    assert to_talk_about({Measure.CADENCE: 60, Measure.KEYS: 15}) is Measure.CADENCE
    assert to_talk_about({Measure.CADENCE: 60, Measure.KEYS: 28}) is Measure.KEYS
    assert to_talk_about({Measure.PROMISES: 0, Measure.CADENCE: 0}) is Measure.CADENCE


def test_beyond_a_norm_of_nothing_each_one_counts():
    assert beyond(Measure.OWNERS, 2) == 2
    assert beyond(Measure.OWNERS, 0) == 0
