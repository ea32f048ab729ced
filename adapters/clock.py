"""What time it is: now, everywhere but in the playground, whose one organization can be moved ahead."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from storage import deliveries, people
from storage.people import Organization
from storage.unit_of_work import Record, opened

PLAYGROUND = "play"
PLAYGROUND_TENANT = "play:local"


class Clock:
    """Aware UTC. `ahead` is how far the playground's clock runs ahead; it is kept in the record, so a restart keeps it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with opened(engine, writes=False) as transaction:
            playground = people.organization_of(transaction.session, PLAYGROUND_TENANT)
            self.ahead = timedelta(seconds=playground.ahead if playground else 0)

    def now(self, platform: str = "") -> datetime:
        """This moment as that platform's organizations live it."""
        moment = datetime.now(UTC)
        return moment + self.ahead if platform == PLAYGROUND else moment

    def now_of(self, organization: Organization) -> datetime:
        """This moment for an organization."""
        return datetime.now(UTC) + timedelta(seconds=organization.ahead)

    def jump(self) -> datetime | None:
        """Move the playground to its next prompt, and return that moment; nothing where none is planned."""
        now = self.now(PLAYGROUND)
        with opened(self.engine, writes=True) as transaction:
            organization = people.organization_of(transaction.session, PLAYGROUND_TENANT)
            if organization is None:
                return None
            record = Record(transaction=transaction, organization_id=organization.key, now=now)
            due_at = deliveries.next_due(record, after=now)
            if due_at is None:
                return None
            self.ahead += due_at - now + timedelta(seconds=1)
            organization.ahead = round(self.ahead.total_seconds())
            self.ahead = timedelta(seconds=organization.ahead)
        return self.now(PLAYGROUND)
