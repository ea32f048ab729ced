"""The door for a tracker: `POST /hooks/initiatives`, signed with a secret that both sides know (docs/tracker.md).

Whoever cannot sign learns nothing; whoever can is told what was wrong with what they sent, and never what the record says. A
delivery that comes again is taken once.
"""

import asyncio
import hmac
import time
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from adapters.web import Take
from agenda.conversations import SwitchedOff
from agenda.errors import BadInput
from bot import tracker
from bot.incidents import report
from bot.tracker import Taken

if TYPE_CHECKING:
    from adapters.core import ThreadedCore

log = structlog.get_logger(__name__)

PATH = "/hooks/initiatives"
BODY_LIMIT = 64 * 1024  # bytes
PATIENCE = 10.0  # seconds for the body: whoever cannot sign must not keep a connection for as long as they like
TOLERANCE = 300.0  # seconds between the sender's clock and ours
A_MINUTE, MOST_A_MINUTE = 60.0, 60
TIMESTAMP, SIGNATURE = "X-Touchpoint-Timestamp", "X-Touchpoint-Signature"
NOT_SIGNED = "The signature does not fit this body and this time. docs/tracker.md shows how to sign."


class Refused(Exception):
    """An answer before anything was read."""

    def __init__(self, status: int, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status, self.why, self.headers = status, why, headers


class Pace:
    """So many a minute, and no more."""

    def __init__(self, most: int = MOST_A_MINUTE) -> None:
        self._most = most
        self._lately: deque[float] = deque()

    def take(self, now: float) -> None:
        """One more. Raises `Refused`."""
        while self._lately and self._lately[0] <= now - A_MINUTE:
            self._lately.popleft()
        if len(self._lately) >= self._most:
            wait = round(self._lately[0] + A_MINUTE - now) + 1
            raise Refused(429, f"At most {self._most} deliveries a minute.", **{"Retry-After": str(wait)})
        self._lately.append(now)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the hex HMAC-SHA256 of the time, a dot and the body."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def initiatives(core: "ThreadedCore", secret: str, clock: Callable[[], float] = time.time) -> Take:
    """The handler. `clock` is seconds since 1970, in the real world: a tracker signs by no other."""
    pace = Pace()

    async def take(request: web.Request) -> web.Response:
        try:
            body = await read(request)
            signed = checked(request, secret, body, clock())
            pace.take(clock())
            taken = await core.run(tracker.take, core.bot.engine, decoded(body), signed, core.clock.now_of)
        except Refused as refused:
            log.info("tracker.refused", status=refused.status)
            return answer(refused.status, {"": refused.why}, **refused.headers)
        except SwitchedOff as off:
            return answer(409, {"touchpoint": str(off)})
        except BadInput as bad:
            log.info("tracker.refused", status=422, wrong=len(bad.fields))
            return answer(422, bad.fields)
        except Exception as error:
            incident = report(error, "tracker")
            return answer(503, {"": f"Incident {incident.incident}. Nothing was taken in; send it again later."})
        return accepted(core, taken)

    return take


def accepted(core: "ThreadedCore", taken: Taken) -> web.Response:
    """It stands. How much of it was new is the record's, and not said."""
    log.info("tracker.taken", touchpoint=taken.touchpoint_id, initiatives=taken.sent, again=taken.again)
    if taken.posted:
        core.bot.wake()
    return web.json_response({"taken": taken.sent})


def answer(status: int, wrong: "dict[str, str]", **headers: str) -> web.Response:
    """Every error with the field that it is about; an empty one is the whole."""
    errors = [{"field": field, "error": why} for field, why in wrong.items()]
    return web.json_response({"errors": errors}, status=status, headers=headers)


async def read(request: web.Request) -> bytes:
    """The body, as far as it may go. Raises `Refused`; a packed body is refused, because it may hold any size."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(415, "Send the body as it is, without Content-Encoding.")
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.content.iter_chunked(BODY_LIMIT):
                body += part
                if len(body) > BODY_LIMIT:
                    raise Refused(413, f"At most {BODY_LIMIT // 1024} kB at once. Send fewer initiatives.")
    except TimeoutError:
        raise Refused(408, f"The body took longer than {PATIENCE:g} seconds.", Connection="close") from None
    return bytes(body)


def checked(request: web.Request, secret: str, body: bytes, now: float) -> str:
    """The signature, if it is one of this body, now. Raises `Refused`."""
    timestamp, signed = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
    known = hmac.compare_digest(signature(secret, timestamp, body).encode(), signed.encode(errors="replace"))
    if not known or not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        raise Refused(401, NOT_SIGNED)
    if abs(now - int(timestamp)) > TOLERANCE:
        raise Refused(401, f"{TIMESTAMP} is more than {TOLERANCE / 60:.0f} minutes off. Sign with the present time.")
    return signed


def decoded(body: bytes) -> str:
    """Raises `Refused` for what is no text."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(400, "The body is not UTF-8 text.") from None
