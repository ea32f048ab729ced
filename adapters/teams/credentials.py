"""What proves to Entra that we are this app: a secret, or an assertion that a certificate's key or our machine has signed.

Assertions are RFC 7523 §2.2. One that we sign ourselves is what Entra asks for in "Microsoft identity platform
application authentication certificate credentials": PS256, the certificate named by its SHA-256, a few minutes long. One
that our machine was given (Kubernetes, another cloud) is in a file: "Workload identity federation". A managed identity
proves nothing from here; `adapters.teams.tokens` asks Azure.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from adapters.teams.config import TeamsConfig
from agenda.errors import TouchpointError

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIVES = 300


class CredentialUnusable(TouchpointError):
    """The file that should prove who we are does not do, and Entra was not asked."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """`thumbprint` is the SHA-256 of its DER form, base64url without padding; `ends` is when it stops to count, in UTC."""

    key: RSAPrivateKey
    thumbprint: str
    ends: datetime

    def assertion(self, *, client: str, audience: str, now: int) -> str:
        """Signed, for one sign-in. `now` is in seconds since 1970."""
        claims = {
            "aud": audience,
            "iss": client,
            "sub": client,
            "jti": str(uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + ASSERTION_LIVES,
        }
        return jwt.encode(claims, self.key, algorithm="PS256", headers={"x5t#S256": self.thumbprint})


def read_certificate(path: Path) -> Certificate:
    """Out of one PEM file with the key and its certificate, in any order, and others of the chain."""
    pem = _bytes_of(path, "MICROSOFT_APP_CERTIFICATE")
    try:
        key = serialization.load_pem_private_key(pem, password=None)
        chain = x509.load_pem_x509_certificates(pem)
    except TypeError:
        mend = "Store the key without one, readable by this account alone (openssl rsa -in … -out …)."
        raise CredentialUnusable(f"The key in {path} is protected by a passphrase.", mend) from None
    except ValueError:
        mend = "Put both into one PEM file: -----BEGIN PRIVATE KEY----- and -----BEGIN CERTIFICATE-----."
        raise CredentialUnusable(f"{path} does not hold a key and a certificate.", mend) from None
    if not isinstance(key, RSAPrivateKey):
        raise CredentialUnusable(f"The key in {path} is no RSA key.", "Make an RSA key of 2048 bits or more.")
    for certificate in chain:
        if certificate.public_key() == key.public_key():
            digest = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=")
            return Certificate(key, digest.decode(), certificate.not_valid_after_utc)
    mend = "Put the certificate that was made for this key beside it."
    raise CredentialUnusable(f"No certificate in {path} belongs to its key.", mend)


def read_token(path: Path) -> str:
    """The token that the machine keeps there."""
    given = _bytes_of(path, "MICROSOFT_APP_TOKEN_FILE").decode(errors="replace").strip()
    if not given or not given.isascii():
        mend = "MICROSOFT_APP_TOKEN_FILE names it; on AKS the path is in AZURE_FEDERATED_TOKEN_FILE."
        raise CredentialUnusable(f"{path} does not hold a token.", mend)
    return given


class Credentials:
    """Whichever of them the config names. Files are read again when they change, so that a new one needs no restart."""

    def __init__(self, config: TeamsConfig) -> None:
        self._config = config
        self._read: Certificate | None = None
        self._stamp: tuple[int, int, int] | None = None

    def proof(self, now: datetime) -> dict[str, str]:
        """What goes into the form of a sign-in (RFC 6749 §4.4). Raises `CredentialUnusable`."""
        config = self._config
        if config.certificate:
            certificate = self._certificate(config.certificate)
            if certificate.ends <= now:
                mend = "Make a new one, upload it under Certificates & secrets, and put it into that file."
                raise CredentialUnusable(f"The certificate in {config.certificate} has ended.", mend)
            seconds = int(now.astimezone(UTC).timestamp())
            signed = certificate.assertion(client=config.app_id, audience=config.token_url, now=seconds)
            return {"client_assertion_type": ASSERTION, "client_assertion": signed}
        if config.token_file:
            return {"client_assertion_type": ASSERTION, "client_assertion": read_token(config.token_file)}
        return {"client_secret": config.app_password}

    def _certificate(self, path: Path) -> Certificate:
        try:
            found = path.stat()
        except OSError as error:
            raise _unreadable(path, "MICROSOFT_APP_CERTIFICATE", error) from None
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if self._read is None or stamp != self._stamp:
            self._read, self._stamp = read_certificate(path), stamp
        return self._read


def _bytes_of(path: Path, setting: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, setting, error) from None


def _unreadable(path: Path, setting: str, error: OSError) -> CredentialUnusable:
    mend = f"{setting} names it; let this account read it."
    return CredentialUnusable(f"{path} cannot be read ({error.strerror}).", mend)
