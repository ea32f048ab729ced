"""The vault of the settings' keys: does it open what stands in the record, and is all of it under the key that writes?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.findings import Finding, fail, ok, warn

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from adapters.settings import Settings
    from storage.installations import Installation
    from storage.vault import Vault

SHOWN = 3
MEND = "Put the key back into TOUCHPOINT_KEYS, behind the one that writes. If it is lost: touchpoint keys lost"
LOST = "its key was lost"


def vault_of(settings: "Settings") -> "Vault":
    """Raises `BadKeys` where there is no key."""
    from storage.vault import BadKeys, Vault

    if not settings.vault_keys:
        raise BadKeys("TOUCHPOINT_KEYS is empty.", "Make a key with “touchpoint keys new”, and keep it safe.")
    return Vault(settings.vault_keys)


def require_keys(engine: "Engine", vault: "Vault") -> None:
    """Raises `BadKeys` where something was encrypted with keys that are not these."""
    from storage.vault import BadKeys

    found = [because for _, because in _unreadable(engine, vault)]
    if found:
        more = f" And {len(found) - SHOWN} more." if len(found) > SHOWN else ""
        raise BadKeys(" ".join(found[:SHOWN]) + more, MEND)


def encrypt_anew(engine: "Engine", vault: "Vault") -> int:
    """Everything under the key that writes now; how many were under another one. Raises `BadKeys`, and changes nothing then."""
    from storage import installations
    from storage.installations import TABLE
    from storage.unit_of_work import transaction

    require_keys(engine, vault)
    done = 0
    for one in _standing(engine):
        if vault.is_current(one.secret) and vault.is_current(one.refresh):
            continue
        kept = [vault.decrypt(text, table=TABLE, row=one.address) for text in (one.secret, one.refresh)]
        secret, refresh = (vault.encrypt(text, table=TABLE, row=one.address) for text in kept)
        with transaction(engine, writes=True) as session:
            done += installations.encrypt_anew(session, one, secret=secret, refresh=refresh)
    return done


def end_unreadable(engine: "Engine", vault: "Vault", now: datetime) -> list[str]:
    """Ends what no key opens, for good; the addresses. Whoever is there installs it again."""
    from storage import installations
    from storage.unit_of_work import unit_of_work

    lost = [one for one, _ in _unreadable(engine, vault)]
    for one in lost:
        with unit_of_work(engine, organization_id=one.organization_id, now=now) as record:
            installations.end(record, one.address, LOST)
    return [one.address for one in lost]


def look(settings: "Settings", engine: "Engine") -> Iterator[Finding]:
    """What `touchpoint doctor` says of several workspaces; nothing where one token is authorized for everything."""
    from storage.vault import BadKeys

    if not settings.slack_oauth:
        return
    vault = vault_of(settings)
    try:
        require_keys(engine, vault)
    except BadKeys as bad:
        yield fail("keys", bad.what, bad.mend)
        return
    there = _standing(engine)
    ended = [one.address for one in there if one.expires_at and one.expires_at < datetime.now(UTC)]
    yield ok("slack", f"installed in {', '.join(one.address for one in there) or 'no workspace yet'}")
    if ended:
        mend = "Touchpoint renews it while it runs. If it did run, its log says why not: install it there again."
        yield warn("slack", f"the token ended of {', '.join(ended)}", mend)
    if not all(vault.is_current(one.secret) for one in there):
        yield warn(
            "keys", "some tokens are still under an older key", "touchpoint keys use, and then the older one may go"
        )
    if not settings.slack_teams:
        found = f"whoever finds {settings.public_url}/slack/install may install the app"
        yield warn("slack", found, "Set SLACK_TEAMS to the workspaces that you let in, unless that is what you want.")


def _standing(engine: "Engine") -> "list[Installation]":
    from storage import installations
    from storage.unit_of_work import transaction

    with transaction(engine, writes=False) as session:
        return [one for one in installations.everywhere(session) if one.standing]


def _unreadable(engine: "Engine", vault: "Vault") -> "Iterator[tuple[Installation, str]]":
    """Each that no key opens, and why."""
    from storage.installations import TABLE
    from storage.vault import BadKeys

    for one in _standing(engine):
        try:
            for kept in (one.secret, one.refresh):
                vault.decrypt(kept, table=TABLE, row=one.address)
        except BadKeys as bad:
            yield one, bad.what
