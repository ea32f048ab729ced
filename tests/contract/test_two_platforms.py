"""One organization on both platforms: a CIO on Teams and a CISO on Slack run one sync together, on one record."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import MONDAY, fresh_sqlite
from tests.contract.stage import Chair
from tests.contract.world import World, newest, sees, world


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Slack and Teams, one record, nobody linked yet."""
    on_postgres = request.param == "postgresql"
    engine = request.getfixturevalue("postgres_with_tables") if on_postgres else fresh_sqlite(tmp_path / "record.db")
    async with world(engine, ["slack", "teams"], MONDAY) as made:
        yield made


def codes(chair: Chair) -> list[str]:
    """The codes on the newest link card: the organization's first."""
    return re.findall(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", newest(chair, "Link Slack and Teams").text)


async def joined(both: World) -> tuple[Chair, Chair]:
    """Sam (CIO) on Teams and Dana (CISO) on Slack, whose organizations are one."""
    dana, sam = await both.stage("slack").seat("Dana"), await both.stage("teams").seat("Sam")
    await dana.types("link")
    await sam.types(f"link {codes(dana)[0]}", where="direct")
    newest(sam, "Both platforms share one record now")
    await dana.types("setup")
    await dana.fills(
        cio_elsewhere=sam.account,
        ciso=dana.account,
        rhythm="weekly:1",
        weekdays=("TU",),
        at="09:30",
        zone="Europe/Zurich",
    )
    assert dana.form is None, dana.form
    await dana.presses("Save")
    await both.settle()
    return sam, dana


async def test_a_cio_on_teams_and_a_ciso_on_slack_run_one_sync(both: World) -> None:
    sam, dana = await joined(both)
    assert "Every Tuesday at 09:30" in newest(sam, "is set up").text
    await sam.says("investment: the EDR renewal")
    await dana.says("hygiene: passkeys for the board")
    await both.wait(minutes=31)
    for chair in (sam, dana):
        assert "the EDR renewal" in newest(chair, "Agenda for Tue 4 March").text

    await both.wait(days=1)
    await sam.presses("Start", on=newest(sam, "Time for your sync"))
    await both.settle()
    await dana.presses("Record decision", on=newest(dana, "Sync in progress: 1 of 2"))
    await dana.fills(title="Renew the EDR for one year")
    await both.settle()
    await sam.presses("Turn my key", on=newest(sam, "Your key is asked for"))
    await both.settle()
    assert "Sync in progress: 2 of 2" in newest(sam, "Sync in progress").text
    await dana.presses("Discussed", on=newest(dana, "Sync in progress: 2 of 2"))
    await both.settle()
    await sam.presses("Close", on=newest(sam, "Everything is settled"))
    await both.settle()
    for chair in (sam, dana):
        assert "D-1 Renew the EDR for one year" in newest(chair, "Minutes of").text
    await sam.types("decision find edr", where="direct")
    assert "D-1" in newest(sam, "Found: in:decisions").text
    await dana.types("decision show 1")
    assert "agreed by both" in newest(dana, "D-1").text


async def test_what_one_changes_the_other_sees_on_their_own_platform(both: World) -> None:
    sam, dana = await joined(both)
    await sam.types("agenda add the EDR renewal", where="direct")
    await dana.types("sync move thu 10:00")
    await both.settle()
    await sam.presses("Skip it", on=newest(sam, "The sync is on Thu 6 March, 10:00"))
    await both.settle()
    for chair in (sam, dana):
        assert not sees(chair, "The sync is on Thu 6 March, 10:00"), "the card that said so follows"
    await dana.presses("Hold it after all", on=newest(dana, "No sync on Thu 6 March, 10:00"))
    await both.settle()
    await sam.types("agenda", where="direct")
    assert "the EDR renewal" in newest(sam, "Agenda for Thu 6 March, 10:00").text

    await sam.types("promise add renew the EDR by 14 March", where="direct")
    await sam.presses("Reassign", on=newest(sam, "P-1 renew the EDR"))
    await sam.fills(owner_elsewhere=dana.account, because="Dana has the contract")
    await both.settle()
    await dana.presses("Done", on=newest(dana, "A promise for you: P-1 renew the EDR"))
    await sam.types("promise list done", where="direct")
    assert "P-1 renew the EDR" in newest(sam, "Done promises (1)").text


async def test_a_person_joins_their_own_two_accounts(both: World) -> None:
    _sam, dana = await joined(both)
    on_teams = await both.stage("teams").seat("Dana on Teams")
    await on_teams.types("risk add Not mine yet", where="direct")
    assert sees(on_teams, "You have no chair")
    await dana.types("link")
    await on_teams.types(f"link {codes(dana)[1]}", where="direct")
    assert sees(on_teams, "You are Dana on both platforms now")
    await on_teams.types("risk add The backup was never restored", where="direct")
    await dana.types("risk list")
    assert "R-1 The backup was never restored" in newest(dana, "Open risks").text


async def test_a_code_works_once_and_not_for_long(both: World) -> None:
    dana, sam = await both.stage("slack").seat("Dana"), await both.stage("teams").seat("Sam")
    await dana.types("link")
    first = codes(dana)[0]
    await both.wait(minutes=16)
    await sam.types(f"link {first}", where="direct")
    assert sees(sam, "That code does not work")
    await dana.types("link")
    await sam.types(f"link {codes(dana)[0]}", where="direct")
    other = await both.stage("teams").seat("Robin")
    await other.types(f"link {codes(dana)[0]}", where="direct")
    assert sees(other, "That code does not work")


async def test_the_two_chairs_stay_two_people(both: World) -> None:
    sam, dana = await joined(both)
    await dana.types("link")
    await sam.types(f"link {codes(dana)[1]}", where="direct")
    assert sees(sam, "CIO and CISO must stay two people")
