"""What the Teams adapter has to be told, as one plain value. Reading the environment is `adapters.settings`' work.

Every address can be pointed elsewhere: sovereign clouds have their own (GCC High, DoD, 21Vianet), and the tests stand
on loopback. The defaults are the public cloud's.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias

AppType: TypeAlias = Literal["SingleTenant", "MultiTenant", "UserAssignedMSI"]


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


GOVERNMENT = "https://botframework.azure.us"


def in_cloud(config: TeamsConfig, channel_service: str) -> TeamsConfig:
    """The config moved to the cloud that Bot Framework's own setting `ChannelService` names; empty is the public cloud.

    The US government's addresses: learn.microsoft.com, "Configure Bot Framework bots for US Government".
    """
    if not channel_service:
        return config
    if channel_service.rstrip("/") != GOVERNMENT:
        raise ValueError(f"the channel service is not known; leave it empty or write {GOVERNMENT}")
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
