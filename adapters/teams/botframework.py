"""The one file that knows botbuilder-core: the port, by that SDK. Its successor would change only this.

What the SDK does here: it validates the inbound token, runs the turn and calls the connector through its own client.
What it does not do, because it was measured to do it badly: answer HTTP (500 to every invoke with a body, 500 instead
of 401), fetch keys and tokens (blocking), retry, or keep state. No rule of ours and no card is known here.
"""

import json
from typing import Any
from urllib.parse import quote

import aiohttp
import jwt
from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.core.conversation_reference_extension import get_continuation_activity
from botbuilder.schema import (
    Activity,
    ActivityTypes,
    ChannelAccount,
    ConversationAccount,
    ConversationParameters,
    ConversationReference,
)
from botframework.connector import Channels
from botframework.connector.aio import ConnectorClient
from botframework.connector.auth import (
    AuthenticateRequestResult,
    AuthenticationConfiguration,
    BotFrameworkAuthentication,
    BotFrameworkAuthenticationFactory,
    ClaimsIdentity,
    ConnectorFactory,
    PasswordServiceClientCredentialFactory,
)
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor
from botframework.connector.bot_framework_sdk_client_async import BotFrameworkConnectorConfiguration
from msrest.authentication import Authentication
from msrest.pipeline import Response
from msrest.pipeline.async_abc import AsyncHTTPSender, AsyncPipeline
from msrest.pipeline.universal import RawDeserializer
from msrest.universal_http.async_abc import AsyncClientResponse

from adapters.teams.config import TeamsConfig
from adapters.teams.keys import KeysUnavailable, OpenIdKeys
from adapters.teams.port import Json, Turn, tenant_in
from adapters.teams.references import THREAD_MARK, Reference
from adapters.teams.wire import Wire


class _Sender(AsyncHTTPSender[Any, Any]):
    """The last step of the SDK's pipeline: one request over our own wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def __aexit__(self, *exc_details: object) -> None:
        """The session below belongs to whoever gave it."""

    async def send(self, request: Any, **config: Any) -> Any:
        sending = request.http_request
        status, headers, body = await self._wire.request(sending.method, sending.url, sending.headers, sending.data)
        return Response(request, _Answer(sending, status, headers, body))


class _Answer(AsyncClientResponse):
    """What the SDK's deserializer reads from a response."""

    def __init__(self, request: Any, status: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__(request, self)
        self.status_code = status
        self.headers = headers
        self._body = body

    def body(self) -> bytes:
        return self._body


class _Connectors(ConnectorFactory):  # type: ignore[misc]
    """One connector client for each service URL: building one costs the SDK milliseconds."""

    def __init__(self, sender: _Sender) -> None:
        self._sender = sender
        self._clients: dict[str, Any] = {}

    async def create(self, service_url: str, audience: str | None = None) -> Any:
        if service_url not in self._clients:
            config = BotFrameworkConnectorConfiguration(Authentication(), service_url, pipeline_type=self._pipeline)
            self._clients[service_url] = ConnectorClient(Authentication(), custom_configuration=config)
        return self._clients[service_url]

    def _pipeline(self, config: Any) -> Any:
        return AsyncPipeline([config.user_agent_policy, RawDeserializer()], self._sender)


class _Authentication(BotFrameworkAuthentication):  # type: ignore[misc]
    """The SDK's validation of channel tokens, and only of those; our own connectors; no user tokens."""

    def __init__(self, config: TeamsConfig, connectors: _Connectors) -> None:
        self._issuer = config.channel_issuer
        self._resource = config.channel_resource
        self._connectors = connectors
        self._channel = BotFrameworkAuthenticationFactory.create(
            validate_authority=True,
            to_channel_from_bot_login_url=config.token_url,
            to_channel_from_bot_oauth_scope=config.channel_resource,
            to_bot_from_channel_token_issuer=config.channel_issuer,
            to_bot_from_channel_open_id_metadata_url=config.openid_metadata_url,
            to_bot_from_emulator_open_id_metadata_url=config.openid_metadata_url,
            credential_factory=PasswordServiceClientCredentialFactory(config.app_id),
            auth_configuration=AuthenticationConfiguration(),
        )

    async def authenticate_request(self, activity: Any, auth_header: str) -> Any:
        # The SDK also lets in the emulator's and other bots' tokens, which carry no service URL to check, and would
        # fetch their keys with a blocking call. Teams signs with the channel's issuer, so anybody else stops here.
        claimed = jwt.decode(auth_header.removeprefix("Bearer "), options={"verify_signature": False})
        if claimed.get("iss") != self._issuer or not activity.service_url:
            raise PermissionError("the token is not the channel's, or the activity has no service URL")
        identity = (await self._channel.authenticate_request(activity, auth_header)).claims_identity
        result = AuthenticateRequestResult()
        result.claims_identity = identity
        result.audience = self._resource
        result.connector_factory = self._connectors
        return result

    def create_connector_factory(self, claims_identity: Any) -> Any:
        return self._connectors

    async def create_user_token_client(self, claims_identity: Any) -> None:
        return None

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> Any:
        raise NotImplementedError("Teams calls over HTTP")

    async def authenticate_channel_request(self, auth_header: str) -> Any:
        raise NotImplementedError("no skills here")

    def create_bot_framework_client(self) -> Any:
        raise NotImplementedError("no skills here")

    def get_originating_audience(self) -> str:
        return self._resource


class BotFramework(CloudAdapterBase):  # type: ignore[misc]
    """`adapters.teams.port.Port`."""

    def __init__(self, config: TeamsConfig, session: aiohttp.ClientSession, wire: Wire) -> None:
        self._config = config
        self._connectors = _Connectors(_Sender(wire))
        super().__init__(_Authentication(config, self._connectors))
        JwtTokenExtractor.metadataCache[config.openid_metadata_url] = OpenIdKeys(config.openid_metadata_url, session)
        self._claims = ClaimsIdentity({"aud": config.app_id, "appid": config.app_id}, True)

    async def handle(self, auth_header: str, activity: Json, turn: Turn) -> tuple[int, Json | None]:
        inbound = _envelope(activity)
        try:
            if inbound.channel_id != Channels.ms_teams:
                raise PermissionError("other channels let their callers choose who they are")
            authenticated = await self.bot_framework_authentication.authenticate_request(inbound, auth_header)
        except KeysUnavailable:
            raise
        except Exception:  # the SDK raises whatever jwt and its own parsing raise; all of it means the same
            return 401, None
        if not self._config.admits(tenant_in(activity)):
            return 403, None
        return await self._run(inbound, authenticated, activity, turn)

    async def _run(self, inbound: Any, authenticated: Any, activity: Json, turn: Turn) -> tuple[int, Json | None]:
        async def logic(context: TurnContext) -> None:
            body = await turn(activity)
            if body is not None:
                value = InvokeResponse(status=200, body=body)
                await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=value))

        answer = await self.process_activity(authenticated, inbound, logic)
        return (int(answer.status), answer.body) if answer else (200, None)

    async def send(self, reference: Reference, activity: Json) -> str:
        sent: list[str] = []

        async def logic(context: TurnContext) -> None:
            sent.append((await context.send_activity(Activity.deserialize(activity))).id)

        await self.process_proactive(self._claims, _continuation(reference), self._config.channel_resource, logic)
        return sent[0]

    async def update(self, reference: Reference, activity_id: str, activity: Json) -> None:
        async def logic(context: TurnContext) -> None:
            await context.update_activity(Activity.deserialize({**activity, "id": activity_id}))

        await self.process_proactive(self._claims, _continuation(reference), self._config.channel_resource, logic)

    async def send_targeted(self, reference: Reference, person: str, activity: Json) -> str:
        """The SDK has no API for it; the connector has a query parameter."""
        addressed = {
            **activity,
            "from": {"id": reference.bot},
            "recipient": {"id": person},
            "conversation": {"id": reference.conversation},
        }
        client = (await self._connectors.create(reference.service_url))._client
        path = client.format_url("/v3/conversations/{id}/activities", id=quote(reference.conversation, safe=""))
        headers = {"Content-Type": "application/json; charset=utf-8"}
        request = client.post(path, {"isTargetedActivity": "true"}, headers, addressed)
        response = await client.async_send(request, stream=False)
        return str(json.loads(response.text())["id"])

    async def open_chat(self, service_url: str, tenant: str, person: str) -> Reference:
        opened: list[str] = []

        async def logic(context: TurnContext) -> None:
            opened.append(context.activity.conversation.id)

        parameters = ConversationParameters(
            is_group=False,
            bot=ChannelAccount(id=self._config.bot_id),
            members=[ChannelAccount(id=person)],
            tenant_id=tenant,
            channel_data={"tenant": {"id": tenant}},
        )
        await self.create_conversation(
            self._config.app_id,
            logic,
            parameters,
            Channels.ms_teams,
            service_url,
            self._config.channel_resource,
        )
        return Reference(
            service_url=service_url,
            conversation=opened[0],
            kind="personal",
            tenant=tenant,
            bot=self._config.bot_id,
            user=person,
        )

    async def member(self, reference: Reference, person: str) -> Json:
        connector = await self._connectors.create(reference.service_url)
        conversation = reference.conversation.split(THREAD_MARK, 1)[0]
        found = await connector.conversations.get_conversation_member(conversation, person, raw=True)
        member: Json = json.loads(found.response.text())
        return member


def _envelope(activity: Json) -> Any:
    """What the SDK needs to know of an inbound activity. The rest it would parse for nothing, and choke on oddities."""
    conversation = activity.get("conversation")
    return Activity(
        type=activity.get("type"),
        id=activity.get("id"),
        channel_id=activity.get("channelId"),
        service_url=activity.get("serviceUrl"),
        conversation=ConversationAccount(id=conversation.get("id") if isinstance(conversation, dict) else None),
    )


def _continuation(reference: Reference) -> Any:
    """The SDK's way to begin a turn of our own accord.

    It invents an id for it, and would then send every message as a reply to that id, which Teams has never heard of.
    """
    begun = get_continuation_activity(
        ConversationReference(
            channel_id=Channels.ms_teams,
            service_url=reference.service_url,
            conversation=ConversationAccount(id=reference.conversation),
            bot=ChannelAccount(id=reference.bot),
            user=ChannelAccount(id=reference.user) if reference.user else None,
        )
    )
    begun.id = None
    return begun
