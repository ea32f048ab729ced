"""`touchpoint installations` and `touchpoint keys`: where the app is installed, and under which keys its tokens are kept.

Neither ever shows a token, and a key only in the moment in which it is made.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from adapters import terminal

if TYPE_CHECKING:
    from storage.installations import Installation

keys = typer.Typer(help="The keys under which the tokens of several workspaces are kept.", no_args_is_help=True)


@keys.command("new")
def new() -> None:
    """Print a new key, which is kept nowhere: put it first in TOUCHPOINT_KEYS."""
    from storage.vault import new_key

    typer.echo(new_key())


@keys.command("use")
def use() -> None:
    """Encrypt everything under the first key of TOUCHPOINT_KEYS; after that the others may go."""
    from adapters.vaults import encrypt_anew, vault_of

    done = encrypt_anew(terminal.record(), vault_of(terminal.settings()))
    said = "1 installation was" if done == 1 else f"{done} installations were"
    typer.echo(f"{said} encrypted anew. Of TOUCHPOINT_KEYS only the first is needed now.")


@keys.command("lost")
def lost() -> None:
    """End the installations whose tokens no key opens any more; they have to be installed again."""
    from adapters.vaults import end_unreadable, vault_of

    ended = end_unreadable(terminal.record(), vault_of(terminal.settings()), datetime.now(UTC))
    typer.echo("\n".join(ended) if ended else "Every token can be read.")


def installations() -> None:
    """Where the app is installed, since when, and where it was removed: ids and states only."""
    from storage import installations as kept
    from storage.unit_of_work import transaction

    with transaction(terminal.record(), writes=False) as session:
        found = list(kept.everywhere(session))
    for one in found:
        typer.echo(f"{one.address}\torganization {one.organization_id}\t{state_of(one, datetime.now(UTC))}")
    if not found:
        typer.echo("No workspace has installed the app itself; docs/install-slack.md says how.")


def state_of(one: "Installation", now: datetime) -> str:
    """In plain words, with days in UTC."""
    if one.ended_at:
        return f"removed {one.ended_at:%Y-%m-%d} ({one.because})"
    if one.expires_at and one.expires_at < now:
        return f"its token ended {one.expires_at:%Y-%m-%d %H:%M} and was not renewed; install it there again"
    return f"installed {one.installed_at:%Y-%m-%d}"
