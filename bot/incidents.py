"""What nobody foresaw: logged with its trace under an id, and the person is told the id."""

import traceback
from pathlib import Path
from uuid import uuid4

import structlog

from bot.cards import Card, Note, Paragraph, card

log = structlog.get_logger(__name__)


class Incident(Exception):
    """Something broke that nobody foresaw. It is logged under this id, and that is all that anybody outside may see."""

    def __init__(self, incident: str) -> None:
        super().__init__(incident)
        self.incident = incident


def report(error: Exception, request_id: str) -> Incident:
    """Logs the trace under a new id: where and of which kind, but never an exception's own words, which may be a person's."""
    incident = uuid4().hex[:8]
    kinds: list[str] = []
    frames: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        kinds.append(type(cause).__name__)
        frames += [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(cause.__traceback__)]
        cause = cause.__cause__
    log.error("incident", incident=incident, request=request_id, kinds=kinds, trace=frames)
    return Incident(incident)


def incident_card(incident: str) -> Card:
    """What the person sees of it."""
    return card(
        "Something went wrong on our side.",
        Paragraph("Nothing was changed. Try again; if it happens again, tell your admin this number."),
        Note(f"Incident {incident}"),
    )
