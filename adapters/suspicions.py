"""What was accepted of the settings and yet looks wrong: misspelt, cut off, open to others, ending, without effect.

Nothing here touches the network or the record; files that the settings name are read.
"""

import re
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.findings import Finding, fail, ok, warn
from adapters.logs import SHORTEST
from adapters.settings import name_of, names

if TYPE_CHECKING:
    from adapters.settings import Settings

CERTIFICATE_WARNING = 30
"""Days. A new one takes a form, a signature and somebody who is on holiday."""


def look(settings: "Settings", environment: Mapping[str, str], env_file: Path | None) -> Iterator[Finding]:
    """Every finding; nothing where nothing looks wrong, but for how long a certificate is good."""
    yield from _misspelt(environment, env_file)
    yield from _env_permissions(env_file)
    yield from _secrets_shape(settings)
    yield from _without_effect(settings)
    yield from _certificate(settings)
    yield from _token_file(settings)


def _misspelt(environment: Mapping[str, str], env_file: Path | None) -> Iterator[Finding]:
    """A setting that nothing reads looks like one that does not work."""
    from rapidfuzz import process

    known = names()
    for name in sorted({*environment, *_names_in(env_file)} - known):
        if name.startswith(("TOUCHPOINT_", "SLACK_", "MICROSOFT_", "TEAMS_")):
            meant = process.extractOne(name, known, score_cutoff=80)
            guess = f"Did you mean {meant[0]}?" if meant else "Remove it, or see .env.example for what there is."
            yield warn("settings", f"{name} is set, but is no setting of Touchpoint", guess)


def _names_in(env_file: Path | None) -> set[str]:
    from dotenv import dotenv_values

    return set(dotenv_values(env_file, interpolate=False, encoding="utf-8-sig")) if env_file else set()


def _env_permissions(env_file: Path | None) -> Iterator[Finding]:
    if env_file and env_file.exists() and env_file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield warn(
            "settings", f"{env_file} holds secrets and others on this machine can read it", f"chmod 600 {env_file}"
        )


def _secrets_shape(settings: "Settings") -> Iterator[Finding]:
    """Credentials that were accepted and yet look wrong: cut off, a placeholder, the wrong one of two."""
    token, signing = settings.slack_bot_token, settings.slack_signing_secret
    if token and not re.fullmatch(r"(xoxe\.)?xoxb-[A-Za-z0-9-]{20,}", token.get_secret_value()):
        yield warn(
            "slack", "SLACK_BOT_TOKEN looks cut off or like a placeholder", "Copy it again from OAuth & Permissions."
        )
    if signing and not re.fullmatch(r"[0-9a-f]{32}", signing.get_secret_value()):
        mend = (
            "It is 32 characters of 0-9 a-f: Basic Information → App Credentials → Signing Secret (not Client Secret)."
        )
        yield warn("slack", "SLACK_SIGNING_SECRET does not look like one", mend)
    if settings.slack_client_id and not re.fullmatch(r"\d+\.\d+", settings.slack_client_id):
        mend = (
            "It is two numbers with a point between them: Basic Information → App Credentials → Client ID (not App ID)."
        )
        yield warn("slack", "SLACK_CLIENT_ID does not look like one", mend)
    password = settings.microsoft_app_password
    if password and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", password.get_secret_value(), re.I):
        mend = "Make a new client secret and copy the column Value."
        yield warn("teams", "MICROSOFT_APP_PASSWORD looks like a Secret ID, not like a secret's Value", mend)
    if any(len(secret) < SHORTEST for secret in settings.secrets()):
        yield warn(
            "settings", f"a secret is shorter than {SHORTEST} characters; logs cannot hide it", "Use a longer one."
        )


def _certificate(settings: "Settings") -> Iterator[Finding]:
    """The one that Entra knows us by: is it whole, private, and good for another while?"""
    from adapters.teams.credentials import CredentialUnusable, read_certificate

    path = settings.microsoft_app_certificate
    if path is None:
        return
    try:
        ends = read_certificate(path).ends
    except CredentialUnusable as unusable:
        yield fail("teams", unusable.what, unusable.mend)
        return
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield warn("teams", f"{path} holds a key and others on this machine can read it", f"chmod 600 {path}")
    days = (ends - datetime.now(UTC)).days
    mend = "Make a new one, upload it under Certificates & secrets, then put it into that file; no restart is needed."
    if days < 0:
        yield fail("teams", f"the certificate ended on {ends:%-d %B %Y}", mend)
    elif days < CERTIFICATE_WARNING:
        yield warn("teams", f"the certificate ends on {ends:%-d %B %Y}, in {days} days", mend)
    else:
        yield ok("teams", f"the certificate is good until {ends:%-d %B %Y}")


def _token_file(settings: "Settings") -> Iterator[Finding]:
    """The machine keeps it, and may not have begun to."""
    from adapters.teams.credentials import CredentialUnusable, read_token

    if settings.microsoft_app_token_file is None:
        return
    try:
        read_token(settings.microsoft_app_token_file)
    except CredentialUnusable as unusable:
        yield fail("teams", unusable.what, unusable.mend)


def _without_effect(settings: "Settings") -> Iterator[Finding]:
    """What somebody wrote and expects something of, though nothing reads it as the rest is set."""
    multi = settings.teams_on and settings.microsoft_app_type == "MultiTenant"
    for field, read, where in (
        ("slack_teams", settings.slack_oauth, "SLACK_CLIENT_ID, where several workspaces install the app"),
        ("keys", settings.slack_oauth, "SLACK_CLIENT_ID, where several workspaces install the app"),
        ("slack_sockets", settings.socket_mode, "SLACK_APP_TOKEN, in Socket Mode"),
        ("microsoft_allowed_tenants", multi, "MICROSOFT_APP_TYPE=MultiTenant; any other type lets its own tenant in"),
        ("teams_targeted_messages", settings.teams_on, "MICROSOFT_APP_ID"),
        ("teams_catalog_app_id", settings.teams_on, "MICROSOFT_APP_ID"),
    ):
        if not read and getattr(settings, field) != type(settings).model_fields[field].default:
            mend = f"It is read only with {where}. Set that, or remove {name_of(field)}."
            yield warn("settings", f"{name_of(field)} has no effect", mend)
