"""What each organization has laid down; where it has not, what `agenda.policy` takes for granted."""

from sqlmodel import Field

from agenda.policy import PolicyFields
from storage import rows
from storage.rows import Sealed
from storage.unit_of_work import Record


class Policy(PolicyFields, Sealed, table=True):
    """At most one an organization."""

    organization_id: int = Field(foreign_key="organization.id", unique=True)


def of(record: Record) -> Policy:
    """The organization's; one that was never written where it has laid down nothing."""
    return next(iter(rows.having(record, Policy)), None) or Policy(organization_id=record.organization_id)


def keep(record: Record, policy: Policy) -> Policy:
    """From now on."""
    return rows.add(record, policy)
