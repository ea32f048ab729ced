"""`touchpoint outbox` as an operator types it: what is printed, with which exit code, and what the record says afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters import cli
from adapters.outbox_words import explained, span
from adapters.settings import names
from storage import audit, claims, outbox_operator, places
from storage.deliveries import DeliveryState
from storage.outbox_operator import Condition
from tests.conftest import fresh_sqlite
from tests.storage.firm import Firm, founded

NOW = datetime.now(UTC)  # a command asks the real clock
SECRET = "Fire the auditors"


@pytest.fixture(autouse=True)
def _an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    engine = fresh_sqlite(tmp_path / "touchpoint.db")
    firm = founded(engine)
    firm.decides(SECRET)
    yield firm
    engine.dispose()


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`touchpoint outbox <words>`: (exit code, stdout, stderr)."""

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["touchpoint", "outbox", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return typed


def settled(firm: Firm, state: DeliveryState, **how: object) -> str:
    """A message that became of it like that; its number, as it is typed."""
    before = NOW - timedelta(minutes=5)
    once = f"{state} {how}"
    firm.posts(once, now=before, kind="key")
    (one,) = firm.claims(before)
    claims.settle(firm.engine, one, state, now=before, **how)  # type: ignore[arg-type]
    return str(one.id)


def condition(firm: Firm, number: str) -> Condition:
    return outbox_operator.look(firm.engine, int(number), now=datetime.now(UTC)).condition


def events(firm: Firm) -> list[str]:
    with firm.record(writes=False) as record:
        return [one.event for one in audit.events(record)]


def test_an_empty_outbox_says_so(outbox, firm: Firm):
    code, out, _ = outbox("list")
    assert code == 0
    assert "Nothing is late, unknown, dead or on its way." in out


def test_the_list_counts_first_and_then_shows_the_most_urgent(outbox, firm: Firm):
    settled(firm, DeliveryState.SENT, message="slack:T1/C-home/1")
    dead = settled(firm, DeliveryState.DEAD, reason="is_archived")
    firm.posts("late", now=NOW - timedelta(hours=1))
    code, out, _ = outbox("list")
    assert code == 0
    heads, counts, _, columns, late, last, *_ = out.splitlines()
    assert dict(zip(heads.split(), counts.split(), strict=True)) == {
        **dict.fromkeys([each.value for each in Condition], "0"),
        "platform": "slack",
        "late": "1",
        "dead": "1",
        "sent": "1",
    }
    assert columns.split() == ["id", "is", "kind", "conversation", "due", "attempts", "reason"]
    assert late.split()[1:4] == ["late", "agenda", firm.home]
    assert last.split()[:4] == [dead, "dead", "key", firm.home]
    assert last.endswith("is_archived")
    assert SECRET not in out


def test_the_list_can_be_narrowed(outbox, firm: Firm):
    settled(firm, DeliveryState.DEAD)
    firm.posts("planned", due_at=NOW + timedelta(days=1))
    assert " planned " in outbox("list", "--only", "planned")[1].splitlines()[-3]
    assert "Nothing is unknown." in outbox("list", "--only", "unknown")[1]
    code, _, err = outbox("list", "--only", "broken")
    assert code == 1
    assert "These are: late, unknown, dead," in err


def test_explain_says_what_it_is_what_happened_what_comes_and_what_to_do(outbox, firm: Firm):
    number = settled(firm, DeliveryState.DEAD, reason="not_in_channel")
    with firm.record() as record:
        places.remember(record, firm.home, title="#home")
    code, out, _ = outbox("explain", number)
    assert code == 0
    about, *_ = [line for line in out.splitlines() if line.startswith("About")]
    assert "“key” (decision keys, subject 1) for #home (slack:T1/C-home), organization 1" in about
    assert "taken up 1 time." in out
    assert "The last that was heard of it: not_in_channel." in out
    assert "It is not tried again by itself." in out
    assert "Invite the bot" in out
    assert f"touchpoint outbox retry {number}" in out
    assert SECRET not in out


@pytest.mark.parametrize("which", list(Condition))
def test_every_condition_is_explained(firm: Firm, which: Condition):
    firm.posts("any", now=NOW)
    line = outbox_operator.urgent(firm.engine, now=NOW, limit=1)[0]
    changes = {"condition": which, "lease_until": NOW + timedelta(seconds=30)}
    values = {name: getattr(line, name) for name in outbox_operator.Line.__slots__}
    said = list(explained(outbox_operator.Line(**(values | changes))))
    assert said[0] == f"{line.id} is {which.value}."
    assert [text.split()[0] for text in said[1:]][:1] == ["About"]
    assert {"So", "Next", "You"} <= {text.split()[0] for text in said}


def test_what_is_unknown_says_whether_anybody_will_look(outbox, firm: Firm):
    nobody = settled(firm, DeliveryState.UNKNOWN)
    soon = settled(firm, DeliveryState.UNKNOWN, lease_until=NOW + timedelta(minutes=2))
    assert "cannot be looked up, so it is not sent again by itself" in outbox("explain", nobody)[1]
    assert "It is looked for in the conversation's history" in outbox("explain", soon)[1]


def test_a_dead_one_is_tried_again(outbox, firm: Firm):
    number = settled(firm, DeliveryState.DEAD)
    code, out, _ = outbox("retry", number)
    assert (code, out) == (0, f"{number} is due now. A running server takes it up within seconds.\n")
    assert condition(firm, number) is Condition.DUE
    assert events(firm)[-1] == "delivery.retried"


def test_an_unknown_one_may_arrive_twice_and_is_asked_about(outbox, firm: Firm):
    number = settled(firm, DeliveryState.UNKNOWN)
    code, _, err = outbox("retry", number)
    assert code == 1
    assert "it may arrive twice" in err
    assert "--yes" in err
    assert condition(firm, number) is Condition.UNKNOWN
    assert outbox("retry", number, "--yes")[0] == 0
    assert condition(firm, number) is Condition.DUE


def test_a_prompt_can_be_declined(outbox, firm: Firm, monkeypatch: pytest.MonkeyPatch):
    number = settled(firm, DeliveryState.UNKNOWN)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", _no)
    assert outbox("retry", number)[0] == 1
    assert condition(firm, number) is Condition.UNKNOWN


def _no(*_: object, **__: object) -> None:
    import typer

    raise typer.Abort


def test_all_that_are_unknown_or_dead(outbox, firm: Firm):
    dead, unknown = settled(firm, DeliveryState.DEAD), settled(firm, DeliveryState.UNKNOWN)
    assert outbox("retry", "--unknown")[0] == 1
    code, out, _ = outbox("retry", "--unknown", "--yes")
    assert (code, out.split(".")[0]) == (0, "1 made due now")
    assert (condition(firm, unknown), condition(firm, dead)) == (Condition.DUE, Condition.DEAD)
    assert "Nothing was dead." in outbox("retry", "--dead", "--platform", "teams")[1]
    assert outbox("retry", "--dead")[0] == 0
    assert condition(firm, dead) is Condition.DUE


@pytest.mark.parametrize("words", [(), ("1", "--dead"), ("--dead", "--unknown"), ("1", "--platform", "slack")])
def test_a_retry_of_nothing_in_particular(outbox, firm: Firm, words: tuple[str, ...]):
    code, _, err = outbox("retry", *words)
    assert code == 1
    assert "Say which" in err


def test_a_platform_that_there_is_not(outbox, firm: Firm):
    code, _, err = outbox("list", "--platform", "slak")
    assert (code, "“slak” is no platform" in err) == (2, True)


def test_a_dropped_one_is_never_sent(outbox, firm: Firm):
    number = settled(firm, DeliveryState.DEAD)
    assert outbox("drop", number)[:2] == (0, f"{number} will not be sent.\n")
    assert condition(firm, number) is Condition.MISSED
    assert events(firm)[-1] == "delivery.dropped"
    code, _, err = outbox("drop", number)
    assert code == 1
    assert "is missed already" in err


@pytest.mark.parametrize("word", ["explain", "retry", "drop"])
def test_a_number_that_is_none(outbox, firm: Firm, word: str):
    code, _, err = outbox(word, "999")
    assert code == 1
    assert "There is no delivery 999." in err
    assert "touchpoint outbox list" in err


def test_without_a_database_it_says_how_to_make_one(outbox, tmp_path: Path):
    code, _, err = outbox("list")
    assert code == 1
    assert "touchpoint db upgrade" in err
    assert not (tmp_path / "touchpoint.db").exists()


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59, "59 s"), (61, "1 min"), (7300, "2 h"), (200_000, "2 d")]
)
def test_how_far_off(seconds: int, said: str):
    assert span(timedelta(seconds=seconds)) == said
