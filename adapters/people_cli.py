"""`touchpoint person`: what is kept about somebody, their own data as a file, and how it goes when they leave.

For whoever answers for the data. What people wrote is only ever shown in the export, which is theirs to have.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters import terminal
from agenda.errors import BadInput, NotFound

if TYPE_CHECKING:
    from storage.erasure import Erased
    from storage.people import Person
    from storage.unit_of_work import Record

person = typer.Typer(help="What is kept about a person.", no_args_is_help=True)

Whom = Annotated[str, typer.Argument(help="A name as cards show it, an account (slack:T1/U1), or a number.")]
# Tables, in the words of whoever asks.
CALLED = {
    "sign_off": "keys",
    "risk_item": "risks",
    "initiative": "IT projects",
    "ask": "asks",
    "risk_level": "levels of risks",
    "action_item": "promises",
    "action_change": "changes of promises",
    "agenda_item": "lines of agendas",
    "decision_review": "reviews of decisions",
    "ownership_check": "ownership checks",
    "ownership_answer": "private answers about owners",
    "calendar_feed": "calendar addresses",
    "link_code": "codes",
    "conversation": "direct chats",
    "delivery": "messages to them",
    "absence": "leave",
    "inbox_mark": "marks of requests",
    "person": "persons",
    "search_entry": "entries of the index",
    "responsibility": "responsibilities",
}


class _TakenBack(Exception):
    """A dry run is the real thing, up to here."""


@person.command()
def show(whom: Whom) -> None:
    """What is kept about somebody: who they are, and how much there is of what."""
    from storage import persons

    with _theirs(whom) as (record, one):
        kept = persons.kept(record, one)
        accounts = [str(row["address"]) for row in kept.get("account", ())]
        typer.echo(f"person {one.key}: {one.called}, in organization {record.organization_id}")
        typer.echo(f"accounts: {', '.join(accounts) or 'none'}")
        typer.echo(f"works: {one.days} {one.begins:%H:%M} to {one.ends:%H:%M}, {one.zone or 'in no zone of their own'}")
        if one.left_at:
            typer.echo(f"left: {one.left_at:%Y-%m-%d}")
        for table, rows in kept.items():
            if table not in ("person", "account"):
                typer.echo(f"{_called(table)}: {len(rows)}")


@person.command("export")
def export(
    whom: Whom,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file, instead of the screen.")] = None,
) -> None:
    """Everything that names them, as JSON, with what they wrote. It is for them alone."""
    from adapters.registers_cli import write
    from agenda.values import written
    from storage import persons

    with _theirs(whom) as (record, one):
        text = json.dumps(persons.kept(record, one), indent=2, ensure_ascii=False, default=written)
    if output:
        write(output, text + "\n")
    else:
        typer.echo(text)


@person.command()
def erase(
    whom: Whom,
    apply: Annotated[bool, typer.Option("--apply", help="Do it. Without this, it only says what would go.")] = False,
) -> None:
    """Forget who somebody was. What they did stays, as of “former member 12”, so that the record still verifies."""
    from storage import erasure

    try:
        with _theirs(whom, writes=True) as (record, one):
            _say(one.key, erasure.erase(record, one), done=apply)
            if not apply:
                raise _TakenBack
    except _TakenBack:
        typer.echo("Nothing was changed. Add --apply to do it; it cannot be taken back.")


def _say(number: int, erased: "Erased", *, done: bool) -> None:
    typer.echo(f"Person {number} {'is' if done else 'would be'} “{erased.now_called}” from now on.")
    for what, counts in (("goes", erased.gone), ("ends", erased.ended), ("says so too", erased.rewritten)):
        for table, count in counts.items():
            if count:
                typer.echo(f"{what}: {_called(table)} ({count})")
    if erased.still_named_in:
        named = ", ".join(erased.still_named_in)
        typer.echo(f"stays: {named}. Their texts name them, and are signed or may be: none of that is changed.")
    typer.echo("What people wrote in sentences, and what stands in the chat itself, is not looked through.")


def _called(table: str) -> str:
    return CALLED.get(table, f"{table.replace('_', ' ')}s")


@contextmanager
def _theirs(whom: str, *, writes: bool = False) -> "Iterator[tuple[Record, Person]]":
    """The record of their organization, and them. Raises `NotFound`, and `BadInput` where several are meant."""
    from adapters import registers_cli
    from storage import persons, rows
    from storage.people import Person
    from storage.unit_of_work import transaction

    engine = terminal.record()
    with transaction(engine, writes=False) as session:
        found = [(one.key, one.organization_id) for one in persons.meant(session, whom)]
    if not found:
        raise NotFound(f"Nobody is called “{whom}” here.", "Write the name as cards show it, an account, or a number.")
    if len(found) > 1:
        numbers = ", ".join(str(key) for key, _organization in found)
        raise BadInput(f"{len(found)} people are called “{whom}”.", f"Say which, by number: {numbers}.")
    key, organization_id = found[0]
    with registers_cli.opened(engine, organization_id, writes=writes) as record:
        yield record, rows.get(record, Person, key)
