"""Every setting of the process: read once at start from the environment and `.env`, checked whole, then frozen.

What a setting means to an admin stands in `.env.example`; here stands what is accepted, and what to do about what is
not. No other module reads the environment. Secrets are `SecretStr`, so that no repr, log or error can show one; nobody
calls `get_secret_value` before the place that sends it. A field is read from the environment under its alias, or else
under its own name.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from adapters import addresses
from adapters.slack import config as slack
from adapters.teams import config as teams
from agenda.errors import TouchpointError
from storage.vault import keys_in

LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]

DEFAULT_ENV_FILE = Path(".env")
KEV = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
EPSS = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"  # FIRST's own page of the data leads there.
MOST_FEEDS = 20
SHORTEST_WEBHOOK_SECRET = 32  # characters
OFF = "off"
_ACCOUNT = re.compile(r"(slack|teams|play):[^/\s]+/[^/\s]+")


class BadSettings(TouchpointError):
    """The settings do not do. `problems` says why, each with what to do about it, and shows no secret."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems), ".env.example explains every setting.")
        self.problems = problems


class Settings(BaseSettings):
    """All of them. Empty counts as not set."""

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8-sig",  # Notepad puts a byte-order mark in front, and the first setting would be lost
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        str_strip_whitespace=True,
    )

    host: str = Field("127.0.0.1", validation_alias="TOUCHPOINT_HOST")
    port: int = Field(3978, ge=0, le=65535, validation_alias="TOUCHPOINT_PORT")
    database_url: SecretStr = Field(SecretStr("sqlite:///touchpoint.db"), validation_alias="TOUCHPOINT_DATABASE_URL")
    public_url: str | None = Field(None, validation_alias="TOUCHPOINT_PUBLIC_URL")
    playground: bool = Field(True, validation_alias="TOUCHPOINT_PLAYGROUND")
    playground_port: int = Field(3979, ge=0, le=65535, validation_alias="TOUCHPOINT_PLAYGROUND_PORT")
    keep_days: int = Field(400, ge=30, le=36_500, validation_alias="TOUCHPOINT_KEEP_DAYS")
    admins: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="TOUCHPOINT_ADMINS")
    audit_heads: str = Field("", validation_alias="TOUCHPOINT_AUDIT_HEADS")
    kev_url: str = Field(KEV, validation_alias="TOUCHPOINT_KEV_URL")
    epss_url: str = Field(EPSS, validation_alias="TOUCHPOINT_EPSS_URL")
    feeds: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="TOUCHPOINT_FEEDS")
    proxy: SecretStr | None = Field(None, validation_alias="TOUCHPOINT_PROXY")
    webhook_secret: SecretStr | None = Field(None, validation_alias="TOUCHPOINT_WEBHOOK_SECRET")
    log_level: LogLevel = Field("info", validation_alias="TOUCHPOINT_LOG_LEVEL")
    log_format: Literal["auto", "json", "console"] = Field("auto", validation_alias="TOUCHPOINT_LOG_FORMAT")
    keys: SecretStr | None = Field(None, validation_alias="TOUCHPOINT_KEYS")

    slack_bot_token: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_teams: Annotated[tuple[str, ...], NoDecode] = ()
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_sockets: int = Field(2, ge=1, le=10)  # Slack allows ten
    slack_api_url: str = "https://slack.com/api/"

    microsoft_app_id: str | None = None
    microsoft_app_password: SecretStr | None = None
    microsoft_app_certificate: Path | None = None
    microsoft_app_token_file: Path | None = None
    microsoft_app_tenant_id: str | None = None
    microsoft_app_type: teams.AppType = "SingleTenant"
    microsoft_allowed_tenants: Annotated[tuple[str, ...], NoDecode] = ()
    microsoft_channel_service: str = ""
    microsoft_login_url: str | None = None
    microsoft_openid_url: str | None = None
    microsoft_service_url: str | None = None
    microsoft_graph_url: str | None = None
    teams_targeted_messages: bool = False
    teams_catalog_app_id: str | None = None

    @property
    def heads_file(self) -> Path | None:
        """Where the audit logs' heads are kept: said, or beside the SQLite database; nothing where neither is, or for `off`."""
        if self.audit_heads:
            return None if self.audit_heads.lower() == OFF else Path(self.audit_heads)
        database = re.match(r"sqlite:///([^?]+)", self.database_url.get_secret_value())
        in_a_file = database is not None and database[1] != ":memory:"
        return Path(database[1]).with_name("touchpoint-heads.jsonl") if database and in_a_file else None

    @property
    def sources(self) -> dict[str, str]:
        """What is fetched for `threats`, by its address: `kev`, `epss` or `news`. What is off is not there."""
        published = {self.kev_url: "kev", self.epss_url: "epss"}
        return {url: sort for url, sort in published.items() if url != OFF} | dict.fromkeys(self.feeds, "news")

    @property
    def tracker_secret(self) -> str:
        """What signs a tracker's deliveries; empty where none may come."""
        return self.webhook_secret.get_secret_value() if self.webhook_secret else ""

    @property
    def slack_on(self) -> bool:
        return self.slack_bot_token is not None or self.slack_oauth

    @property
    def slack_oauth(self) -> bool:
        """Do several workspaces install the app themselves?"""
        return self.slack_client_id is not None

    @property
    def vault_keys(self) -> dict[str, bytes]:
        """By their ids; the first one writes."""
        return keys_in(self.keys.get_secret_value()) if self.keys else {}

    @property
    def socket_mode(self) -> bool:
        return self.slack_app_token is not None

    @property
    def teams_on(self) -> bool:
        return self.microsoft_app_id is not None

    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be seen, the database's password among them."""
        held = (value for value in self.__dict__.values() if isinstance(value, SecretStr))
        return (*(secret.get_secret_value() for secret in held if secret != self.database_url), *self._passwords())

    def _passwords(self) -> Iterator[str]:
        written = urlsplit(self.database_url.get_secret_value()).password
        if written:
            yield written
            yield unquote(written)

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("microsoft_app_type", mode="before")
    @classmethod
    def _azure_spelling(cls, value: object) -> object:
        known = {"singletenant": "SingleTenant", "multitenant": "MultiTenant", "userassignedmsi": "UserAssignedMSI"}
        return known.get(value.strip().lower(), value) if isinstance(value, str) else value

    @field_validator("admins", "feeds", "slack_teams", "microsoft_allowed_tenants", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return tuple(filter(None, (part.strip() for part in value.split(",")))) if isinstance(value, str) else value

    @field_validator("admins")
    @classmethod
    def _accounts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for account in value:
            if not _ACCOUNT.fullmatch(account):
                raise ValueError(f'"{account}" is no account; write slack:T0123/U0456 or teams:<tenant id>/<user id>')
        return value

    @field_validator("kev_url", "epss_url")
    @classmethod
    def _fetched(cls, value: str) -> str:
        return OFF if value.lower() == OFF else addresses.https(value)

    @field_validator("feeds")
    @classmethod
    def _followed(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) > MOST_FEEDS:
            raise ValueError(f"has {len(value)} feeds; at most {MOST_FEEDS} are followed")
        return tuple(map(addresses.https, value))

    @field_validator("proxy")
    @classmethod
    def _proxied(cls, value: SecretStr | None) -> SecretStr | None:
        return SecretStr(addresses.proxy(value.get_secret_value())) if value else None

    @field_validator("webhook_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < SHORTEST_WEBHOOK_SECRET:
            raise ValueError(f"has fewer than {SHORTEST_WEBHOOK_SECRET} characters; make one: openssl rand -hex 32")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        scheme = url.split(":", 1)[0]
        if scheme == "postgres":
            raise ValueError("begins with postgres://; write postgresql:// instead")
        if scheme not in {"sqlite", "postgresql", "postgresql+psycopg"} or "://" not in url:
            raise ValueError("write sqlite:///path/to/file.db or postgresql://user:password@host/database")
        return value

    @field_validator("public_url")
    @classmethod
    def _public_base(cls, value: str | None) -> str | None:
        return value and addresses.base(value)

    @field_validator(
        "slack_api_url", "microsoft_login_url", "microsoft_openid_url", "microsoft_service_url", "microsoft_graph_url"
    )
    @classmethod
    def _endpoint(cls, value: str | None) -> str | None:
        return value and addresses.whole(value)

    @field_validator("slack_api_url")
    @classmethod
    def _ends_in_slash(cls, value: str) -> str:
        return value.rstrip("/") + "/"  # slack_sdk joins the method's name to it

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        return SecretStr(slack.bot_token(value.get_secret_value())) if value else None

    @field_validator("slack_teams")
    @classmethod
    def _let_in(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return slack.teams(value)

    @field_validator("keys")
    @classmethod
    def _keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not keys_in(value.get_secret_value()):
            raise ValueError("holds no key; make one with: touchpoint keys new")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        return SecretStr(slack.app_token(value.get_secret_value())) if value else None

    @field_validator("microsoft_app_id", "microsoft_app_tenant_id")
    @classmethod
    def _of_the_registration(cls, value: str | None) -> str | None:
        return value and teams.guid(value, "copy it from the app's registration")

    @field_validator("teams_catalog_app_id")
    @classmethod
    def _of_the_catalog(cls, value: str | None) -> str | None:
        return value and teams.guid(value, "the Teams admin center has it")

    @field_validator("microsoft_allowed_tenants")
    @classmethod
    def _tenants(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return teams.tenants(value)

    @field_validator("microsoft_channel_service")
    @classmethod
    def _known_cloud(cls, value: str) -> str:
        return teams.cloud(value)

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        gaps = (*slack.gaps(self), *teams.gaps(self), *_port_clash(self))
        if gaps:
            raise ValueError("\n".join(gaps))
        return self


def _port_clash(settings: Settings) -> Iterator[str]:
    if settings.playground and settings.port and settings.port == settings.playground_port:
        yield f"TOUCHPOINT_PORT and TOUCHPOINT_PLAYGROUND_PORT are both {settings.port}; give the playground its own."


def load(env_file: Path | None = DEFAULT_ENV_FILE) -> Settings:
    """The settings of this process: the environment first, then `env_file`. Raises `BadSettings`."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise BadSettings(tuple(_problems(error))) from None  # its own text would repeat what was typed
    except UnicodeDecodeError:
        raise BadSettings((f"{env_file} is not UTF-8 text. Save it as UTF-8.",)) from None


def _problems(error: ValidationError) -> Iterator[str]:
    for found in error.errors(include_input=False, include_context=False, include_url=False):
        said = found["msg"].removeprefix("Value error, ").replace("Input should be", "should be", 1)
        where = str(found["loc"][0]).upper() if found["loc"] else ""
        for line in said.splitlines():
            yield f"{where}: {line}" if where else line


def names() -> frozenset[str]:
    """Every setting as it is written in the environment."""
    return frozenset(map(name_of, Settings.model_fields))


def name_of(field: str) -> str:
    """The same of one."""
    return str(Settings.model_fields[field].validation_alias or field).upper()
