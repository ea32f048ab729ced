"""What a person reads at start: where to click, what is switched on, what is missing for the rest. Never a secret."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


def show(settings: Settings, *, port: int, playground: str | None, console: Console | None = None) -> None:
    """`port` is where the process really listens, `playground` the page's address if it is open."""
    console = console or Console(highlight=False, soft_wrap=True)
    grid = Table.grid(padding=(0, 2))
    for about, state in (
        ("Playground", _playground(playground)),
        ("Slack", _slack(settings)),
        ("Teams", _teams(settings)),
    ):
        grid.add_row(Text(about, style="bold"), state)
    grid.add_row(Text("Health", style="bold"), Text(f"http://{settings.host}:{port}/readyz"))
    console.print()
    console.print(Text("Touchpoint is running.", style="bold green"), Text("Stop it with Ctrl-C.", style="dim"))
    console.print(grid)
    for line in _missing(settings):
        console.print(Text(f"→ {line}", style="yellow"))
    console.print()


def _playground(address: str | None) -> Text:
    if address is None:
        return Text("off (TOUCHPOINT_PLAYGROUND=false)", style="dim")
    return Text.assemble(
        (address, f"bold link {address}"),
        "   try everything here, nothing else is needed\n",
        ("`touchpoint sample add` shows a year that others have lived", "dim"),
    )


def _slack(settings: Settings) -> Text:
    if not settings.slack_on:
        return Text(
            "off; `touchpoint slack manifest` makes the app, SLACK_BOT_TOKEN in .env switches it on", style="dim"
        )
    if settings.slack_oauth:
        return Text(f"on, for the workspaces that install it at {_address(settings)}/slack/install")
    return Text("on, Socket Mode" if settings.socket_mode else f"on, {_address(settings)}/slack/events")


def _teams(settings: Settings) -> Text:
    if not settings.teams_on:
        return Text(
            "off; MICROSOFT_APP_ID in .env switches it on, `touchpoint teams package` makes the app", style="dim"
        )
    return Text(f"on, {settings.microsoft_app_type}, {_address(settings)}/api/messages")


def _address(settings: Settings) -> str:
    return settings.public_url or f"http://{settings.host}:{settings.port}"


def _missing(settings: Settings) -> "Iterator[str]":
    called = settings.teams_on or (settings.slack_on and not settings.socket_mode)
    if called and settings.public_url is None:
        yield "TOUCHPOINT_PUBLIC_URL is not set: Slack and Teams must reach this process at an https address of yours."
    if (settings.slack_on or settings.teams_on) and not settings.admins:
        yield "TOUCHPOINT_ADMINS is empty: whoever first runs /touchpoint setup becomes the admin."
