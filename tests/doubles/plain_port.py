"""A second implementation of the port: aiohttp and PyJWT, no SDK. It shows that the adapter above needs nothing else.

Requests: learn.microsoft.com, "Bot Connector REST API reference"; tokens: "Authentication with the Bot Connector API".
"""

import json
from typing import Any
from urllib.parse import quote

import aiohttp
import jwt

from adapters.teams.config import TeamsConfig
from adapters.teams.keys import OpenIdKeys
from adapters.teams.port import Json, Turn, tenant_in
from adapters.teams.references import THREAD_MARK, Reference
from adapters.teams.wire import Wire

CLOCKS_DIFFER = 300
JSON = {"Content-Type": "application/json; charset=utf-8"}


class PlainPort:
    """`adapters.teams.port.Port`."""

    def __init__(self, config: TeamsConfig, session: aiohttp.ClientSession, wire: Wire) -> None:
        self._config = config
        self._keys = OpenIdKeys(config.openid_metadata_url, session)
        self._wire = wire

    async def handle(self, auth_header: str, activity: Json, turn: Turn) -> tuple[int, Json | None]:
        try:
            await self._check(auth_header.removeprefix("Bearer "), activity)
        except (jwt.PyJWTError, PermissionError):
            return 401, None
        if not self._config.admits(tenant_in(activity)):
            return 403, None
        body = await turn(activity)
        if activity.get("type") == "invoke":
            return (501, None) if body is None else (200, body)
        return 200, None

    async def _check(self, token: str, activity: Json) -> None:
        key = await self._keys.get(jwt.get_unverified_header(token).get("kid"))
        claims = jwt.decode(
            token,
            key.public_key,  # type: ignore[arg-type]
            algorithms=["RS256"],
            audience=self._config.app_id,
            issuer=self._config.channel_issuer,
            leeway=CLOCKS_DIFFER,
            options={"require": ["exp", "aud", "iss"]},
        )
        if activity.get("channelId") != "msteams" or "msteams" not in key.endorsements:
            raise PermissionError("not of this channel")
        if not activity.get("serviceUrl") or claims.get("serviceurl") != activity["serviceUrl"]:
            raise PermissionError("the token was made for another service URL")

    async def send(self, reference: Reference, activity: Json) -> str:
        return str((await self._call("POST", reference, "activities", self._ours(reference, activity)))["id"])

    async def send_targeted(self, reference: Reference, person: str, activity: Json) -> str:
        addressed = {**self._ours(reference, activity), "recipient": {"id": person}}
        return str((await self._call("POST", reference, "activities?isTargetedActivity=true", addressed))["id"])

    async def update(self, reference: Reference, activity_id: str, activity: Json) -> None:
        content = {**self._ours(reference, activity), "id": activity_id}
        await self._call("PUT", reference, f"activities/{quote(activity_id, safe='')}", content)

    async def open_chat(self, service_url: str, tenant: str, person: str) -> Reference:
        asked = {
            "isGroup": False,
            "bot": {"id": self._config.bot_id},
            "members": [{"id": person}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        url = f"{service_url.rstrip('/')}/v3/conversations"
        _, _, body = await self._wire.request("POST", url, JSON, json.dumps(asked))
        return Reference(
            service_url=service_url,
            conversation=json.loads(body)["id"],
            kind="personal",
            tenant=tenant,
            bot=self._config.bot_id,
            user=person,
        )

    async def member(self, reference: Reference, person: str) -> Json:
        return await self._call("GET", reference, f"members/{quote(person, safe='')}")

    def _ours(self, reference: Reference, activity: Json) -> Json:
        return {**activity, "from": {"id": reference.bot}, "conversation": {"id": reference.conversation}}

    async def _call(self, method: str, reference: Reference, path: str, content: Any = None) -> Json:
        conversation = reference.conversation
        if method == "GET":
            conversation = conversation.split(THREAD_MARK, 1)[0]
        url = f"{reference.service_url.rstrip('/')}/v3/conversations/{quote(conversation, safe='')}/{path}"
        _, _, body = await self._wire.request(method, url, JSON, None if content is None else json.dumps(content))
        answered: Json = json.loads(body) if body else {}
        return answered
