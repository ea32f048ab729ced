"""Installations: with which secrets the bot speaks in a tenant, since when, and why no longer.

    a tenant's admin agrees          -> it stands          `install`: also over one that stands, and over one that ended
    somebody removes it there        -> it has ended       `end`: its secrets are wiped at once; why is kept
    its secret is about to expire    -> it is rotated      `claim_rotation`, then `rotated`; it stands all the while

Secrets come here encrypted (`storage.vault`) and are never exported. Which tenant is asked for is known before whose it is, so
what the process itself needs takes a session, and not a record.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, CursorResult, Update, delete, or_, select, update
from sqlmodel import Field, Session, SQLModel, col

from storage import audit, rows
from storage.rows import Row
from storage.unit_of_work import Record, once

TABLE: Final = "installation"
"""Part of what each secret is bound to (`storage.vault`): it never changes."""


class Installation(Row, table=True):
    """Of one tenant address. `bot` is what the platform calls the bot there, `installed_by` an account's address.

    `secret` and `refresh` are encrypted. Without `expires_at` the secret has no end. `rotating_until` is a lease.
    """

    address: str = Field(max_length=200, unique=True)
    bot: str = Field(default="", max_length=64)
    secret: str = Field(default="")
    refresh: str = Field(default="")
    expires_at: datetime | None = Field(default=None)
    rotating_until: datetime | None = Field(default=None)
    scopes: str = Field(default="")
    installed_at: datetime
    installed_by: str = Field(default="", max_length=300)
    ended_at: datetime | None = Field(default=None)
    because: str = Field(default="", max_length=200)

    @property
    def standing(self) -> bool:
        """Does the bot speak there?"""
        return self.ended_at is None


class InstallState(SQLModel, table=True):
    """With what somebody came back from a platform's consent page: by its hash, until it would be too late anyway."""

    __tablename__ = "install_state"

    hash: str = Field(primary_key=True, max_length=64)
    expires_at: datetime


# ── of one organization ─────────────────────────────────────────────────────────────────────────────────────────────────


def install(
    record: Record,
    address: str,
    *,
    secret: str,
    refresh: str = "",
    expires_at: datetime | None = None,
    bot: str = "",
    scopes: str = "",
    by: str = "",
) -> Installation:
    """It stands from now on, with these secrets alone. Raises `LookupError` for a tenant that is another organization's."""
    found = at(record.session, address)
    if found is None:
        found = rows.add(
            record, Installation(organization_id=record.organization_id, address=address, installed_at=record.now)
        )
    if found.organization_id != record.organization_id:
        raise LookupError(f"{address} is installed for another organization")
    found.secret, found.refresh, found.expires_at = secret, refresh, expires_at
    found.bot, found.scopes, found.installed_at, found.installed_by = bot, scopes, record.now, by
    found.rotating_until, found.ended_at, found.because = None, None, ""
    record.session.flush()
    audit.append(record, "installation.made", installation=found.key)
    return found


def end(record: Record, address: str, because: str) -> bool:
    """Its secrets are wiped, and nothing is sent there any more. True if it stood until now."""
    found = at(record.session, address)
    if found is None or found.organization_id != record.organization_id or not found.standing:
        return False
    found.secret, found.refresh, found.expires_at, found.rotating_until = "", "", None, None
    found.ended_at, found.because = record.now, because[:200]
    record.session.flush()
    audit.append(record, "installation.ended", installation=found.key)
    return True


# ── of the process ──────────────────────────────────────────────────────────────────────────────────────────────────────


def at(session: Session, address: str) -> Installation | None:
    """The one of this tenant, whether it stands or has ended."""
    return session.execute(select(Installation).where(col(Installation.address) == address)).scalar_one_or_none()


def everywhere(session: Session, platform: str = "") -> Sequence[Installation]:
    """Of one platform, or of all; those that have ended too."""
    query = select(Installation).where(col(Installation.address).startswith(f"{platform}:" if platform else ""))
    return session.execute(query.order_by(col(Installation.address))).scalars().all()


def expiring(session: Session, platform: str, *, now: datetime, before: datetime) -> Sequence[str]:
    """Where the secret ends before that moment and nobody is about to change it."""
    query = select(col(Installation.address)).where(
        col(Installation.address).startswith(f"{platform}:"), col(Installation.expires_at) < before, _free(now)
    )
    return session.execute(query.order_by(col(Installation.expires_at))).scalars().all()


def claim_rotation(session: Session, address: str, *, now: datetime, before: datetime, until: datetime) -> bool:
    """True for the one caller who is to exchange the secret before `until`; in one statement, so that no two are."""
    claim = (
        update(Installation)
        .where(col(Installation.address) == address, col(Installation.expires_at) < before, _free(now))
        .values(rotating_until=until)
    )
    return _changed(session, claim)


def rotated(
    session: Session, address: str, *, claimed_until: datetime, secret: str, refresh: str, expires_at: datetime | None
) -> bool:
    """What the holder of the claim got. False if the claim is no longer theirs: it was installed anew, or ended meanwhile."""
    written = _claimed(address, claimed_until).values(
        secret=secret, refresh=refresh, expires_at=expires_at, rotating_until=None
    )
    return _changed(session, written)


def give_up(session: Session, address: str, *, claimed_until: datetime, until: datetime) -> bool:
    """The holder of the claim got nothing; nobody tries again before `until`."""
    return _changed(session, _claimed(address, claimed_until).values(rotating_until=until))


def encrypt_anew(session: Session, one: Installation, *, secret: str, refresh: str) -> bool:
    """The same secrets under another key. False if they were changed since they were read."""
    same = (col(Installation.secret) == one.secret, col(Installation.refresh) == one.refresh)
    again = update(Installation).where(col(Installation.id) == one.id, *same).values(secret=secret, refresh=refresh)
    return _changed(session, again)


def use(session: Session, state: str, *, now: datetime, expires_at: datetime) -> bool:
    """True for the first who comes back with it; those that are over are forgotten."""
    session.execute(delete(InstallState).where(col(InstallState.expires_at) <= now))
    connection = session.connection()
    used = {"hash": hashed(state), "expires_at": expires_at}
    return connection.execute(once(connection.dialect.name, InstallState), used).rowcount == 1


def hashed(state: str) -> str:
    """What is kept of it. It has 256 bits: no salt is needed."""
    return sha256(state.encode()).hexdigest()


def _free(now: datetime) -> ColumnElement[bool]:
    nobody = or_(col(Installation.rotating_until).is_(None), col(Installation.rotating_until) <= now)
    return nobody & col(Installation.ended_at).is_(None) & (col(Installation.refresh) != "")


def _claimed(address: str, until: datetime) -> Update:
    return update(Installation).where(
        col(Installation.address) == address,
        col(Installation.rotating_until) == until,
        col(Installation.ended_at).is_(None),
    )


def _changed(session: Session, statement: Update) -> bool:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return isinstance(done, CursorResult) and done.rowcount == 1
