"""What can I do here? Drawn from the registry, so it cannot be out of date."""

from collections.abc import Sequence
from dataclasses import replace

from agenda.errors import BadInput
from bot.cards import Block, Button, Card, Item, ItemList, Note, Paragraph, card
from bot.replies import Answer
from bot.turns import Command, Noun, Press, Replies, Topic, Turn

INTRO = "Touchpoint keeps CIO and CISO in step: one agenda, the decisions you both agree, the risks you both see."
HINT = Note("What a command shows is for you alone until you press Share. In the direct chat, just type the words.")
LONGEST_ECHO = 60


def help_(turn: Turn, topic: str) -> Replies:
    """What is used every day and the topics, or all of one topic."""
    if not topic:
        return [Answer(card=overview(turn.registry.topics, turn.registry.daily))]
    found = topic_of(turn.registry.topics, topic.lower().split()[0])
    if found is None:
        names = ", ".join(one.name for one in turn.registry.topics)
        raise BadInput(f"There is no help on “{topic}”.", f"Topics: {names}.")
    return [Answer(card=card(f"Help: {found.name}", Paragraph(found.summary), *listed(found), HINT))]


def topic_of(topics: Sequence[Topic], wanted: str) -> Topic | None:
    """By its own name, by that of one of its nouns, or by the first word of one of its commands."""
    for topic in topics:
        names = {topic.name, *(noun.name for noun in topic.nouns)}
        if wanted.rstrip("s") in {name.rstrip("s") for name in names}:
            return topic
    for topic in topics:
        if any(command.words[0] == wanted for noun in topic.nouns for command in noun.commands):
            return topic
    return None


def overview(topics: Sequence[Topic], daily: Sequence[Command]) -> Card:
    """What is used every day, a line each; everything else is one tap away."""
    usual = ItemList(tuple(map(line_of, daily)), "Every day")
    more = tuple(Item(title=topic.name.capitalize(), detail=topic.summary, buttons=(shows(topic),)) for topic in topics)
    return card("What Touchpoint does", Paragraph(INTRO), usual, ItemList(more, "Everything else"), HINT)


def shows(topic: Topic) -> Button:
    """One topic whole."""
    return Button(action="help", label="Show", value=topic.name)


def listed(topic: Topic) -> list[Block]:
    """Its commands as people type them, and what it offers in the menu of a message."""
    typed = tuple(line_of(command) for noun in topic.nouns for command in noun.commands)
    shortcuts = [shortcut for noun in topic.nouns for shortcut in noun.shortcuts.values()]
    chosen = tuple(Item(title=shortcut.label, detail=shortcut.summary) for shortcut in shortcuts)
    return [ItemList(typed), *([ItemList(chosen, "In the menu of any message")] if chosen else [])]


def line_of(command: Command) -> Item:
    """As people type it, and what comes of it."""
    return Item(title=command.usage, detail=command.summary)


def unknown_command(text: str, nearest: Command | None) -> Card:
    """No such command; perhaps that one?"""
    first_line = text.strip().split("\n", 1)[0]
    echo = first_line if len(first_line) <= LONGEST_ECHO else first_line[: LONGEST_ECHO - 1] + "…"
    title = f"There is no command “{echo}”."
    all_commands = Button(action="help", label="All commands")
    kept = [Note(f"You typed: {text}")] if echo != text.strip() or len(text.split()) > 2 else []
    if nearest is None:
        return card(title, Paragraph("“help” shows what I can do."), *kept, buttons=[all_commands])
    run = Button(action="help.run", label=nearest.name, value=nearest.name, style="primary")
    buttons = [all_commands] if nearest.argument.startswith("<") else [run, all_commands]
    return card(title, Paragraph(f"Did you mean “{nearest.usage}”?"), *kept, buttons=buttons)


def run(turn: Turn, value: str) -> Replies:
    """The command that was meant."""
    command = turn.registry.nearest(value)
    if command is None or command.name != value or command.argument.startswith("<"):
        raise BadInput("That button belongs to an older card.", "Type the command instead.")
    return command.handle(replace(turn, right=command.right), "")


NOUN = Noun(
    name="help",
    summary="What I can do, and how to say it.",
    commands=(Command(words=("help",), argument="[topic]", summary="Show what I can do", handle=help_, right=None),),
    buttons={
        "help": Press(handle=help_, right=None),
        "help.run": Press(handle=run, writes=True, right=None),
    },
)
