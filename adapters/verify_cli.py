"""`touchpoint verify` and `touchpoint audit heads`: does the record stand as its audit log says?

It reads while servers run and holds nobody up. docs/audit.md says what it proves, and what only a head that was kept proves.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters import terminal
from agenda.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from agenda.audit import Head
    from storage.verify import Verified

audit = typer.Typer(help="The audit log.", no_args_is_help=True)

Kept = Annotated[
    list[str] | None, typer.Option("--head", help="A head that was kept, like 1234:9f3c2b7a…; may be repeated.")
]
KeptIn = Annotated[
    Path | None, typer.Option("--heads", help="A file of heads, as the server and `audit heads` write it.")
]
Whose = Annotated[
    int,
    typer.Option(
        "--organization", help="One organization alone, by the number that `audit heads` shows.", show_default=False
    ),
]


def verify(head: Kept = None, heads: KeptIn = None, organization: Whose = 0) -> None:
    """Prove the audit log, link by link, and every row of the record against it. Exit code 1 if anything is wrong."""
    from storage import verify as storage_verify

    engine = terminal.record()
    those = chosen(engine, organization)
    kept = kept_heads(head or [], heads, [whose for whose, _name in those])
    if not those:
        typer.echo("There is no organization in this database yet, so there is nothing to verify.")
    results = []
    for whose, name in those:
        results.append(storage_verify.verify(engine, whose, kept.get(whose, [])))
        for line in said(name or f"Organization {whose}", results[-1], kept.get(whose, [])):
            typer.echo(line)
    if not all(result.intact for result in results):
        raise typer.Exit(1)


@audit.command("heads")
def show_heads() -> None:
    """Print the head of each organization's log, a line of JSON each: keep them where nobody can change them."""
    from adapters.heads import lines
    from storage import verify as storage_verify

    for line in lines(storage_verify.heads(terminal.record()), datetime.now(UTC)):
        typer.echo(line)


def chosen(engine: "Engine", organization: int) -> list[tuple[int, str]]:
    """Those to look at. Raises `BadInput`."""
    from storage import verify as storage_verify

    every = storage_verify.organizations(engine)
    those = [(whose, name) for whose, name in every if organization in {0, whose}]
    if organization and not those:
        raise BadInput(f"There is no organization {organization}.", "`touchpoint audit heads` shows which there are.")
    return those


def kept_heads(written: "Sequence[str]", file: Path | None, those: "Sequence[int]") -> "dict[int, list[Head]]":
    """By organization. Raises `BadInput`: a head that was typed belongs to one organization."""
    from adapters.heads import read
    from agenda.audit import Head

    found = read(file) if file else {}
    if written and len(those) != 1:
        raise BadInput("A head belongs to one organization.", "Say whose it is with --organization.")
    for one in written:
        found.setdefault(those[0], []).append(Head.read(one))
    return found


def said(name: str, result: "Verified", kept: "Sequence[Head]") -> list[str]:
    """`Acme: 12,345 events, head 12345:ab…: intact; 812 rows match.` Or what is wrong, a line each."""
    at = f"{name}: {result.head.number:,} events, head {result.head}"
    if result.intact:
        proved = f"; {len(kept):,} kept heads hold" if len(kept) > 1 else "; the kept head holds" if kept else ""
        return [f"{at}: intact; {result.rows:,} rows match{proved}."]
    wrong = [f"  {finding}" for finding in result.findings]
    more = result.wrong - len(result.findings)
    return [f"{at}: NOT INTACT", *wrong, *([f"  and {more:,} more"] if more else [])]
