"""Every table, imported in one place: what `schema` creates, migrates and compares."""

from sqlmodel import SQLModel

from storage import audit, decisions, deliveries, inbox, items, links, people, places, risks, search, syncs, touchpoints

METADATA = SQLModel.metadata
NOUNS = (audit, decisions, deliveries, inbox, items, links, people, places, risks, search, syncs, touchpoints)
