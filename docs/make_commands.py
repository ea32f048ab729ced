"""Writes docs/commands.md from the one command registry: `python -m docs.make_commands`. A test holds the two together."""

from pathlib import Path

from bot.commands import REGISTRY

PAGE = Path(__file__).parent / "commands.md"
HEAD = """# Commands

Written from the registry by `python -m docs.make_commands`; `/touchpoint help` shows the same in chat.

On Slack say `/touchpoint` and the words. On Teams mention the bot and say the words, or just say them in the direct chat;
the playground takes both. `<this>` must be there, `[this]` may. What a command shows is for its asker alone, until they
press Share.
"""


def reference() -> str:
    """The whole page."""
    parts = [HEAD]
    for topic in REGISTRY.topics:
        commands = [command for noun in topic.nouns for command in noun.commands]
        shortcuts = [shortcut for noun in topic.nouns for shortcut in noun.shortcuts.values()]
        rows = "\n".join(f"| `{command.usage}` | {command.summary} |" for command in commands)
        chosen = "\n".join(f"| {shortcut.label} | {shortcut.summary} |" for shortcut in shortcuts)
        table = f"\n| say | what it does |\n| --- | --- |\n{rows}\n" if rows else ""
        menu = f"\n| choose in a message's menu | what it does |\n| --- | --- |\n{chosen}\n" if chosen else ""
        parts.append(f"\n## {topic.name.capitalize()}\n\n{topic.summary}\n{table}{menu}")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
