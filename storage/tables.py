"""Every table, imported in one place: what `schema` creates, migrates and compares."""

from sqlmodel import SQLModel

from storage import (
    absences,
    actions,
    audit,
    decisions,
    deliveries,
    feeds,
    inbox,
    items,
    links,
    nudges,
    people,
    places,
    risks,
    search,
    syncs,
    touchpoints,
)

METADATA = SQLModel.metadata
NOUNS = (
    absences,
    actions,
    audit,
    decisions,
    deliveries,
    feeds,
    inbox,
    items,
    links,
    nudges,
    people,
    places,
    risks,
    search,
    syncs,
    touchpoints,
)
