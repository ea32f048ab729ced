"""What the Teams adapter is told, as one plain value, and what is missing. The environment is read by `adapters.settings`.

Every address can be pointed elsewhere: sovereign clouds have their own (GCC High, DoD, 21Vianet), and the tests stand
on loopback. The defaults are the public cloud's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from adapters.settings import Settings

AppType: TypeAlias = Literal["SingleTenant", "MultiTenant", "UserAssignedMSI"]

GOVERNMENT: Final = "https://botframework.azure.us"
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsConfig:
    """`tenant_id` is the home tenant: only it is let in, except by a `MultiTenant` bot.

    That one lets in `allowed_tenants`, or with none named every tenant that has installed it. `targeted_messages` says
    that the tenant has messages that one person alone can see in a conversation (Teams ends them after 24 hours).
    `certificate` is a PEM file with a key and its certificate, `token_file` holds a token that our machine was given;
    each stands in place of `app_password`. With `catalog_app_id`, the app's id in the tenant's catalog, the app is
    installed for those who are to be written to and do not have it. `body_limit` is in bytes.
    """

    app_id: str
    app_password: str = field(default="", repr=False)
    certificate: Path | None = None
    token_file: Path | None = None
    app_type: AppType = "SingleTenant"
    tenant_id: str = ""
    allowed_tenants: tuple[str, ...] = ()
    targeted_messages: bool = False
    catalog_app_id: str = ""
    login_url: str = "https://login.microsoftonline.com"
    openid_metadata_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    channel_issuer: str = "https://api.botframework.com"
    channel_resource: str = "https://api.botframework.com"
    service_url: str = "https://smba.trafficmanager.net/teams/"
    client_url: str = "https://teams.microsoft.com"
    graph_url: str = "https://graph.microsoft.com"
    body_limit: int = 256 * 1024

    @property
    def bot_id(self) -> str:
        """The bot's own account id in Teams: `28:` and the app id."""
        return f"28:{self.app_id}"

    @property
    def token_url(self) -> str:
        """Where outbound tokens come from: a multi-tenant bot's home is Microsoft's own tenant `botframework.com`."""
        home = "botframework.com" if self.app_type == "MultiTenant" else self.tenant_id
        return f"{self.login_url.rstrip('/')}/{home}/oauth2/v2.0/token"

    def admits(self, tenant: str) -> bool:
        """Whether somebody of this tenant may speak to us at all."""
        if self.app_type == "MultiTenant":
            return bool(tenant) and (not self.allowed_tenants or tenant in self.allowed_tenants)
        return bool(tenant) and tenant == self.tenant_id


def in_cloud(config: TeamsConfig, channel_service: str) -> TeamsConfig:
    """The config moved to the cloud that Bot Framework's own setting `ChannelService` names; empty is the public cloud.

    The US government's addresses: learn.microsoft.com, "Configure Bot Framework bots for US Government".
    """
    if not cloud(channel_service):
        return config
    return replace(
        config,
        login_url="https://login.microsoftonline.us",
        openid_metadata_url="https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
        channel_issuer="https://api.botframework.us",
        channel_resource="https://api.botframework.us",
        service_url="https://smba.infra.gov.teams.microsoft.us/teams/",
        client_url="https://gov.teams.microsoft.us",
        graph_url="https://graph.microsoft.us",
    )


def teams_config(settings: "Settings") -> TeamsConfig:
    """What the Teams adapter is told: the addresses of its cloud, and those that were pointed elsewhere."""
    config = TeamsConfig(
        app_id=settings.microsoft_app_id or "",
        app_password=settings.microsoft_app_password.get_secret_value() if settings.microsoft_app_password else "",
        certificate=settings.microsoft_app_certificate,
        token_file=settings.microsoft_app_token_file,
        app_type=settings.microsoft_app_type,
        tenant_id=settings.microsoft_app_tenant_id or "",
        allowed_tenants=settings.microsoft_allowed_tenants,
        targeted_messages=settings.teams_targeted_messages,
        catalog_app_id=settings.teams_catalog_app_id or "",
    )
    config = in_cloud(config, settings.microsoft_channel_service)
    return replace(
        config,
        login_url=settings.microsoft_login_url or config.login_url,
        openid_metadata_url=settings.microsoft_openid_url or config.openid_metadata_url,
        service_url=settings.microsoft_service_url or config.service_url,
        graph_url=settings.microsoft_graph_url or config.graph_url,
    )


def guid(value: str, mend: str) -> str:
    """The same. Raises `ValueError`."""
    if not _GUID.fullmatch(value):
        raise ValueError(f"should look like 00000000-0000-0000-0000-000000000000; {mend}")
    return value


def tenants(ids: tuple[str, ...]) -> tuple[str, ...]:
    """The same. Raises `ValueError`."""
    for tenant in ids:
        if not _GUID.fullmatch(tenant):
            raise ValueError(f'"{tenant}" is no tenant id; write 00000000-0000-0000-0000-000000000000, by commas')
    return ids


def cloud(channel_service: str) -> str:
    """The same. Raises `ValueError`."""
    if channel_service and channel_service.rstrip("/") != GOVERNMENT:
        raise ValueError(f"leave it empty for the public cloud, or write {GOVERNMENT} for the US government's")
    return channel_service


def gaps(settings: "Settings") -> Iterator[str]:
    """What is missing, or too much: one line each."""
    managed = settings.microsoft_app_type == "UserAssignedMSI"
    if not settings.teams_on:
        if _app_credentials(settings) or settings.microsoft_app_tenant_id:
            yield "MICROSOFT_APP_ID is missing. Copy the Microsoft App ID from the bot's Configuration page in Azure."
        return
    given = _app_credentials(settings)
    if len(given) + managed > 1:
        named = " and ".join([*given, *(["MICROSOFT_APP_TYPE=UserAssignedMSI"] if managed else [])])
        yield f"{named} are both set, and one of them proves who Touchpoint is. Keep one."
    elif not given and not managed:
        yield (
            "MICROSOFT_APP_PASSWORD is missing. Make a client secret under App registrations → Certificates & secrets "
            "and copy its Value (not its Secret ID); or set MICROSOFT_APP_CERTIFICATE to the file of a certificate."
        )
    if not settings.microsoft_app_tenant_id and settings.microsoft_app_type != "MultiTenant":
        yield (
            f"MICROSOFT_APP_TENANT_ID is missing, and {settings.microsoft_app_type} needs it. "
            "Copy the Directory (tenant) ID of the app's registration, or set MICROSOFT_APP_TYPE=MultiTenant."
        )


def _app_credentials(settings: "Settings") -> list[str]:
    """The names of those that are set."""
    held = {
        "MICROSOFT_APP_PASSWORD": settings.microsoft_app_password,
        "MICROSOFT_APP_CERTIFICATE": settings.microsoft_app_certificate,
        "MICROSOFT_APP_TOKEN_FILE": settings.microsoft_app_token_file,
    }
    return [name for name, value in held.items() if value]
