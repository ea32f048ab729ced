"""`touchpoint`, the operator's command line: each command a few lines over what does the work.

Nothing heavy is imported before a command needs it. Whatever goes wrong is one line about what happened and one about
what to do, on stderr, with exit code 1; a command or an option that there is not, and settings that do not do, have 2.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Never

import typer

from adapters import registers_cli, terminal
from adapters.installations_cli import installations, keys
from adapters.outbox_cli import outbox
from adapters.people_cli import person
from adapters.sample_cli import sample
from adapters.threats_cli import threats
from adapters.verify_cli import audit, verify
from agenda.errors import TouchpointError

app = typer.Typer(
    name="touchpoint",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The record's database.", no_args_is_help=True)
slack = typer.Typer(help="What Slack needs from you.", no_args_is_help=True)
teams = typer.Typer(help="What Microsoft Teams needs from you.", no_args_is_help=True)
decisions = typer.Typer(help="The decision log.", no_args_is_help=True)


@app.callback()
def options(
    trace: Annotated[bool, typer.Option("--trace", help="Show where in the code something broke.")] = False,
) -> None:
    """Keeps a CIO and a CISO in step, where they already talk.

    Exit codes: 0 all is well, 1 it is not or could not be done, 2 there is no such command, option or setting.
    """


@app.command()
def serve() -> None:
    """Start Touchpoint: the playground, and each platform whose credentials are set."""
    from adapters.server import run

    run(terminal.settings())


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the schema of this version. `serve` does it too."""
    from storage import schema

    engine = terminal.engine(terminal.settings())
    if schema.is_current(engine):
        typer.echo("The database has the schema of this version.")
        return
    typer.echo("Bringing the database to the schema of this version; a large record takes some minutes.")
    schema.upgrade(engine)
    typer.echo("The database was brought to the schema of this version.")


@app.command()
def doctor(
    online: Annotated[bool, typer.Option("--online", help="Try the credentials with Slack and Microsoft too.")] = False,
) -> None:
    """Look the installation over and say how to mend what is wrong."""
    from adapters.doctor import examine, report
    from adapters.findings import Finding

    marks = {"ok": ("ok  ", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red")}

    def show(finding: Finding) -> None:
        mark, color = marks[finding.level]
        typer.echo(f"{typer.style(mark, fg=color)}  {finding.about}: {finding.found}")
        if finding.mend:
            typer.echo(f"      → {finding.mend}")

    if not report(examine(online=online), show):
        raise typer.Exit(1)


def _base(url: str) -> str:
    from adapters import addresses

    try:
        return addresses.base(url) if url else ""
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from None


@slack.command("manifest")
def slack_manifest(
    url: Annotated[
        str,
        typer.Option(help="The https address that Slack calls; TOUCHPOINT_PUBLIC_URL if left out.", callback=_base),
    ] = "",
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="Touchpoint calls Slack; no address needed.")
    ] = False,
    several: Annotated[
        bool, typer.Option("--several", help="For several workspaces, or an Enterprise organization.")
    ] = False,
) -> None:
    """Print the app manifest, to paste at https://api.slack.com/apps → Create New App → From a manifest."""
    from adapters.slack.manifest import build_manifest
    from bot.commands import REGISTRY

    settings = terminal.settings()
    base_url = url or settings.public_url or ""
    by_socket = socket_mode or (settings.socket_mode and not url)
    several = several or settings.slack_oauth
    if several and by_socket:
        terminal.stop("Several workspaces call Touchpoint at an address.", "Leave --socket-mode out.", code=2)
    if not by_socket and not base_url:
        terminal.stop(
            "Slack must know where to call Touchpoint, or that it need not.",
            "Add --url https://your.address, or set TOUCHPOINT_PUBLIC_URL; or add --socket-mode.",
            code=2,
        )
    typer.echo(
        json.dumps(
            build_manifest(
                REGISTRY.commands,
                REGISTRY.shortcuts,
                REGISTRY.openers,
                base_url=base_url,
                socket_mode=by_socket,
                several=several,
            ),
            indent=2,
            ensure_ascii=False,
        )
    )


@decisions.command("find")
def decisions_find(
    words: Annotated[list[str], typer.Argument(help="Each word must occur; the beginning of a word will do.")],
    most: Annotated[int, typer.Option("--most", help="How many to show, newest first.", min=1, max=1000)] = 20,
) -> None:
    """Find decisions by their words, over every touchpoint of this server. For whoever may read the whole database."""
    from storage.operator import find_decisions

    found = find_decisions(terminal.record(), " ".join(words), now=datetime.now(UTC), limit=most)
    for one in found:
        typer.echo(f"{one.ref}\t{one.recorded_at:%Y-%m-%d}\t{one.state.value}\t{one.title}")
    if not found:
        terminal.stop("No decision with these words.", "Try fewer words, or the beginning of one.")


@teams.command("package")
def teams_package(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write it.")] = Path("touchpoint-teams.zip"),
    private_channels: Annotated[
        bool, typer.Option("--private-channels", help="For private and shared channels; a team's owners consent.")
    ] = False,
) -> None:
    """Write the app package, to upload at https://admin.teams.microsoft.com → Manage apps."""
    from adapters.teams.manifest import build_package
    from bot.commands import REGISTRY

    settings = terminal.settings()
    if settings.microsoft_app_id is None:
        terminal.stop(
            "The package carries the bot's id.", "Set MICROSOFT_APP_ID first; .env.example says where it is.", code=2
        )
    if settings.public_url is None:
        mend = "Set TOUCHPOINT_PUBLIC_URL to the https address that leads here."
        terminal.stop("The package says where Touchpoint answers.", mend, code=2)
    package = build_package(
        REGISTRY.daily,
        REGISTRY.shortcuts,
        openers=REGISTRY.openers,
        searches=REGISTRY.searches,
        app_id=settings.microsoft_app_id,
        base_url=settings.public_url,
        targeted_messages=settings.teams_targeted_messages,
        private_channels=private_channels,
        installs=settings.teams_catalog_app_id is not None,
    )
    output.write_bytes(package)
    typer.echo(f"Wrote {output}.")


# In the order in which an operator meets them, below `serve` and `doctor`.
app.command()(registers_cli.export)
app.command("import")(registers_cli.take_in)
app.command()(verify)
app.command()(installations)
for name, group in (
    ("db", db),
    ("slack", slack),
    ("teams", teams),
    ("outbox", outbox),
    ("decisions", decisions),
    ("person", person),
    ("threats", threats),
    ("audit", audit),
    ("keys", keys),
    ("sample", sample),
):
    app.add_typer(group, name=name)


def main() -> None:
    """The `touchpoint` of the shell."""
    try:
        app()
    except TouchpointError as error:
        from adapters.settings import BadSettings

        terminal.stop(error.what, error.mend, code=2 if isinstance(error, BadSettings) else 1)
    except BrokenPipeError:
        sys.stderr.close()  # `touchpoint export | head` is no error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        terminal.stop(f"{where}{error.strerror or error}.", "Check the path, and who may read and write there.")
    except Exception as error:
        _stop_at_the_unforeseen(error)


def _stop_at_the_unforeseen(error: Exception) -> Never:
    """A database that does not answer is foreseen, only not imported yet. The rest is a bug."""
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        terminal.stop(f"The database: {str(error.orig).strip().splitlines()[0]}", "`touchpoint doctor` looks closer.")
    if "--trace" in sys.argv:
        raise error
    terminal.stop(
        f"This is a bug in Touchpoint: {type(error).__name__}.",
        "`touchpoint --trace …` shows where; CONTRIBUTING.md says how to report it.",
    )
