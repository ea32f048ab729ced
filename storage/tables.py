"""Every table, imported in one place: what `schema` creates, migrates and compares."""

from importlib import import_module

from sqlmodel import SQLModel

NAMES = (
    "absences",
    "acceptances",
    "actions",
    "asks",
    "audit",
    "decisions",
    "deliveries",
    "feeds",
    "finding",
    "gates",
    "health",
    "hygiene",
    "inbox",
    "initiatives",
    "installations",
    "items",
    "keys",
    "links",
    "memberships",
    "minutes",
    "nudges",
    "owners",
    "people",
    "places",
    "policies",
    "reviews",
    "risks",
    "search",
    "syncs",
    "threats",
    "touchpoints",
    "vocabulary",
)
NOUNS = tuple(import_module(f"storage.{name}") for name in NAMES)
METADATA = SQLModel.metadata
