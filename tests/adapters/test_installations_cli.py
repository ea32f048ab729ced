"""`touchpoint keys`, `touchpoint installations`, the doctor and the start: keys that change, are missing, or are lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col
from typer.testing import CliRunner

from adapters import vaults
from adapters.cli import app
from adapters.installations_cli import state_of
from adapters.settings import Settings
from storage import installations
from storage.installations import TABLE, Installation
from storage.unit_of_work import transaction, unit_of_work
from storage.vault import BadKeys, Vault, keys_in, new_key
from tests.conftest import MONDAY, fresh_sqlite
from tests.storage.firm import founded

OLD, NEW = new_key(), new_key()
TOKEN, REFRESH = "xoxb-1-a-secret-token", "xoxe-1-a-refresh-token"
Run = Callable[..., str]


@pytest.fixture
def record(tmp_path: Path) -> Engine:
    """Where one workspace was installed under the old key, and one was removed."""
    engine = fresh_sqlite(tmp_path / "touchpoint.db")
    vault = Vault(keys_in(OLD))
    for tenant in ("slack:T1", "slack:T2"):
        firm = founded(engine, tenant)
        with unit_of_work(engine, organization_id=firm.organization_id, now=MONDAY) as there:
            sealed = {"secret": vault.encrypt(TOKEN, table=TABLE, row=tenant)}
            sealed["refresh"] = vault.encrypt(REFRESH, table=TABLE, row=tenant)
            installations.install(there, tenant, expires_at=datetime.now(UTC) + timedelta(hours=9), **sealed)
            if tenant == "slack:T2":
                installations.end(there, tenant, "app_uninstalled")
    return engine


@pytest.fixture
def run(record: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOUCHPOINT_DATABASE_URL", str(record.url))

    def ran(*words: str, keys: str, code: int = 0) -> str:
        monkeypatch.setenv("TOUCHPOINT_KEYS", keys)
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == code, (done.output, done.exception)
        assert TOKEN not in done.output
        if code and done.exception and isinstance(done.exception, BadKeys):
            return str(done.exception)
        return done.output

    return ran


def kept(engine: Engine, address: str) -> Installation:
    with transaction(engine, writes=False) as session:
        found = installations.at(session, address)
    assert found is not None
    return found


def test_a_new_key_is_one_that_the_settings_take(run: Run):
    keys = run("keys", "new", keys="").strip()
    assert Settings(_env_file=None, keys=keys).vault_keys.keys() == {keys.partition(":")[0]}


def test_installations_are_listed_by_ids_and_states(run: Run):
    lines = run("installations", keys="").splitlines()
    assert [line.split("\t")[0] for line in lines] == ["slack:T1", "slack:T2"]
    assert f"installed {MONDAY:%Y-%m-%d}" in lines[0]
    assert lines[1].endswith(f"removed {MONDAY:%Y-%m-%d} (app_uninstalled)")


def test_a_token_that_ended_unrenewed_is_said(record: Engine):
    assert "install it there again" in state_of(kept(record, "slack:T1"), datetime.now(UTC) + timedelta(hours=10))


def test_everything_is_put_under_a_new_key_and_the_old_one_may_go(run: Run, record: Engine):
    assert run("keys", "use", keys=f"{NEW},{OLD}").startswith("1 installation was encrypted anew")
    assert run("keys", "use", keys=NEW).startswith("0 installations were")
    found = kept(record, "slack:T1")
    vault = Vault(keys_in(NEW))
    assert [vault.decrypt(text, table=TABLE, row="slack:T1") for text in (found.secret, found.refresh)] == [
        TOKEN,
        REFRESH,
    ]


def test_without_the_old_key_nothing_is_changed_and_what_to_do_is_said(run: Run, record: Engine):
    before = kept(record, "slack:T1").secret
    said = run("keys", "use", keys=NEW, code=1)
    assert OLD.partition(":")[0] in said
    assert "Put the key back" in said
    assert kept(record, "slack:T1").secret == before


def test_what_no_key_opens_any_more_is_ended_and_the_rest_is_left(run: Run, record: Engine):
    assert run("keys", "lost", keys=f"{NEW},{OLD}").strip() == "Every token can be read."
    assert run("keys", "lost", keys=NEW).strip() == "slack:T1"
    found = kept(record, "slack:T1")
    assert (found.standing, found.secret, found.because) == (False, "", vaults.LOST)
    assert kept(record, "slack:T2").because == "app_uninstalled"


def several(record: Engine, keys: str, teams: str = "") -> Settings:
    return Settings(
        _env_file=None,
        slack_client_id="1.2",
        slack_client_secret="0123456789abcdef0123456789abcdef",
        slack_signing_secret="8f742231b10e8888abcd99baadf00d85",
        slack_teams=teams,
        public_url="https://touchpoint.example",
        keys=keys,
        database_url=str(record.url),
    )


def test_the_doctor_names_the_key_that_is_missing(record: Engine):
    (found,) = vaults.look(several(record, NEW), record)
    assert (found.level, found.about) == ("fail", "keys")
    assert OLD.partition(":")[0] in found.found
    assert "touchpoint keys lost" in found.mend


def test_the_doctor_says_where_it_is_installed_what_is_under_an_older_key_and_who_may_install(record: Engine):
    found = list(vaults.look(several(record, f"{NEW},{OLD}"), record))
    assert [(one.level, one.about) for one in found] == [("ok", "slack"), ("warn", "keys"), ("warn", "slack")]
    assert found[0].found == "installed in slack:T1"
    assert [one.level for one in vaults.look(several(record, OLD, "T1,E1"), record)] == ["ok"]


def test_the_doctor_names_where_the_token_ended(record: Engine):
    with transaction(record, writes=True) as session:
        ended = MONDAY.replace(year=2001)
        session.execute(update(Installation).where(col(Installation.address) == "slack:T1").values(expires_at=ended))
    said = [(one.level, one.found) for one in vaults.look(several(record, OLD, "T1"), record)]
    assert ("warn", "the token ended of slack:T1") in said


def test_nothing_starts_with_keys_that_do_not_open_what_stands(record: Engine):
    with pytest.raises(BadKeys, match="slack:T1"):
        vaults.require_keys(record, Vault(keys_in(NEW)))
    vaults.require_keys(record, Vault(keys_in(OLD)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slack_client_secret": None}, "SLACK_CLIENT_SECRET is missing"),
        ({"slack_signing_secret": None}, "SLACK_SIGNING_SECRET is missing"),
        ({"public_url": None}, "TOUCHPOINT_PUBLIC_URL is missing"),
        ({"keys": None}, "TOUCHPOINT_KEYS is missing"),
        ({"slack_bot_token": "xoxb-1"}, "remove SLACK_BOT_TOKEN"),
        ({"slack_app_token": "xapp-1"}, "remove SLACK_APP_TOKEN"),
        ({"slack_client_id": None}, "SLACK_CLIENT_ID is missing"),
        ({"slack_client_id": None, "slack_bot_token": "xoxb-1"}, "Remove the one"),
        ({"slack_teams": "acme"}, '"acme" is no workspace'),
        ({"keys": "a-key"}, "not written as id:base64"),
        ({"keys": ","}, "holds no key"),
    ],
)
def test_settings_that_do_not_go_together_say_what_to_do(record: Engine, changes: dict[str, str | None], said: str):
    whole = several(record, OLD).model_dump() | changes
    with pytest.raises(ValueError, match=said):
        Settings(_env_file=None, **whole)
