"""One organization on both platforms: a CIO on Teams and a CISO on Slack run one sync together, on one record."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from adapters.teams.references import local_id
from bot.requests import ConversationSeen
from storage.keys import SignOff
from storage.unit_of_work import transaction
from tests.conftest import MONDAY, fresh_sqlite
from tests.contract.stage import Chair, Seen
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


async def linked(both: World) -> tuple[Chair, Chair, Chair]:
    """Sam on Teams, Dana on Slack, and Dana on Teams: where she answered last is Slack."""
    sam, dana = await joined(both)
    twin = await both.stage("teams").seat("Dana")
    await dana.types("link")
    await twin.types(f"link {codes(dana)[1]}", where="direct")
    await both.wait(minutes=1)
    await dana.says("hygiene: passkeys for the board")
    await both.settle()
    return sam, dana, twin


def direct(chair: Chair, words: str) -> list[Seen]:
    """What says so in their direct chat."""
    return [seen for seen in chair.screen() if seen.place == chair.account and words in seen.text]


async def test_a_question_asked_on_teams_is_answered_there_and_the_agenda_on_slack_shows_it(both: World) -> None:
    sam, dana = await joined(both)
    await both.wait(minutes=31)
    agenda = newest(dana, "Agenda for Tue 4 March")
    assert agenda.place == both.stage("slack").home
    asked = newest(sam, "What should we talk about?")
    assert asked.place == sam.account
    await sam.says("investment: the EDR renewal", to=asked)
    await both.settle()
    for chair in (sam, dana):
        assert "the EDR renewal" in newest(chair, "Agenda for Tue 4 March").text, "both cards follow"


async def test_a_decision_proposed_on_slack_and_signed_on_teams_is_agreed_wherever_it_stands(both: World) -> None:
    sam, dana = await joined(both)
    await dana.types("decision add Renew the EDR")
    await dana.presses("Share here")
    await both.settle()
    asked = newest(sam, "Your key is asked for")
    assert asked.place == sam.account
    shared = newest(dana, "Shared by Dana")
    assert shared.place == both.stage("slack").home
    assert direct(sam, "Shared by Dana"), "who is not on home's platform has it in private"
    await sam.presses("Turn my key", on=asked)
    await both.settle()
    for seen in (newest(dana, "Shared by Dana"), *direct(sam, "Shared by Dana")):
        assert "agreed by both" in seen.text, seen.text
    assert "Turn my key" not in [label for seen in sam.screen() for label in seen.buttons]
    await dana.types("decision show 1")
    assert "agreed by both" in newest(dana, "D-1").text


async def test_a_risk_is_accepted_with_a_key_from_each_platform(both: World) -> None:
    sam, dana = await joined(both)
    await sam.types("risk add The old VPN falls", where="direct")
    await sam.presses("Accept risk", on=direct(sam, "R-1 The old VPN falls")[0])
    await sam.fills(justification="The new one comes in May.", until="2031-06-02")
    await sam.types("risk show 1", where="direct")
    await sam.presses("Share in #security-sync")
    await both.settle()
    await dana.presses("Turn my key", on=newest(dana, "Live with R-1 until Mon 2 June?"))
    await both.settle()
    assert sees(sam, "R-1 is accepted until Mon 2 June")
    assert "accepted until" in newest(dana, "Shared by Sam").text.lower()
    await dana.types("risk list accepted")
    assert "accepted until Mon 2 June" in newest(dana, "Accepted risks (1)").text


async def test_prompts_come_where_somebody_answered_last_and_only_there(both: World) -> None:
    _sam, dana, twin = await linked(both)
    await dana.types("promise add renew the contract by 14 March")
    await twin.says("strategy: passkeys")
    await both.until(MONDAY + timedelta(days=12))
    assert direct(twin, "renew the contract")
    assert not [seen for seen in direct(dana, "renew the contract") if not seen.private]
    await dana.types("promise add train the board by 28 March")
    await both.until(MONDAY + timedelta(days=26))
    assert [seen for seen in direct(dana, "train the board") if not seen.private]
    assert not direct(twin, "train the board")


async def test_one_person_who_turns_a_key_on_both_at_the_same_moment_turns_one(both: World) -> None:
    sam, dana, twin = await linked(both)
    await sam.types("decision add Renew the EDR", where="direct")
    await both.settle()
    for chair, where in ((dana, "home"), (twin, "direct")):
        await chair.types("decision show 1", where=where)
    seen = [newest(chair, "D-1 Renew the EDR") for chair in (dana, twin)]
    await asyncio.gather(*(chair.presses("Turn my key", on=one) for chair, one in zip((dana, twin), seen, strict=True)))
    await both.settle()
    with transaction(both.core.bot.engine, writes=False) as session:
        keys = session.execute(select(col(SignOff.person_id)).where(col(SignOff.voided_at).is_(None))).scalars().all()
    assert len(keys) == len(set(keys)) == 2
    await sam.types("decision show 1", where="direct")
    assert "agreed by both" in newest(sam, "D-1").text


def recovers(both: World) -> None:
    """Slack takes messages again, and whoever waits for it tries."""
    slack: Any = both.stage("slack")
    slack.slack.recover("chat.postMessage")
    assert both.deliverer
    both.deliverer.carrier.shut.clear()


async def test_slack_is_down_and_teams_hears_of_it_all(both: World) -> None:
    sam, dana = await joined(both)
    slack: Any = both.stage("slack")
    slack.slack.fail("chat.postMessage", times=40, error="invalid_auth")
    await dana.types("decision add Renew the EDR")
    await both.settle()
    assert sees(sam, "Your key is asked for")
    await both.wait(minutes=31)
    assert sees(sam, "Agenda for Tue 4 March")
    assert not sees(dana, "Agenda for Tue 4 March")
    recovers(both)
    await both.wait(minutes=30)
    assert sees(dana, "Agenda for Tue 4 March"), "what Slack was owed comes once it takes it"
    assert len([seen for seen in dana.screen() if "Agenda for Tue 4 March" in seen.text]) == 1


async def test_who_is_stuck_on_slack_is_told_on_teams_once_they_are_there(both: World) -> None:
    sam, dana, twin = await linked(both)
    slack: Any = both.stage("slack")
    slack.slack.fail("chat.postMessage", times=40, error="invalid_auth")
    await sam.types("decision add Renew the EDR", where="direct")
    await both.settle()
    assert not direct(dana, "Your key is asked for")
    await twin.says("strategy: passkeys")
    await both.settle()
    await twin.presses("Turn my key", on=newest(twin, "Your key is asked for"))
    recovers(both)
    await both.wait(minutes=30)
    assert not direct(dana, "Your key is asked for"), "one prompt, never both"
    await sam.types("decision show 1", where="direct")
    assert "agreed by both" in newest(sam, "D-1").text


async def test_who_became_a_guest_on_teams_is_asked_nothing_once_the_roster_said_so(both: World) -> None:
    sam, dana = await joined(both)
    teams: Any = both.stage("teams")
    teams.double.people[local_id(sam.account)].role = "guest"
    teams.adapter._people._known.clear()  # An hour later the roster is asked again.
    await sam.types("agenda", where="direct")
    assert "members of this organization" in newest(sam, "members of this organization").text
    await both.settle()
    assert "is only a guest now" in newest(dana, "Sam (CIO)").text
    before = len(sam.screen())
    await both.wait(minutes=31)
    assert not [seen for seen in sam.screen()[before:] if "EDR" in seen.text or "Agenda" in seen.text]
    teams.double.people[local_id(sam.account)].role = "user"
    teams.adapter._people._known.clear()
    await sam.types("agenda", where="direct")
    await both.settle()
    assert sees(sam, "Agenda for Tue 4 March")


async def test_a_home_on_slack_that_others_read_gives_both_all_in_private(both: World) -> None:
    sam, dana = await joined(both)
    home = both.stage("slack").home
    opened = ConversationSeen(id="shared", conversation=home, reference="", outsiders=True)
    await both.core.ask(opened)
    await both.settle()
    for chair in (sam, dana):
        assert direct(chair, "People of other companies can read")
    await both.wait(minutes=31)
    for chair in (sam, dana):
        assert direct(chair, "Agenda for Tue 4 March")
    assert not [seen for seen in dana.screen() if seen.place == home and "Agenda for" in seen.text]
