"""Keys and certificates as an admin makes them with openssl, each written to a PEM file of its own."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

ACCOUNT_ONLY = 0o600


@cache
def rsa_key(number: int) -> rsa.RSAPrivateKey:
    """Made once for the whole test run: it takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(number: int, *, ends: datetime) -> x509.Certificate:
    """Self-signed, as Entra takes it, for a year before `ends`."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "touchpoint")])
    made = x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=rsa_key(number).public_key())
    made = made.serial_number(1000 + number).not_valid_before(ends - timedelta(days=365)).not_valid_after(ends)
    return made.sign(rsa_key(number), hashes.SHA256())


def pem_of_key(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, passphrase: str = "") -> bytes:
    hidden = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)


def pem_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def write(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    path.chmod(ACCOUNT_ONLY)
    return path


def write_pair(path: Path, number: int, *, ends: datetime) -> Path:
    """A key and its certificate in one file."""
    return write(path, pem_of_key(rsa_key(number)), pem_of(certificate(number, ends=ends)))
