"""What can I do here? Drawn from the registry, so it cannot be out of date."""

from collections.abc import Sequence
from dataclasses import replace

from agenda.errors import BadInput
from bot.cards import Button, Card, Item, ItemList, Note, Paragraph, card
from bot.replies import Answer
from bot.turns import Command, Noun, Press, Replies, Turn

INTRO = "Touchpoint keeps CIO and CISO in step: one agenda, the decisions you both agree, the risks you both see."
LONGEST_ECHO = 60


def help_(turn: Turn, topic: str) -> Replies:
    """All commands, or one noun's."""
    nouns = turn.registry.nouns
    if not topic:
        return [Answer(card=overview(nouns))]
    wanted = topic.lower().split()[0]
    for noun in nouns:
        if wanted.rstrip("s") == noun.name.rstrip("s") or any(command.words[0] == wanted for command in noun.commands):
            return [Answer(card=card(f"Help: {noun.name}", Paragraph(noun.summary), listed(noun)))]
    raise BadInput(f"There is no help on “{topic}”.", f"Topics: {', '.join(noun.name for noun in nouns)}.")


def overview(nouns: Sequence[Noun]) -> Card:
    """Everything, a line each."""
    lists = tuple(listed(noun, heading=noun.name.capitalize()) for noun in nouns if noun.commands or noun.shortcuts)
    hint = Note(
        "What a command shows is for you alone until you press Share here. In the direct chat, just type the words."
    )
    return card("What Touchpoint does", Paragraph(INTRO), *lists, hint)


def listed(noun: Noun, heading: str = "") -> ItemList:
    """A noun's commands as people type them, and what it offers in the menu of a message."""
    typed = [Item(title=command.usage, detail=command.summary) for command in noun.commands]
    chosen = [Item(title=shortcut.label, detail=shortcut.summary) for shortcut in noun.shortcuts.values()]
    return ItemList(items=(*typed, *chosen), heading=heading)


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
        "help": Press(handle=lambda turn, _value: help_(turn, ""), right=None),
        "help.run": Press(handle=run, writes=True, right=None),
    },
)
