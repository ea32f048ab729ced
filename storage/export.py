"""The whole record as plain values, for an operator who wants it out of the database: every noun, with the audit log.

What is only machinery (the outbox, nudges, request marks, the search index) stays behind, and so does whatever may still open
a door: codes, and the addresses of calendars; and what somebody privately said in a check, in a round of hygiene or in a pulse.
What was read from public feeds stays behind too, but for the entries themselves.
"""

from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import SQLModel, col

from storage.absences import Absence, Delegation
from storage.acceptances import Acceptance
from storage.actions import ActionChange, ActionItem
from storage.asks import Appraisal, Ask, Exposure
from storage.audit import AuditEvent
from storage.decisions import Decision, DecisionInitiative, DecisionRisk
from storage.health import Pulse
from storage.hygiene import HygienePost, HygieneRound
from storage.initiatives import Gate, GateQuestion, Initiative, QuestionSet
from storage.items import AgendaItem
from storage.keys import SignOff
from storage.memberships import Membership
from storage.owners import OwnershipAnswer, OwnershipCheck, Responsibility
from storage.people import Account, Organization, Person, Tenant
from storage.policies import Policy
from storage.reviews import DecisionReview
from storage.risks import RiskItem, RiskLevel
from storage.syncs import Sync
from storage.threats import Threat, ThreatMatch, WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import opened

NOUNS: tuple[type[SQLModel], ...] = (
    Tenant,
    Person,
    Account,
    Absence,
    Touchpoint,
    Delegation,
    Membership,
    Policy,
    Sync,
    AgendaItem,
    RiskItem,
    RiskLevel,
    Acceptance,
    Decision,
    DecisionRisk,
    DecisionInitiative,
    DecisionReview,
    SignOff,
    Responsibility,
    OwnershipCheck,
    OwnershipAnswer,
    ActionItem,
    ActionChange,
    Ask,
    Exposure,
    Appraisal,
    Initiative,
    Gate,
    GateQuestion,
    QuestionSet,
    Threat,
    WatchedProduct,
    ThreatMatch,
    HygieneRound,
    HygienePost,
    Pulse,
    AuditEvent,
)
SECRETS = {"calendar_key", "named", "salt"}


def whole_record(engine: Engine) -> list[dict[str, Any]]:
    """One entry an organization: its own fields, and under each table's name that table's rows, oldest first.

    Values are JSON's own, times ISO 8601 in UTC.
    """
    with opened(engine, writes=False) as transaction:
        organizations = transaction.session.execute(select(Organization).order_by(col(Organization.id))).scalars()
        found = []
        for organization in organizations:
            entry = organization.model_dump(mode="json")
            for noun in NOUNS:
                rows = noun.__table__  # type: ignore[attr-defined]  # every table class has one
                query = select(noun).where(rows.c.organization_id == organization.key).order_by(*rows.primary_key)
                found_rows = transaction.session.execute(query).scalars()
                entry[rows.name] = [row.model_dump(mode="json", exclude=SECRETS) for row in found_rows]
            found.append(entry)
        return found
