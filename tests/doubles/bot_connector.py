"""Microsoft's side of a Teams bot on loopback: the connector, the token endpoint, and the keys that it signs with.

It is as strict as the real one where we could be wrong (token, shape, size, cards, who is in which conversation), keeps
what it is sent, and fails on demand.
"""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias
from uuid import uuid4

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from pydantic import ValidationError

from tests.doubles.adaptive_cards import check_card

Json: TypeAlias = dict[str, Any]

APP_ID = "8f2c1f0e-6a51-4a3b-9f6a-1d2c3b4a5e6f"
SECRET = "not-a-real-secret"
TENANT = "5b0d3f6c-2a44-4c0e-9d5b-7e1f00a1b2c3"
CATALOG_APP = "b1c5353a-7aca-41b3-830f-27d5218fe0e5"
GRAPH_TOKEN = "issued-for-graph"
ISSUER = "https://api.botframework.com"
MESSAGE_LIMIT = 28 * 1024
ADAPTIVE = "application/vnd.microsoft.card.adaptive"


@dataclass(slots=True, kw_only=True)
class Member:
    """`aad` is the Entra object id, `id` what this bot knows the person by."""

    aad: str
    name: str
    id: str
    role: str = "user"
    principal: str = ""
    tenant: str = TENANT
    installed: bool = True


@dataclass(slots=True, kw_only=True)
class Message:
    """`text` and `files` are what a person wrote and attached; `activity` what the bot sent. `only_for` is the member of
    a targeted message."""

    id: str
    sender: str
    activity: Json = field(default_factory=dict)
    text: str = ""
    files: tuple[tuple[str, str], ...] = ()
    root: str | None = None
    only_for: str | None = None
    command: bool = False
    edits: int = 0

    @property
    def card(self) -> Json | None:
        attachments = self.activity.get("attachments") or []
        return attachments[0]["content"] if attachments else None


@dataclass(slots=True, kw_only=True)
class Conversation:
    """`sort` is a channel's: standard, private or shared; the roster of the last two is closed to us."""

    id: str
    kind: str
    name: str = ""
    sort: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    gone: bool = False


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next request instead of an answer. `deliver` takes the message all the same."""

    status: int = 0
    code: str = ""
    after: str | None = None
    deliver: bool = False
    drop: bool = False
    delay: float = 0.0


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    """Made once for the whole test run: it takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class BotConnector:
    """`complaints` is empty after a test in which we kept to the rules."""

    def __init__(self) -> None:
        self.url = ""
        self.people: dict[str, Member] = {}
        self.conversations: dict[str, Conversation] = {}
        self.complaints: list[str] = []
        self.faults: deque[Fault] = deque()
        self.requests: list[tuple[str, str]] = []
        self.token_delay = 0.0
        self.tokens_given = 0
        self.key_fetches = 0
        self.sign_in_error = ""
        self.uploaded: dict[str, rsa.RSAPublicKey] = {}
        self.federated: set[str] = set()
        self.install_faults: deque[Fault] = deque()
        self.slow_to_install = False
        self.identities_asked: list[dict[str, str]] = []
        self.sign_in_failures: list[str] = []
        self._shown: set[str] = set()
        self.published = [0]
        self._bearers: set[str] = set()
        self._ids = itertools.count(1_700_000_000_000)

    @property
    def service_url(self) -> str:
        return f"{self.url}/teams/"

    @property
    def openid_url(self) -> str:
        return f"{self.url}/v1/.well-known/openidconfiguration"

    def next_id(self) -> str:
        return str(next(self._ids))

    def sign(self, *, key: int = 0, kid: str | None = None, **claims: Any) -> str:
        """A bearer header as Teams sends it; `claims` change what it says."""
        now = int(time.time())
        said = {
            "iss": ISSUER,
            "aud": APP_ID,
            "serviceurl": self.service_url,
            "nbf": now - 60,
            "exp": now + 3600,
        } | claims
        kept = {name: value for name, value in said.items() if value is not None}
        return "Bearer " + jwt.encode(kept, _key(key), algorithm="RS256", headers={"kid": kid or f"key-{key}"})

    def person(self, name: str, *, outsider: bool = False, installed: bool = True) -> Member:
        aad = str(uuid4())
        principal = (
            f"{name.lower()}_elsewhere.example#EXT#@contoso.example" if outsider else f"{name.lower()}@c.example"
        )
        member = Member(
            aad=aad,
            name=name,
            id=f"29:1{aad.replace('-', '')}",
            role="guest" if outsider else "user",
            principal=principal,
            installed=installed,
        )
        self.people[aad] = member
        return member

    def conversation(self, conversation_id: str, kind: str, name: str = "") -> Conversation:
        return self.conversations.setdefault(conversation_id, Conversation(id=conversation_id, kind=kind, name=name))

    def direct(self, member: Member) -> Conversation:
        """The chat between the bot and this person: the same one every time."""
        chat = self.conversation(f"a:1{member.aad.replace('-', '')}", "personal")
        chat.members[member.aad] = member
        return chat

    def application(self) -> web.Application:
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_post("/{home}/oauth2/v2.0/token", self._token)
        app.router.add_get("/msi/token", self._identity)
        app.router.add_get("/v1/.well-known/openidconfiguration", self._openid)
        app.router.add_get("/v1/keys", self._keys)
        app.router.add_post("/v1.0/users/{person}/teamwork/installedApps", self._install)
        base = "/teams/v3/conversations"
        app.router.add_post(base, self._guarded(self._open))
        app.router.add_post(f"{base}/{{conversation}}/activities", self._guarded(self._post))
        app.router.add_put(f"{base}/{{conversation}}/activities/{{activity}}", self._guarded(self._put))
        app.router.add_get(f"{base}/{{conversation}}/members/{{member}}", self._guarded(self._member))
        return app

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        await asyncio.sleep(self.token_delay)
        right = {"grant_type": "client_credentials", "client_id": APP_ID}
        said = {name: value for name, value in form.items() if isinstance(value, str)}
        known = all(said.get(name) == value for name, value in right.items()) and self._proven(said, str(request.url))
        resource = said.get("scope", "").removesuffix("/.default")
        if self.sign_in_error or not known or resource not in (ISSUER, self.url):
            return web.json_response({"error": self.sign_in_error or "invalid_client"}, status=401)
        if resource == self.url:
            return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": GRAPH_TOKEN})
        self.tokens_given += 1
        bearer = f"issued-{uuid4()}"
        self._bearers.add(bearer)
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": bearer})

    async def _identity(self, request: web.Request) -> web.Response:
        """The endpoint that Azure gives to a machine with a managed identity (App Service's form of it)."""
        if request.headers.get("X-IDENTITY-HEADER") != "given by Azure":
            return web.json_response({"statusCode": 401, "message": "said by the double"}, status=401)
        self.identities_asked.append(dict(request.query))
        return web.json_response({"access_token": "managed", "expires_on": str(int(time.time()) + 86400)})

    def _proven(self, said: dict[str, str], audience: str) -> bool:
        """By the secret, or as Entra checks an assertion: signed by the key of a certificate that was uploaded, for this
        app and this endpoint, and not shown before."""
        if said.get("client_secret"):
            return said["client_secret"] == SECRET
        if said.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
            return False
        shown = said.get("client_assertion", "")
        if shown in self.federated:
            return True
        try:
            header = jwt.get_unverified_header(shown)
            uploaded = self.uploaded[header["x5t#S256"]]
            required = ["exp", "nbf", "iat", "iss", "sub", "jti", "aud"]
            claims = jwt.decode(
                shown, uploaded, algorithms=["PS256"], audience=audience, issuer=APP_ID, options={"require": required}
            )
        except (jwt.PyJWTError, KeyError) as wrong:
            self.sign_in_failures.append(type(wrong).__name__)
            return False
        fresh = claims["jti"] not in self._shown and claims["exp"] - claims["nbf"] <= 600
        self._shown.add(claims["jti"])
        return fresh and claims["sub"] == APP_ID and header["typ"] == "JWT"

    async def _openid(self, request: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/v1/keys"})

    async def _keys(self, request: web.Request) -> web.Response:
        self.key_fetches += 1
        keys = []
        for number in self.published:
            public = json.loads(RSAAlgorithm.to_jwk(_key(number).public_key()))
            keys.append({**public, "kid": f"key-{number}", "endorsements": ["msteams", "webchat"]})
        return web.json_response({"keys": keys})

    async def _install(self, request: web.Request) -> web.Response:
        """Microsoft Graph: `install_faults` are what it says instead of doing it; `slow_to_install`, that it takes time."""
        self.requests.append((request.method, request.path))
        if request.headers.get("Authorization") != f"Bearer {GRAPH_TOKEN}":
            return _error(401, "InvalidAuthenticationToken")
        bound = (await request.json()).get("teamsApp@odata.bind")
        if bound != f"{self.url}/v1.0/appCatalogs/teamsApps/{CATALOG_APP}":
            return _error(400, "BadRequest")
        member = self.people.get(request.match_info["person"])
        if member is None:
            return _error(404, "NotFound")
        if fault := self.install_faults.popleft() if self.install_faults else None:
            return _error(fault.status, fault.code, fault.after)
        if member.installed:
            return _error(409, "Conflict")
        member.installed = not self.slow_to_install
        return web.Response(status=201)

    def _guarded(self, answer: Any) -> Any:
        """Token and faults first, the same for every route of the connector."""

        async def handler(request: web.Request) -> web.StreamResponse:
            self.requests.append((request.method, request.path))
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._bearers:
                return self._complain("a request without a token that we issued", 401)
            fault = self.faults.popleft() if self.faults else Fault()
            await asyncio.sleep(fault.delay)
            if fault.status and not fault.deliver:
                return _error(fault.status, fault.code, fault.after)
            response: web.StreamResponse = await answer(request)
            if fault.drop:
                assert request.transport
                request.transport.close()
            return _error(fault.status, fault.code, fault.after) if fault.status else response

        return handler

    async def _open(self, request: web.Request) -> web.StreamResponse:
        asked = {name.lower(): value for name, value in (await request.json()).items()}  # .NET minds no case, nor do we
        if asked.get("tenantid") != TENANT or asked["bot"]["id"] != f"28:{APP_ID}" or asked.get("isgroup"):
            return self._complain(f"a chat opened wrongly: {asked}")
        member = self._known(asked["members"][0]["id"])
        if member is None or not member.installed:
            return _error(403, "ForbiddenOperationException")
        return web.json_response({"id": self.direct(member).id}, status=201)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        found = self._place(request)
        if isinstance(found, web.StreamResponse):
            return found
        conversation, root = found
        activity = await self._activity(request, conversation)
        if isinstance(activity, web.StreamResponse):
            return activity
        only_for = None
        if request.query.get("isTargetedActivity") == "true":
            recipient = self._known(activity.get("recipient", {}).get("id", ""))
            if recipient is None or recipient.aad not in conversation.members or conversation.kind == "personal":
                return _error(400, "BadArgument")
            only_for = recipient.aad
        message = Message(id=self.next_id(), sender=APP_ID, activity=activity, root=root, only_for=only_for)
        conversation.messages.append(message)
        return web.json_response({"id": message.id}, status=201)

    async def _put(self, request: web.Request) -> web.StreamResponse:
        found = self._place(request)
        if isinstance(found, web.StreamResponse):
            return found
        conversation, _ = found
        activity = await self._activity(request, conversation)
        if isinstance(activity, web.StreamResponse):
            return activity
        message = next((m for m in conversation.messages if m.id == request.match_info["activity"]), None)
        if message is None or message.sender != APP_ID:
            return _error(404, "ActivityNotFoundInConversation")
        message.activity = activity
        message.edits += 1
        return web.json_response({"id": message.id})

    async def _member(self, request: web.Request) -> web.StreamResponse:
        found = self._place(request)
        if isinstance(found, web.StreamResponse):
            return found
        if found[1]:
            return self._complain("a thread was asked for its roster")
        if found[0].sort in {"private", "shared"}:
            return _error(403, "NotEnoughPermissions")
        member = self._known(request.match_info["member"])
        if member is None or member.aad not in found[0].members:
            return _error(404, "MemberNotFoundInConversation")
        described = {
            "id": member.id,
            "name": member.name,
            "aadObjectId": member.aad,
            "userPrincipalName": member.principal,
            "tenantId": member.tenant,
            "userRole": member.role,
        }
        return web.json_response(described)

    def _place(self, request: web.Request) -> tuple[Conversation, str | None] | web.StreamResponse:
        """The conversation, and the thread that its id may name."""
        base, _, root = request.match_info["conversation"].partition(";messageid=")
        conversation = self.conversations.get(base)
        if conversation is None or conversation.gone:
            return _error(404, "ConversationNotFound")
        uninstalled = [m for m in conversation.members.values() if not m.installed]
        if conversation.kind == "personal" and uninstalled:
            return _error(403, "ConversationBlockedByUser")
        return conversation, root or None

    async def _activity(self, request: web.Request, conversation: Conversation) -> Json | web.StreamResponse:
        body = await request.read()
        if len(body) > MESSAGE_LIMIT:
            return self._complain(f"{len(body)} bytes are too many for Teams", 413)
        activity: Json = json.loads(body)
        try:
            self._check(activity, conversation)
        except (AssertionError, ValidationError, KeyError) as problem:
            return self._complain(f"{type(problem).__name__}: {problem}")
        return activity

    def _check(self, activity: Json, conversation: Conversation) -> None:
        assert activity["type"] == "message", "only messages are sent"
        assert activity["from"]["id"] == f"28:{APP_ID}", "a message that is not from the bot"
        assert activity["conversation"]["id"].split(";")[0] == conversation.id, "sent to another conversation"
        cards = activity.get("attachments", [])
        assert bool(cards) != bool(activity.get("text")), "either words or a card"
        for attachment in cards:
            assert attachment["contentType"] == ADAPTIVE
            assert activity.get("summary"), "a notification would be empty"
            check_card(attachment["content"])

    def _known(self, person: str) -> Member | None:
        return next((m for m in self.people.values() if person in (m.aad, m.id)), None)

    def _complain(self, what: str, status: int = 400) -> web.StreamResponse:
        self.complaints.append(what)
        return _error(status, "BadSyntax")


def _error(status: int, code: str, after: str | None = None) -> web.Response:
    headers = {"Retry-After": after} if after else None
    return web.json_response({"error": {"code": code, "message": "said by the double"}}, status=status, headers=headers)


@asynccontextmanager
async def bot_connector() -> AsyncIterator[BotConnector]:
    """A running double on a free port of 127.0.0.1."""
    double = BotConnector()
    runner = web.AppRunner(double.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    double.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield double
    finally:
        await runner.cleanup()
