"""What the replicas are given to do, without a pause: messages owed to many conversations, changes to those that stand, and
signed slash commands, each of which owes the other principal a card that asks for their key."""

import hashlib
import hmac
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from sqlalchemy import Engine, func, select
from sqlmodel import col

from bench.slack import CIO, CISO, HOME, account
from crash.replica import KIND
from crash.slack import places
from storage import deliveries
from storage.deliveries import Delivery, DeliveryState
from storage.unit_of_work import transaction, unit_of_work
from tests.doubles.slack_api import SIGNING_SECRET, TEAM

EVERY = 0.1
"""Seconds between two rounds: each owes one or two messages, every third also changes one, every sixth types a command."""


MOST_DUE = 200


@dataclass(slots=True)
class Owing(threading.Thread):
    """Runs until `enough` is set. `answered` are the titles of the decisions that a replica said it had recorded."""

    engine: Engine
    ports: Sequence[int]
    random: Random
    enough: threading.Event = field(default_factory=threading.Event)
    owed: int = 0
    changed: int = 0
    answered: list[str] = field(default_factory=list)
    broke: Exception | None = None

    def __post_init__(self) -> None:
        threading.Thread.__init__(self, daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        try:
            number = 0
            while not self.enough.wait(EVERY):
                if self.backlog() < MOST_DUE:
                    number += 1
                    self.round(number)
        except Exception as error:
            self.broke = error

    def backlog(self) -> int:
        """A slow machine, whose replicas hardly start before they are killed, is not given more than it can ever send."""
        with transaction(self.engine, writes=False) as session:
            waiting = select(func.count()).where(col(Delivery.state) == DeliveryState.DUE)
            return int(session.execute(waiting).scalar_one())

    def round(self, number: int) -> None:
        with unit_of_work(self.engine, organization_id=1, now=datetime.now(UTC)) as record:
            for _ in range(self.random.choice((1, 2))):
                self.owed += 1
                deliveries.post(
                    record,
                    once=f"campaign:{self.owed}",
                    conversation=account(self.random.choice(places())),
                    kind=KIND,
                    subject_id=self.owed,
                    detail=self.random.choice("1111111123"),
                )
            if number % 3 == 0:
                self.changed += 1
                deliveries.redraw(record, KIND, subject_id=self.random.randint(max(1, self.owed - 60), self.owed))
        if number % 6 == 0:
            self.type_decision(number)

    def type_decision(self, number: int) -> None:
        """A replica that is down or dies meanwhile leaves it open whether this was recorded; the others said that it is."""
        title = f"Campaign decision {number}"
        try:
            with urlopen(signed(self.random.choice(self.ports), f"decision add {title}", number), timeout=3) as answer:
                if title.encode() in answer.read():
                    self.answered.append(title)
        except (URLError, OSError, ValueError):
            return


def signed(port: int, text: str, number: int) -> Request:
    """A slash command as Slack sends it (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""
    stamp = str(int(time.time()))
    typed = {
        "team_id": TEAM,
        "channel_id": HOME,
        "channel_name": "security-sync",
        "user_id": (CIO, CISO)[number % 2],
        "command": "/touchpoint",
        "text": text,
        "response_url": f"http://127.0.0.1:9/commands/{number}",
        "trigger_id": f"{number}.{stamp}.crash",
    }
    body = urlencode(typed).encode()
    signature = hmac.new(SIGNING_SECRET.encode(), b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
    return Request(f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers)
