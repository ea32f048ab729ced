"""Secrets at rest: encrypted with AES-256-GCM (NIST SP 800-38D) under keys that only the operator holds.

What is kept reads `id:base64 of a nonce of 12 bytes, the ciphertext and its tag`, where the id says which key. The first key
writes, every key reads: so a new one is put in front, everything is encrypted anew, and then the old one goes.

The table and the id of the row go into the tag, so that nothing can be read in another row's place. The organization does not:
a tenant moves, with all that is its, when two organizations turn out to be one (`people.move_tenant`), and its address stays.
"""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final

from agenda.errors import TouchpointError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
LONGEST_ID: Final = 32


class BadKeys(TouchpointError):
    """The keys do not do, or are not those with which a secret was encrypted."""


class Vault:
    """`keys` by their ids; the first one writes."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._writes_with = next(iter(keys))

    def encrypt(self, secret: str, *, table: str, row: str) -> str:
        """For one row of one table. Nothing stays nothing."""
        if not secret:
            return ""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._writes_with].encrypt(nonce, secret.encode(), _place(table, row))
        return f"{self._writes_with}:{b64encode(nonce + sealed).decode()}"

    def decrypt(self, kept: str, *, table: str, row: str) -> str:
        """What `encrypt` was given. Raises `BadKeys`."""
        from cryptography.exceptions import InvalidTag

        if not kept:
            return ""
        name, _, text = kept.partition(":")
        if name not in self._ciphers:
            raise BadKeys(f"{row}: its secrets need the key “{name}”, which is not there.", f"Put “{name}:…” back.")
        try:
            whole = b64decode(text, validate=True)
            opened = self._ciphers[name].decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], _place(table, row))
        except (InvalidTag, ValueError):
            raise BadKeys(
                f"{row}: its secrets cannot be read with the key “{name}”.",
                "Put back the key of that name with which they were encrypted, or install there again.",
            ) from None
        return opened.decode()

    def is_current(self, kept: str) -> bool:
        """Was it encrypted with the key that writes now?"""
        return not kept or kept.partition(":")[0] == self._writes_with


def keys_in(text: str) -> dict[str, bytes]:
    """`id:base64,id:base64`, in that order. Raises `ValueError`, which never shows a key."""
    keys: dict[str, bytes] = {}
    for place, part in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        name, colon, encoded = part.partition(":")
        if not colon or not name.isalnum() or len(name) > LONGEST_ID:
            raise ValueError(f"key {place} is not written as id:base64; make one with: touchpoint keys new")
        if name in keys:
            raise ValueError(f"two keys have the id “{name}”; give each its own")
        keys[name] = _key_in(encoded, name)
    return keys


def _key_in(encoded: str, name: str) -> bytes:
    try:
        key = b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key “{name}” is not {KEY_BYTES} bytes in base64; make one with: touchpoint keys new")
    return key


def new_key() -> str:
    """One to be written in front of the others, under an id that none of them has."""
    return f"{secrets.token_hex(4)}:{b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def _place(table: str, row: str) -> bytes:
    return f"{table}|{row}".encode()
