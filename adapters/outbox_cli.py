"""`touchpoint outbox`: what is owed and did not get there, why, what will become of it, and what the operator can do.

It works on the record while servers run: they take up what is due within seconds. It never shows what a message says.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from adapters import terminal
from agenda.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from storage.outbox_operator import Condition

outbox = typer.Typer(help="Messages that are owed: late, unknown, dead.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Its number, as `list` shows it.", min=1)]


def _platform(word: str) -> str:
    if word not in ("", *PLATFORMS):
        raise typer.BadParameter(f"“{word}” is no platform; write {', '.join(PLATFORMS[:-1])} or {PLATFORMS[-1]}.")
    return word


PLATFORMS = ("slack", "teams", "play", "sample")
Platform = Annotated[
    str, typer.Option("--platform", help="slack, teams or play (the playground) alone.", callback=_platform)
]
TWICE = "Nobody knows whether it was delivered, so it may arrive twice."
TAKEN_UP = "A running server takes it up within seconds."


@outbox.command("list")
def show(
    most: Annotated[int, typer.Option("--most", help="How many to show.", min=1, max=1000)] = 20,
    only: Annotated[str, typer.Option("--only", help="One condition alone, such as dead or planned.")] = "",
    platform: Platform = "",
) -> None:
    """How many messages are in which condition, and the most urgent ones."""
    from storage import outbox_operator
    from storage.outbox_operator import URGENT

    engine, now = terminal.record(), datetime.now(UTC)
    which = (_condition(only),) if only else URGENT
    counted = outbox_operator.counts(engine, now=now)
    _table(*_counts({name: row for name, row in counted.items() if platform in ("", name)}))
    lines = outbox_operator.urgent(engine, now=now, limit=most, which=which, platform=platform)
    typer.echo("")
    if not lines:
        typer.echo(f"Nothing is {only}." if only else "Nothing is late, unknown, dead or on its way.")
        return
    _table(
        ("id", "is", "kind", "conversation", "due", "attempts", "reason"),
        [
            (
                str(one.id),
                one.condition.value,
                one.kind + (", drawn again" if one.message else ""),
                one.conversation,
                f"{one.due_at:%Y-%m-%d %H:%M}",
                str(one.attempts),
                one.reason,
            )
            for one in lines
        ],
    )
    typer.echo(f"\n“touchpoint outbox explain {lines[0].id}” says what will become of it, and what you can do.")


@outbox.command()
def explain(number: Number) -> None:
    """One message in plain words: what it is about, what happened, what will happen, and what you can do."""
    from adapters.outbox_words import explained
    from storage import outbox_operator

    for text in explained(outbox_operator.look(terminal.record(), number, now=datetime.now(UTC))):
        typer.echo(text)


@outbox.command()
def retry(
    number: Annotated[int | None, typer.Argument(help="Its number, as `list` shows it.", min=1)] = None,
    unknown: Annotated[bool, typer.Option("--unknown", help="All that are unknown.")] = False,
    dead: Annotated[bool, typer.Option("--dead", help="All that are dead.")] = False,
    platform: Platform = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, even if something may arrive twice.")] = False,
) -> None:
    """Make a message due again now. One that is unknown may arrive twice: that is asked first."""
    if (number is not None) + unknown + dead != 1 or (platform and number is not None):
        raise BadInput(
            "Say which: one number, or all that are unknown, or all that are dead.",
            "“touchpoint outbox retry 17”, “touchpoint outbox retry --dead --platform slack”.",
        )
    if number is not None:
        _retry_one(terminal.record(), number, yes=yes)
    else:
        _retry_all(terminal.record(), "unknown" if unknown else "dead", platform, yes=yes)


@outbox.command()
def drop(number: Number) -> None:
    """Give a message up: it is never sent. One that stands already stays as it is."""
    from storage import outbox_operator

    engine = terminal.record()
    outbox_operator.drop(engine, number, now=datetime.now(UTC))
    stands = outbox_operator.look(engine, number, now=datetime.now(UTC)).message
    typer.echo(f"{number} stays as it stands." if stands else f"{number} will not be sent.")


def _retry_one(engine: "Engine", number: int, *, yes: bool) -> None:
    from storage import outbox_operator
    from storage.outbox_operator import Condition

    one = outbox_operator.look(engine, number, now=datetime.now(UTC))
    if one.condition is Condition.UNKNOWN:
        _agreed(TWICE, yes=yes)
    outbox_operator.retry(engine, number, now=datetime.now(UTC))
    typer.echo(f"{number} is due now. {TAKEN_UP}")


def _retry_all(engine: "Engine", which: str, platform: str, *, yes: bool) -> None:
    from storage import outbox_operator
    from storage.outbox_operator import Condition

    counted = outbox_operator.counts(engine, now=datetime.now(UTC))
    there = sum(row.get(Condition(which), 0) for name, row in counted.items() if platform in ("", name))
    if there and which == "unknown":
        _agreed(f"{there} {'is' if there == 1 else 'are'} unknown. {TWICE.replace('it ', 'each ', 2)}", yes=yes)
    done = outbox_operator.retry_all(engine, Condition(which), now=datetime.now(UTC), platform=platform)
    typer.echo(f"{done} made due now. {TAKEN_UP if done else f'Nothing was {which}.'}".strip())


def _agreed(warning: str, *, yes: bool) -> None:
    """Asks, where somebody is there to answer."""
    import sys

    if yes:
        return
    if not sys.stdin.isatty():
        raise BadInput(warning, "Add --yes if that is all right.")
    typer.confirm(f"{warning} Send again?", abort=True)


def _condition(word: str) -> "Condition":
    from storage.outbox_operator import Condition

    try:
        return Condition(word)
    except ValueError:
        words = ", ".join(each.value for each in Condition)
        raise BadInput(f"“{word}” is no condition of a message.", f"These are: {words}.") from None


def _counts(counted: "dict[str, dict[Condition, int]]") -> "tuple[Sequence[str], list[tuple[str, ...]]]":
    from storage.outbox_operator import Condition

    heads = ("platform", *(each.value for each in Condition))
    return heads, [(name, *(str(row.get(each, 0)) for each in Condition)) for name, row in counted.items()]


def _table(heads: "Sequence[str]", rows: "list[tuple[str, ...]]") -> None:
    """Columns as wide as what stands in them, so that it reads well and can be cut apart by a script."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
