"""How we prove who we are: by secret, certificate, token of our machine or managed identity. Entra's double checks it."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.teams.config import TeamsConfig
from adapters.teams.credentials import Credentials, CredentialUnusable, read_certificate
from adapters.teams.tokens import SignInFailed, Tokens
from tests.doubles.bot_connector import APP_ID, SECRET, TENANT, BotConnector, bot_connector
from tests.doubles.certificates import certificate, pem_of, pem_of_key, rsa_key, write, write_pair

SOON = timedelta(days=90)


@pytest.fixture
async def entra() -> AsyncIterator[BotConnector]:
    async with bot_connector() as double:
        yield double


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def ends() -> datetime:
    return datetime.now(UTC) + SOON


def config(double: BotConnector, **proof: object) -> TeamsConfig:
    return TeamsConfig(app_id=APP_ID, tenant_id=TENANT, login_url=double.url, **proof)  # type: ignore[arg-type]


def upload(double: BotConnector, made: x509.Certificate) -> None:
    """What an admin does under Certificates & secrets; Entra shows the thumbprint in hexadecimal and compares bytes."""
    thumbprint = base64.urlsafe_b64encode(made.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
    double.uploaded[thumbprint] = made.public_key()  # type: ignore[assignment]


async def test_a_secret_is_shown(entra: BotConnector, session: aiohttp.ClientSession) -> None:
    assert await Tokens(config(entra, app_password=SECRET), session).bearer()


async def test_a_certificates_key_signs_for_us(
    entra: BotConnector, session: aiohttp.ClientSession, tmp_path: Path, ends: datetime
) -> None:
    upload(entra, certificate(1, ends=ends))
    file = write_pair(tmp_path / "app.pem", 1, ends=ends)
    assert await Tokens(config(entra, certificate=file), session).bearer()
    assert await Tokens(config(entra, certificate=file), session).bearer(), "no assertion is shown twice"
    assert entra.sign_in_failures == []


async def test_a_certificate_that_nobody_uploaded_is_refused(
    entra: BotConnector, session: aiohttp.ClientSession, tmp_path: Path, ends: datetime
) -> None:
    upload(entra, certificate(1, ends=ends))
    file = write_pair(tmp_path / "app.pem", 2, ends=ends)
    with pytest.raises(SignInFailed, match="invalid_client"):
        await Tokens(config(entra, certificate=file), session).bearer()


async def test_a_new_certificate_in_the_same_file_needs_no_restart(
    entra: BotConnector, tmp_path: Path, ends: datetime
) -> None:
    file = write_pair(tmp_path / "app.pem", 1, ends=ends)
    credentials = Credentials(config(entra, certificate=file))
    before = credentials.proof(datetime.now(UTC))
    write_pair(tmp_path / "new.pem", 2, ends=ends).replace(file)
    upload(entra, certificate(2, ends=ends))
    after = credentials.proof(datetime.now(UTC))["client_assertion"]
    audience = config(entra).token_url
    assert not entra._proven(before, audience), "the old one was never uploaded"
    assert entra._proven({**before, "client_assertion": after}, audience)


async def test_a_token_of_our_machine_is_read_for_every_sign_in(
    entra: BotConnector, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    file = write(tmp_path / "token", b"machine-1\n")
    entra.federated = {"machine-2"}
    tokens = Tokens(config(entra, token_file=file), session)
    with pytest.raises(SignInFailed):
        await tokens.bearer()
    write(file, b"machine-2\n")
    assert await tokens.bearer()


async def test_a_file_that_went_away_is_said_and_nothing_was_sent(
    entra: BotConnector, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    tokens = Tokens(config(entra, certificate=tmp_path / "gone.pem"), session)
    with pytest.raises(SignInFailed, match="cannot be read"):
        await tokens.bearer()
    assert tokens.failure
    assert "gone.pem" in tokens.failure


def test_the_chain_may_stand_in_any_order(tmp_path: Path, ends: datetime) -> None:
    mine, issuer = certificate(1, ends=ends), certificate(2, ends=ends + SOON)
    for parts in (
        (pem_of(issuer), pem_of(mine), pem_of_key(rsa_key(1))),
        (pem_of_key(rsa_key(1)), pem_of(mine), pem_of(issuer)),
    ):
        read = read_certificate(write(tmp_path / "app.pem", *parts))
        assert abs(read.ends - ends) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((b"",), "does not hold a key and a certificate"),
        ((b"\xff\xfe not PEM",), "does not hold a key and a certificate"),
        ((pem_of_key(rsa_key(1)),), "does not hold a key and a certificate"),
        ((pem_of_key(rsa_key(1), "hush"),), "protected by a passphrase"),
    ],
)
def test_a_file_that_does_not_do_says_what_is_missing(tmp_path: Path, parts: tuple[bytes, ...], said: str) -> None:
    with pytest.raises(CredentialUnusable) as told:
        read_certificate(write(tmp_path / "app.pem", *parts))
    assert said in told.value.what
    assert told.value.mend


def test_a_key_and_anothers_certificate_or_a_key_of_another_kind_are_told_apart(tmp_path: Path, ends: datetime) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    for key, said in ((rsa_key(2), "belongs to its key"), (curve, "no RSA key")):
        file = write(tmp_path / "app.pem", pem_of_key(key), pem_of(certificate(1, ends=ends)))
        with pytest.raises(CredentialUnusable, match=said):
            read_certificate(file)


def test_a_certificate_that_has_ended_is_not_shown_to_anybody(tmp_path: Path, ends: datetime) -> None:
    file = write_pair(tmp_path / "app.pem", 1, ends=ends)
    credentials = Credentials(TeamsConfig(app_id=APP_ID, tenant_id=TENANT, certificate=file))
    assert credentials.proof(ends - timedelta(minutes=1))
    with pytest.raises(CredentialUnusable, match="has ended"):
        credentials.proof(ends + timedelta(minutes=1))


async def test_a_managed_identity_is_asked_for_the_resource_by_its_client_id(
    entra: BotConnector, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """App Service's and Container Apps' endpoint; on a virtual machine MSAL asks 169.254.169.254 in its own form."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{entra.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "given by Azure")
    managed = config(entra, app_type="UserAssignedMSI")
    assert await Tokens(managed, session).bearer()
    assert await Tokens(managed, session, "https://graph.example").bearer()
    assert [asked["client_id"] for asked in entra.identities_asked] == [APP_ID, APP_ID]
    assert [asked["resource"] for asked in entra.identities_asked] == [
        "https://api.botframework.com",
        "https://graph.example",
    ]
    monkeypatch.setenv("IDENTITY_HEADER", "somebody else's")
    with pytest.raises(SignInFailed):
        await Tokens(managed, session).bearer()
