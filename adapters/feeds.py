"""Fetches one document of a stranger, politely and with bounds. What it is, others say (`agenda.catalog`, `adapters.news`).

    asked for only if changed: ETag and Last-Modified      https alone, and at most three redirects, none into this network
    bounded in time and size, packed and unpacked          Retry-After honoured; the pause grows with each failure

Nothing is fetched unless somebody switched threats on, and only addresses that the operator set: nobody in a chat can make
this server call an address of their choice.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from agenda.catalog import Malformed, unpacked
from agenda.errors import TouchpointError

if TYPE_CHECKING:
    import aiohttp

MOST_BYTES = 10_000_000  # On the wire. CISA's catalog has 1.3 million, a day's scores 2 million.
MOST_SECONDS = 60
MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
EVERY = timedelta(hours=6)  # CISA publishes on working days, FIRST once a day.
LONGEST_PAUSE = timedelta(days=1)


class FeedFailed(TouchpointError):
    """Nothing could be fetched. `retry_after` is how long the server asks to be left alone, if it does."""

    def __init__(self, what: str, mend: str = "It is tried again by itself.", retry_after: timedelta | None = None):
        super().__init__(what, mend)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document, unpacked; or no `body`, because it is the same as before. The marks are for the next time."""

    body: bytes | None
    etag: str = ""
    modified: str = ""


def pause(failures: int, retry_after: timedelta | None = None) -> timedelta:
    """Until the next try: a quarter of an hour after the first failure, then twice as long each time, a day at most."""
    if not failures:
        return EVERY
    grown = timedelta(minutes=15 * (1 << min(failures - 1, 10)))
    return min(max(grown, retry_after or timedelta()), LONGEST_PAUSE)


def agent() -> str:
    """Who asks."""
    try:
        return f"Touchpoint/{version('touchpoint')}"
    except PackageNotFoundError:
        return "Touchpoint"


@dataclass(slots=True, kw_only=True)
class Fetcher:
    """`proxy` goes before what the environment says (HTTPS_PROXY). `loopback` lets tests fetch http from this machine."""

    proxy: str = ""
    most_bytes: int = MOST_BYTES
    most_unpacked: int = 6 * MOST_BYTES
    seconds: float = MOST_SECONDS
    loopback: bool = False

    async def fetch(self, url: str, *, etag: str = "", modified: str = "", now: datetime) -> Fetched:
        """The document, if it changed since these marks. Raises `FeedFailed` and `Malformed`, and leaves nothing behind."""
        import aiohttp

        from adapters.names import Guarded

        marks = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {
            "User-Agent": agent(),
            "Accept-Encoding": "gzip",
            **{name: mark for name, mark in marks.items() if mark},
        }
        timeout = aiohttp.ClientTimeout(total=self.seconds, sock_connect=10)
        strangers = set[str]()
        try:
            async with aiohttp.ClientSession(
                headers=headers,
                timeout=timeout,
                trust_env=True,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(resolver=Guarded(strangers)),
            ) as session:
                return await self._followed(session, url, strangers, now)
        except TimeoutError:
            raise FeedFailed(f"{host_of(url)} took longer than {self.seconds:g} seconds.") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FeedFailed(f"{host_of(url)} cannot be reached ({type(error).__name__}).") from None

    async def _followed(
        self, session: "aiohttp.ClientSession", url: str, strangers: set[str], now: datetime
    ) -> Fetched:
        """Redirects are counted, so that one that leads in a circle ends. Whom they lead to is noted among the strangers."""
        first = self._allow(url, first=True)
        for _ in range(MOST_REDIRECTS + 1):
            async with session.get(url, allow_redirects=False, proxy=self.proxy or None) as response:
                if response.status not in REDIRECTS:
                    return await self._taken(response, now)
                url = urljoin(url, response.headers.get("Location", ""))
                strangers |= {self._allow(url, first=False).rstrip(".")} - {first}
        raise FeedFailed(
            f"{host_of(url)} redirects more than {MOST_REDIRECTS} times.", "Check the address in the settings."
        )

    def _allow(self, url: str, *, first: bool) -> str:
        """What the operator wrote may be any host; a stranger redirects to names alone (what they mean: `adapters.names`).

        Returns the host.
        """
        from yarl import URL  # What aiohttp connects by: two readers of one address may differ.

        parts = URL(url)
        host = parts.raw_host or ""
        if self.loopback and host == "127.0.0.1":
            return host
        if parts.scheme != "https" or not host:
            raise FeedFailed(f"{host_of(url)} is not https.", "Only https addresses are fetched.")
        if not first and (_is_address(host) or "." not in host.strip(".")):
            raise FeedFailed(
                "The feed redirects to an address instead of a name.", "Check the address in the settings."
            )
        return host

    async def _taken(self, response: "aiohttp.ClientResponse", now: datetime) -> Fetched:
        etag, modified = response.headers.get("ETag", "")[:200], response.headers.get("Last-Modified", "")[:100]
        if response.status == 304:
            return Fetched(body=None, etag=etag, modified=modified)
        if response.status != 200:
            said = f"{host_of(str(response.url))} answers {response.status}."
            raise FeedFailed(said, retry_after=waited(response.headers.get("Retry-After", ""), now))
        if response.headers.get("Content-Encoding", "identity").lower() not in ("gzip", "x-gzip", "identity"):
            raise Malformed("The document is packed in a way that was not asked for.", "Nothing of it was taken.")
        body = await self._read(response)
        return Fetched(body=await asyncio.to_thread(unpacked, body, self.most_unpacked), etag=etag, modified=modified)

    async def _read(self, response: "aiohttp.ClientResponse") -> bytes:
        """Counted while it comes in: what is said about its length may be missing, or wrong."""
        body = bytearray()
        if (response.content_length or 0) <= self.most_bytes:
            async for chunk in response.content.iter_chunked(65_536):
                body += chunk
                if len(body) > self.most_bytes:
                    break
            else:
                return bytes(body)
        response.close()  # Leaves the rest of it where it is.
        raise Malformed(
            f"The document has more than {self.most_bytes / 1e6:g} MB.", "This is no feed; check the address."
        )


def waited(said: str, now: datetime) -> timedelta | None:
    """`Retry-After`: seconds, or a day and time (RFC 9110 §10.2.3). Nothing for what is neither, and a day at most."""
    try:
        asked = timedelta(seconds=int(said)) if said.isdigit() else _until(said, now)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(asked, timedelta()), LONGEST_PAUSE)


def _until(said: str, now: datetime) -> timedelta:
    at = parsedate_to_datetime(said)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now


def host_of(url: str) -> str:
    """What may be said of an address: it may carry a key in its path or query."""
    try:
        return urlsplit(url).hostname or "the address"
    except ValueError:
        return "the address"


def _is_address(host: str) -> bool:
    """In any of the ways in which it may be written: `127.1` and `0x7f.1` are this machine, and no name ends in a number."""
    last = host.rstrip(".").rpartition(".")[2]
    return ":" in host or last.isdecimal() or last.startswith("0x")
