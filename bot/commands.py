"""The one registry: which words are which command, button, form, card or shortcut.

Help and both platforms' manifests are made of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from agenda.conversations import Conversation
from agenda.nudges import NudgeKind
from bot import nudging
from bot.handlers import find, inserts, mine
from bot.handlers.access import help, members, people
from bot.handlers.agenda import agenda, captures, escalations, items, questions
from bot.handlers.decisions import decisions, reviews
from bot.handlers.decisions import ends as decision_ends
from bot.handlers.decisions import keys as decision_keys
from bot.handlers.decisions import log as decision_log
from bot.handlers.health import health, pulses
from bot.handlers.hygiene import habits as hygiene_habits
from bot.handlers.hygiene import hygiene
from bot.handlers.hygiene import posts as hygiene_posts
from bot.handlers.initiatives import ends as initiative_ends
from bot.handlers.initiatives import gates, initiatives
from bot.handlers.initiatives import log as initiative_log
from bot.handlers.initiatives import sets as question_sets
from bot.handlers.investment import asks, estimates, portfolio, spending
from bot.handlers.investment import log as ask_log
from bot.handlers.me import absences, home, nudges
from bot.handlers.owners import changes as owner_changes
from bot.handlers.owners import checks as ownership_checks
from bot.handlers.owners import owners
from bot.handlers.promises import changes as action_changes
from bot.handlers.promises import log as action_log
from bot.handlers.promises import promises as actions
from bot.handlers.risks import acceptance_ends, acceptances, policy, risks
from bot.handlers.risks import changes as risk_changes
from bot.handlers.risks import log as risk_log
from bot.handlers.risks import matrix as risk_matrix
from bot.handlers.syncs import (
    calendar,
    conversations,
    greetings,
    homes,
    minutes,
    schedule,
    settings,
    syncs,
    touchpoints,
)
from bot.handlers.threats import deeds, threats, watch
from bot.handlers.threats import settings as threat_settings
from bot.turns import Ask, Command, Draw, FormKind, Noun, Opener, Press, Search, Shortcut, Topic

ALIKE_ENOUGH = 60.0
REFERENCE = re.compile(r"(?:[a-z]{1,3}-?)?\d{1,9}", re.IGNORECASE)  # `R-7`, `r7`, `7`


class Registry:
    """All nouns, put together. Two that claim the same word, button, form, card or shortcut are a mistake in the code."""

    def __init__(self, topics: Sequence[Topic], *, daily: Sequence[str] = ()) -> None:
        self.topics = tuple(topics)
        nouns = self.nouns = tuple(noun for topic in topics for noun in topic.nouns)
        self.commands = tuple(command for noun in nouns for command in of_noun(noun).commands)
        self.by_words = {command.words: command for command in self.commands}
        self.daily = tuple(self.by_words[tuple(name.split())] for name in daily)
        self.buttons: dict[str, Press] = {}
        self.forms: dict[str, FormKind] = {}
        self.cards: dict[str, Draw] = {}
        self.asks: dict[NudgeKind, Ask] = {}
        self.shortcuts: dict[str, Shortcut] = {}
        self.openers: dict[str, Opener] = {}
        self.searches: dict[str, Search] = {}
        for noun in map(of_noun, nouns):
            self.buttons |= noun.buttons
            self.forms |= noun.forms
            self.cards |= noun.cards
            self.asks |= noun.asks
            self.shortcuts |= noun.shortcuts
            self.openers |= noun.openers
            self.searches |= noun.searches
        self.cards[nudging.KIND] = nudging.drawn_by(self.asks)
        self._longest = max(len(words) for words in self.by_words)

    def __iter__(self) -> Iterator[Command]:
        return iter(self.commands)

    def match(self, text: str) -> tuple[Command, str] | None:
        """The command that a text begins with, the longest first, and what stands behind it. “risk 7” shows R-7."""
        words = text.split(maxsplit=self._longest)
        for length in range(min(self._longest, len(words)), 0, -1):
            command = self.by_words.get(tuple(word.lower() for word in words[:length]))
            if command:
                return command, _behind(text, length)
        show = self.by_words.get((words[0].lower(), "show")) if len(words) == 2 else None
        return (show, words[1]) if show and REFERENCE.fullmatch(words[1]) else None

    def exact(self, text: str) -> tuple[Command, str] | None:
        """The same, where a text is as likely an ordinary sentence: only if all of it can be the command.

        "Start with the budget" is something to talk about, and so is "risk appetite"; `risk list` is a command.
        """
        matched = self.match(text)
        if matched is None:
            return None
        command, behind = matched
        if bool(behind) and not command.argument:
            return None
        if command.argument.startswith("<") and not behind:
            return None
        if command.argument and len(command.words) == 1 and not command.reads(behind):
            return None
        return matched

    def opens_form(self, text: str) -> bool:
        """Will a form be the answer to this, as far as the words tell?"""
        matched = self.match(text)
        if matched is None:
            return False
        command, behind = matched
        fits = {"<": bool(behind), "[": not behind}.get(command.argument[:1], True)
        return command.opens_form and fits

    def nearest(self, text: str) -> Command | None:
        """The command whose words look most like what was typed, if any does."""
        typed = " ".join(text.lower().split()[: self._longest])
        names = {command.name: command for command in self.commands}
        alike = process.extract(typed, names.keys(), scorer=fuzz.WRatio, score_cutoff=ALIKE_ENOUGH, limit=None)
        # Of those that hold some of it, the one most like all of it: else a short name wins over a long one that is misspelt.
        best = max(alike, key=lambda found: fuzz.ratio(typed, found[0]), default=None)
        return names[best[0]] if best else None


def of_noun(noun: Noun) -> Noun:
    """With everything in it marked as what its conversation has."""
    talk = noun.conversation
    if talk is None:
        return noun
    return replace(
        noun,
        commands=tuple(replace(one, conversation=talk) for one in noun.commands),
        buttons={action: replace(one, conversation=talk) for action, one in noun.buttons.items()},
        forms={name: replace(one, conversation=talk) for name, one in noun.forms.items()},
        shortcuts={action: replace(one, conversation=talk) for action, one in noun.shortcuts.items()},
        searches={kind: replace(one, conversation=talk) for kind, one in noun.searches.items()},
    )


def _behind(text: str, words: int) -> str:
    """What stands behind so many words, its own line feeds and spaces untouched."""
    parts = text.split(maxsplit=words)
    return parts[words].strip() if len(parts) > words else ""


TOPICS = (
    Topic(
        name="agenda",
        summary="What the next sync is about: points of yours, and what the record brings up by itself.",
        nouns=(agenda.NOUN, items.NOUN, questions.NOUN, escalations.NOUN, captures.NOUN),
    ),
    Topic(
        name="syncs",
        summary="When you two meet, what comes before it and what is left of it.",
        nouns=(
            touchpoints.NOUN,
            greetings.NOUN,
            conversations.NOUN,
            homes.NOUN,
            schedule.NOUN,
            syncs.NOUN,
            minutes.NOUN,
            settings.NOUN,
            calendar.NOUN,
        ),
    ),
    Topic(
        name="decisions",
        summary=decisions.NOUN.summary,
        nouns=(decisions.NOUN, decision_keys.NOUN, decision_ends.NOUN, reviews.NOUN, decision_log.NOUN),
    ),
    Topic(
        name="risks",
        summary=risks.NOUN.summary,
        nouns=(
            risks.NOUN,
            risk_log.NOUN,
            risk_matrix.NOUN,
            risk_changes.NOUN,
            acceptances.NOUN,
            acceptance_ends.NOUN,
            policy.NOUN,
        ),
    ),
    Topic(
        name="promises",
        summary=actions.NOUN.summary,
        nouns=(actions.NOUN, action_log.NOUN, action_changes.NOUN),
    ),
    Topic(
        name="owners",
        summary=owners.NOUN.summary,
        nouns=(owners.NOUN, owner_changes.NOUN, ownership_checks.NOUN),
    ),
    Topic(
        name="threats",
        summary=Conversation.THREATS.summary,
        nouns=(threats.NOUN, deeds.NOUN, watch.NOUN, threat_settings.NOUN),
    ),
    Topic(
        name="investment",
        summary=Conversation.INVESTMENT.summary,
        nouns=(asks.NOUN, estimates.NOUN, ask_log.NOUN, spending.NOUN, portfolio.NOUN),
    ),
    Topic(
        name="initiatives",
        summary=Conversation.INITIATIVES.summary,
        nouns=(initiatives.NOUN, initiative_log.NOUN, gates.NOUN, initiative_ends.NOUN, question_sets.NOUN),
    ),
    Topic(
        name="hygiene",
        summary=Conversation.HYGIENE.summary,
        nouns=(hygiene.NOUN, hygiene_posts.NOUN, hygiene_habits.NOUN),
    ),
    Topic(name="health", summary=Conversation.HEALTH.summary, nouns=(health.NOUN, pulses.NOUN)),
    Topic(name="find", summary=find.NOUN.summary, nouns=(find.NOUN, inserts.NOUN)),
    Topic(
        name="me",
        summary="What I ask of you and when, your hours, your leave, and who stands in for you.",
        nouns=(home.NOUN, mine.NOUN, nudges.NOUN, absences.NOUN),
    ),
    Topic(
        name="access",
        summary="Who may see and do what here, and how Slack and Teams are joined.",
        nouns=(members.NOUN, people.NOUN, help.NOUN),
    ),
)
DAILY = (
    "home",
    "agenda",
    "agenda add",
    "find",
    "decision add",
    "risk add",
    "promise add",
    "who owns",
    "risk list",
    "decision list",
    "owe",
    "minutes",
    "help",
)
REGISTRY = Registry(TOPICS, daily=DAILY)
