"""Secrets at rest: read back by whoever has the key, in the row where they were kept, and nowhere else."""

from base64 import b64decode, b64encode

import pytest

from storage.vault import BadKeys, Vault, keys_in, new_key

HERE = {"table": "installation", "row": "slack:T1"}
SECRET = "xoxb-1-a-secret-token"
OLD, NEW = keys_in("old:" + b64encode(b"1" * 32).decode()), keys_in("new:" + b64encode(b"2" * 32).decode())


def test_what_is_kept_shows_nothing_and_reads_back():
    vault = Vault(NEW)
    kept = vault.encrypt(SECRET, **HERE)
    assert kept.startswith("new:")
    assert SECRET not in kept
    assert SECRET.encode() not in b64decode(kept.partition(":")[2])
    assert vault.decrypt(kept, **HERE) == SECRET


def test_the_same_secret_is_never_kept_alike():
    vault = Vault(NEW)
    assert len({vault.encrypt(SECRET, **HERE) for _ in range(50)}) == 50


def test_nothing_stays_nothing():
    assert Vault(NEW).decrypt(Vault(NEW).encrypt("", **HERE), **HERE) == ""


@pytest.mark.parametrize("elsewhere", [{"row": "slack:T2"}, {"table": "other"}])
def test_it_cannot_be_read_in_another_rows_place(elsewhere: dict[str, str]):
    kept = Vault(NEW).encrypt(SECRET, **HERE)
    with pytest.raises(BadKeys, match="cannot be read with the key “new”"):
        Vault(NEW).decrypt(kept, **HERE | elsewhere)


def test_one_bit_that_was_changed_is_seen():
    kept = Vault(NEW).encrypt(SECRET, **HERE)
    raw = bytearray(b64decode(kept.partition(":")[2]))
    raw[-1] ^= 1
    with pytest.raises(BadKeys, match="cannot be read"):
        Vault(NEW).decrypt(f"new:{b64encode(bytes(raw)).decode()}", **HERE)


@pytest.mark.parametrize("kept", ["new:", "new:AAAA", "new:not base64!", "new"])
def test_what_is_no_ciphertext_is_said_to_be_unreadable(kept: str):
    with pytest.raises(BadKeys):
        Vault(NEW).decrypt(kept, **HERE)


def test_every_key_reads_and_the_first_one_writes():
    kept = Vault(OLD).encrypt(SECRET, **HERE)
    both = Vault(NEW | OLD)
    assert both.decrypt(kept, **HERE) == SECRET
    assert not both.is_current(kept)
    again = both.encrypt(SECRET, **HERE)
    assert both.is_current(again)
    assert Vault(NEW).decrypt(again, **HERE) == SECRET


def test_a_key_that_is_gone_is_named_and_what_to_do():
    kept = Vault(OLD).encrypt(SECRET, **HERE)
    with pytest.raises(BadKeys, match="“old”") as gone:
        Vault(NEW).decrypt(kept, **HERE)
    assert "Put “old:…” back" in gone.value.mend
    assert SECRET not in str(gone.value)


def test_a_key_of_the_same_name_that_is_another_is_said():
    kept = Vault(OLD).encrypt(SECRET, **HERE)
    with pytest.raises(BadKeys, match="cannot be read with the key “old”"):
        Vault({"old": b"3" * 32}).decrypt(kept, **HERE)


def test_keys_are_read_in_their_order():
    text = f" {new_key()} , {new_key()} "
    assert list(keys_in(text)) == [part.strip().partition(":")[0] for part in text.split(",")]
    assert keys_in("") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abc", "key 1 is not written as id:base64"),
        (f"{'a' * 33}:x", "key 1 is not written"),
        ("a b:x", "key 1 is not written"),
        ("one:c2hvcnQ=", "the key “one” is not 32 bytes"),
        ("one:!!!", "the key “one” is not 32 bytes"),
        ("one:" + b64encode(b"1" * 32).decode() + ",one:" + b64encode(b"2" * 32).decode(), "two keys have the id"),
    ],
)
def test_what_is_no_key_is_said_without_showing_it(text: str, said: str):
    with pytest.raises(ValueError, match=said) as wrong:
        keys_in(text)
    assert text.partition(":")[2] == "" or text.partition(":")[2] not in str(wrong.value)
