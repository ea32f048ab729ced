"""The public keys that inbound tokens are signed with, fetched without stopping the event loop and kept for a day.

botbuilder-core's own cache blocks while it fetches, and refuses a key that was rotated in for up to 24 hours.
"""

import json
import time
from typing import Any, TypeAlias

import aiohttp
from jwt.algorithms import RSAAlgorithm

Json: TypeAlias = dict[str, Any]

KEYS_LIVE = 24 * 3600.0
# A signing key can be new at any moment, so an unknown one is looked up at once; but forged tokens with made-up keys
# must not make us hammer Microsoft, so not more often than this.
UNKNOWN_KEY_EVERY = 30.0


class KeysUnavailable(Exception):
    """The keys that sign inbound tokens could not be fetched, so nobody can be let in or turned away."""


class OpenIdKeys:
    """Stands where the SDK keeps its own blocking `_OpenIdMetadata`: the same `get`, without stopping the loop."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session
        self._keys: dict[str, SigningKey] = {}
        self._fetched = self._sought = float("-inf")

    async def get(self, key_id: str | None) -> "SigningKey":
        now = time.monotonic()
        if now - self._fetched > KEYS_LIVE:
            await self._refresh()
        elif key_id not in self._keys and now - self._sought > UNKNOWN_KEY_EVERY:
            self._sought = now
            await self._refresh()
        if key_id is None or key_id not in self._keys:
            raise PermissionError("the token is signed with a key that nobody published")
        return self._keys[key_id]

    async def _refresh(self) -> None:
        try:
            async with self._session.get(self._url) as response:
                keys_url = (await response.json(content_type=None))["jwks_uri"]
            async with self._session.get(keys_url) as response:
                keys = (await response.json(content_type=None))["keys"]
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            if self._keys:  # yesterday's keys are better than none; the next token asks again
                return
            raise KeysUnavailable(type(error).__name__) from error
        self._keys = {key["kid"]: SigningKey(key) for key in keys if key.get("kty") == "RSA"}
        self._fetched = time.monotonic()


class SigningKey:
    """What `JwtTokenExtractor` reads from one published key; parsed once, not for every request."""

    def __init__(self, key: Json) -> None:
        self.public_key = RSAAlgorithm.from_jwk(json.dumps(key))
        self.endorsements = key.get("endorsements", [])
