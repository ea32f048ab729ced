"""`touchpoint export` and `touchpoint import`: the record as files, and files into the record.

An import only says what it would do, until it is told to; then it does all of it or nothing. Neither says what the record says:
rows are named by their number in the file and by their ref.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters import terminal
from agenda.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Engine

    from agenda.cells import Sheet
    from agenda.registers import Plan
    from storage.touchpoints import Touchpoint
    from storage.unit_of_work import Record

MOST_MEGABYTES = 50
MOST_SAID = 100  # errors
ACTOR = "operator"
NONE_YET, HOW_TO_BEGIN = "There is no touchpoint here yet.", "“/touchpoint setup” makes one, in the chat."
Whose = Annotated[str, typer.Option("--touchpoint", help="The touchpoint's name, or its number where two share one.")]


class Format(StrEnum):
    """As what the record is written."""

    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def export(
    form: Annotated[
        Format, typer.Option("--format", help="Markdown: the decisions, a file each (MADR 4).")
    ] = Format.JSON,
    to: Annotated[Path | None, typer.Option("--to", help="A folder: one file a register.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file, instead of the screen.")] = None,
    touchpoint: Whose = "",
) -> None:
    """Write the record: all of it as JSON, or with --to a folder of registers that people read."""
    if to and output:
        raise BadInput("--to is a folder and --output is a file.", "Leave one of the two out.")
    if to:
        _registers(terminal.record(), form, to, touchpoint)
    elif form is Format.JSON and not touchpoint:
        _whole(terminal.record(), output)
    else:
        raise BadInput("This writes several files.", f"Say into which folder: --format {form} --to DIR.")


def _whole(engine: "Engine", output: Path | None) -> None:
    """Every noun and the audit log, an entry an organization."""
    import json

    from storage.export import whole_record

    text = json.dumps(whole_record(engine), indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
    else:
        write(output, text + "\n")


def write(file: Path, text: str) -> None:
    """For its owner's eyes alone, before there is anything in it that others could read."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text, encoding="utf-8", newline="")
    typer.echo(f"Wrote {file}.")


def _registers(engine: "Engine", form: Format, to: Path, name: str) -> None:
    """A folder an organization, where there are several."""
    chosen = _chosen(engine, name) if name else None
    whose = [(chosen.organization_id, [chosen.key])] if chosen else _everybodys(engine)
    for organization_id, touchpoint_ids in whose:
        folder = to / f"organization-{organization_id}" if len(whose) > 1 else to
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with opened(engine, organization_id, writes=False) as record:
            for file, text in _files(record, form, touchpoint_ids):
                write(folder / file, text)


def _everybodys(engine: "Engine") -> "list[tuple[int, list[int]]]":
    from storage import registers
    from storage.unit_of_work import transaction

    found: dict[int, list[int]] = {}
    with transaction(engine, writes=False) as session:
        for touchpoint in registers.called(session, ""):
            found.setdefault(touchpoint.organization_id, []).append(touchpoint.key)
    if not found:
        raise NotFound(NONE_YET, HOW_TO_BEGIN)
    return list(found.items())


def _files(record: "Record", form: Format, touchpoint_ids: "Sequence[int]") -> "Iterator[tuple[str, str]]":
    """Name and content of each."""
    from agenda.cells import as_csv, as_json
    from agenda.registered import REGISTERS
    from storage import papers, registers

    if form is Format.MARKDOWN:
        yield from papers.records(record, touchpoint_ids)
        return
    written = as_csv if form is Format.CSV else as_json
    for name, register in REGISTERS.items():
        heads = [column.name for column in register.columns]
        yield f"{name}.{form}", written(heads, registers.table_of(record, register, touchpoint_ids))


def take_in(
    register: Annotated[
        str, typer.Argument(help="risks, decisions, promises, responsibilities, products or initiatives.")
    ],
    file: Annotated[Path, typer.Argument(help="A CSV or JSON file, with the columns of docs/registers.md.")],
    touchpoint: Whose = "",
    by: Annotated[str, typer.Option("--by", help="In whose name: a person or an account. The CISO, if left out.")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Do it. Without this, it only says what it would do.")] = False,
) -> None:
    """Take a register in: says row by row what it would do, and with --apply does all of it or nothing."""
    from agenda.registered import IMPORTED

    if register not in IMPORTED:
        raise BadInput(f"“{register}” cannot be imported.", f"These can: {', '.join(IMPORTED)}.")
    sheet, engine = read(file), terminal.record()
    chosen = _chosen(engine, touchpoint)
    with opened(engine, chosen.organization_id, writes=apply) as record:
        plan = _taken_in(record, register, sheet, chosen, by, apply=apply)
    done = f"Taken into “{chosen.name}”." if apply else "Nothing was written. Add --apply to take it in."
    typer.echo(f"{_counted(plan)}. {done}")


def _taken_in(record: "Record", name: str, sheet: "Sheet", chosen: "Touchpoint", by: str, *, apply: bool) -> "Plan":
    """Says what every row does, and does it if it is to. Raises `BadInput` where one of them is wrong."""
    from agenda.registered import IMPORTED
    from agenda.registers import plan as planned
    from bot import importing
    from storage import imports

    register = IMPORTED[name]
    plan = planned(register, sheet, imports.present(record, register, chosen.key))
    by_id = _person(record, by) if by else chosen.ciso_id
    _say(plan)
    if plan.errors:
        raise BadInput(f"{_errors(len(plan.errors))}, so nothing is taken in.", "Mend the file, and try again.")
    if apply:
        importing.take_in(record, register, chosen, by_id, plan)
    return plan


def _say(plan: "Plan") -> None:
    """Each row, and what is left aside; then every error, on stderr."""
    from agenda.registers import Act

    for head in plan.unknown:
        typer.echo(f"warning: nobody knows the column “{head}”; it is left aside.", err=True)
    if plan.kept_out:
        typer.echo(f"These columns are only exported, and left aside: {', '.join(plan.kept_out)}.")
    for one in plan.rows:
        if one.act is not Act.WRONG:
            said = f"{one.ref} {', '.join(one.said)}".strip()
            typer.echo(f"row {one.row}: {one.act}{f' – {said}' if said else ''}")
    for error in plan.errors[:MOST_SAID]:
        typer.echo(error, err=True)
    if len(plan.errors) > MOST_SAID:
        typer.echo(f"… and {len(plan.errors) - MOST_SAID:,} more.", err=True)


def _counted(plan: "Plan") -> str:
    """`3 new, 1 changed, 7 unchanged`."""
    from agenda.registers import Act

    counts = ((plan.count(act), act) for act in Act if act is not Act.WRONG)
    return ", ".join(f"{count:,} {act}" for count, act in counts if count) or "No rows"


def _errors(count: int) -> str:
    return f"{count:,} {'cell or row is' if count == 1 else 'cells or rows are'} wrong"


def read(file: Path) -> "Sheet":
    """The table in a file. Raises `BadInput` for one that is too long, no text, or no table."""
    from agenda.cells import read_csv, read_json

    size = file.stat().st_size
    if size > MOST_MEGABYTES * 1_000_000:
        raise BadInput(
            f"{file} has {size / 1e6:,.0f} MB; at most {MOST_MEGABYTES} can be taken in at once.",
            "Cut it into several.",
        )
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{file} is not UTF-8 text.", "In Excel, save it as “CSV UTF-8 (comma delimited)”.") from None
    return read_json(text) if file.suffix.lower() == ".json" else read_csv(text)


def _chosen(engine: "Engine", name: str) -> "Touchpoint":
    """The one that is meant; where there is one alone, it need not be said. Raises `NotFound`, `BadInput`."""
    from storage import registers
    from storage.unit_of_work import transaction

    with transaction(engine, writes=False) as session:
        found = registers.called(session, name)
        there = ", ".join(f"{one.name} ({one.key})" for one in registers.called(session, ""))
    if not found:
        what = f"There is no touchpoint “{name}” here." if there else NONE_YET
        raise NotFound(what, f"These are: {there}." if there else HOW_TO_BEGIN)
    if len(found) > 1:
        what = f"Several touchpoints are called “{name}”." if name else "There are several touchpoints."
        raise BadInput(what, f"Say which, by its number: --touchpoint {found[0].key}. These are: {there}.")
    return found[0]


def _person(record: "Record", said: str) -> int:
    """Whom a name or an account means. Raises `NotFound`, `BadInput`."""
    from storage import imports

    found = imports.person_of(record, said)
    if not found:
        raise NotFound(
            f"Nobody is called “{said}” there.", "Write the name as cards show it, or an account (slack:T1/U1)."
        )
    if len(found) > 1:
        raise BadInput(f"{len(found)} people are called “{said}” there.", "Write an account: slack:T1/U1.")
    return found[0].key


def opened(engine: "Engine", organization_id: int, *, writes: bool) -> "AbstractContextManager[Record]":
    """The record of one organization, by its own clock: the playground's may run ahead."""
    from storage.people import Organization
    from storage.unit_of_work import transaction, unit_of_work

    with transaction(engine, writes=False) as session:
        organization = session.get_one(Organization, organization_id)
        now = datetime.now(UTC) + timedelta(seconds=organization.ahead)
    return unit_of_work(engine, organization_id=organization_id, now=now, actor=ACTOR, writes=writes)
