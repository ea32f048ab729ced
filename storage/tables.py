"""Every table, imported in one place: what `schema` creates, migrates and compares."""

from sqlmodel import SQLModel

from storage import (
    absences,
    acceptances,
    actions,
    audit,
    decisions,
    deliveries,
    feeds,
    inbox,
    items,
    keys,
    links,
    memberships,
    nudges,
    owners,
    people,
    places,
    policies,
    reviews,
    risks,
    search,
    syncs,
    touchpoints,
)

METADATA = SQLModel.metadata
NOUNS = (
    absences,
    acceptances,
    actions,
    audit,
    decisions,
    deliveries,
    feeds,
    inbox,
    items,
    keys,
    links,
    memberships,
    nudges,
    owners,
    people,
    places,
    policies,
    reviews,
    risks,
    search,
    syncs,
    touchpoints,
)
