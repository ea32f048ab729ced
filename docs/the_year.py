"""The story of one year: what Sam, Dana and Robin do, and when. What Touchpoint does about it is not written here; it happens.

The clock is moved and nothing sleeps. `docs.simulate_year` prints what came of it, and `tests/test_year.py` checks it.
Times are those of Zurich.
"""

from functools import cache

from docs import the_talks
from docs.year_stage import DISCUSSED, Form, Year, on
from tests.bot.room import HOME

DOWN, UP = on(6, 20, "08:30"), on(6, 23, "08:40")
ENDS = on(1, 9, "18:00", 2032)


def decided(title: str, **values: str) -> Form:
    """What is filled in when a point ends in a decision."""
    return Form("Record decision", {"title": title, **values})


def set_up(year: Year) -> None:
    """Friday 3 January: the first five minutes, and the first question."""
    sam, dana = year.sam, year.dana
    sam.types("setup")
    sam.fills(people=(sam.profile, dana.profile), cio=sam.account, ciso=dana.account, weekdays=("TU",), at="15:30")
    sam.presses("Save")
    sam.types("settings")
    sam.fills(holidays="Switzerland, Zurich", closings="13 May: company day\n24 Dec 2031 - 5 Jan 2032: year end")
    the_talks.switch_on(year)
    year.at(1, 3, "14:10")
    sam.says("threats: VPN gateways reach end of support in June")
    year.at(1, 3, "16:20")
    dana.presses("Add points", on=year.asked(dana))
    dana.fills(hygiene="Passkeys for the board", place="direct")


def winter(year: Year) -> None:
    """A key that is missing, a risk without an owner, a promise that is overdue, and a sync that nobody started."""
    sam, dana = year.sam, year.dana
    vpn = decided("Replace the VPN gateways by June", rationale="Support ends in June.", owner="Robin")
    year.hold(1, 7, points={"VPN": vpn})
    year.at(1, 7, "16:30")
    dana.presses("Turn my key", on=year.key(dana))

    the_talks.hygiene(year)
    year.at(1, 17, "13:20")
    sam.says("investment: A second SOC shift")
    shift = decided("A second SOC shift from April", rationale="At night nobody looks.")
    year.hold(1, 21, by=dana, points={"SOC": shift})
    year.at(1, 23, "09:20")
    sam.presses("Snooze until tomorrow", on=year.asked(sam))
    year.at(1, 30, "17:00")
    dana.types("risk add Laptops of leavers are not wiped")

    promise = Form("Promise", {"title": "Find out who wipes laptops", "due_on": "2031-02-14"})
    year.hold(2, 4, points={"SOC": "Turn my key", "Laptops": (promise, DISCUSSED)})
    the_talks.portal(year)
    the_talks.gate(year, 2, 6, "idea")
    year.at(2, 14, "16:00")
    sam.says("strategy: One identity provider for both companies")
    year.at(2, 19, "15:10")
    dana.presses("Another day", on=year.diary.latest("unstarted"))
    dana.fills(day="2031-02-20", at="15:30", why="both of us were with the auditors", place=HOME)
    owned = Form("Edit R-1", {"owner": "Robin", "review_on": "2031-06-30"})
    year.hold(2, 20, points={"who wipes": "Done", "Laptops": owned})


def spring(year: Year) -> None:
    """A point that is deferred until it must be settled, two changes of clocks, Easter, and a skip."""
    sam, dana = year.sam, year.dana
    year.at(2, 28, "15:45")
    dana.says("strategy: Who may approve a new cloud region")
    year.hold(3, 4, points={"cloud region": "Defer"})
    year.at(3, 9, "12:00")
    year.diary.remark("Clocks go forward in New York. For three weeks 15:30 in Zurich is 10:30 there.")
    the_talks.attacked(year)
    year.at(3, 14, "14:20")
    dana.says("communication: What the regulator asked")
    year.hold(3, 18, by=dana, points={"cloud region": "Defer"})
    the_talks.mended(year)
    year.at(3, 30, "12:00")
    year.diary.remark("Clocks go forward in Zurich. The sync stays at 15:30, which is 09:30 in New York again.")
    year.at(3, 31, "09:15")
    sam.says("operations: Patch windows of the plants")
    year.hold(4, 1, points={"cloud region": "Defer"})

    year.at(4, 9, "15:05")
    dana.presses("Snooze for 1 hour", on=year.asked(dana))
    year.at(4, 11, "12:00")
    year.diary.remark("Good Friday, then the weekend and Easter Monday: four days on which nobody is asked anything.")
    board = Form(
        "Escalate", {"to": "the executive board", "due_on": "2031-04-22", "word": "Who approves, and how fast?"}
    )
    year.hold(4, 15, by=dana, points={"cloud region": board})
    year.at(4, 22, "15:10")
    dana.presses("Done", on=year.asked(dana))
    year.at(4, 23, "10:00")
    sam.types("agenda add communication: What we tell the board about the phishing drill")
    year.at(4, 24, "16:00")
    dana.types("sync skip the board meets that day")


def may(year: Year) -> None:
    """A company day, a leave, and a sync that is moved for it."""
    sam, dana = year.sam, year.dana
    year.at(5, 12, "15:05")
    dana.presses("Mute gentle reminders", on=year.asked(dana))
    year.hold(5, 14)
    the_talks.gate(year, 5, 15, "design")
    year.at(5, 15, "17:00")
    dana.types("away 24-30 May", place="direct")
    year.at(5, 16, "09:00")
    sam.presses("Another day", on=year.diary.latest("absence"))
    sam.fills(day="2031-06-04", at="15:30", why="Dana is away", place=HOME)
    year.at(5, 30, "13:30")
    sam.says("threats: Invoices with new bank accounts")
    year.hold(6, 4)


def summer(year: Year) -> None:
    """An outage from Friday to Monday, a leave with somebody who stands in, and a pause."""
    sam, dana, robin = year.sam, year.dana, year.robin
    year.hold(6, 10)
    year.at(6, 18, "11:00")
    sam.types("sync extra fri 16:00")
    sam.types("agenda add threats: First findings of the auditors")
    year.at(6, 20, "08:30")
    year.diary.down_until(UP, "Touchpoint is down until Monday, 08:40. Nothing is planned and nothing is sent.")
    year.at(6, 23, "09:20")
    sam.presses("Leave it", on=year.diary.latest("unstarted"))
    year.hold(6, 24, points={"Laptops": Form("Edit R-1", {"review_on": "2031-11-28"})})

    year.at(7, 1, "17:00")
    dana.types("away 4 July", place="direct")
    year.at(7, 3, "19:20")
    dana.says("investment: What the second SOC shift found")
    year.hold(7, 8)
    year.at(7, 9, "10:00")
    sam.types("delegate", place="direct")
    sam.fills(people=(robin.profile,), person=robin.account, until="2031-08-01", place="direct")
    sam.types("away 14 Jul - 1 Aug", place="direct")
    year.at(7, 18, "13:40")
    robin.says("hygiene: Restore test of the backups")
    the_talks.gate(year, 7, 18, "build")
    year.hold(7, 22, by=robin, points={"Restore": decided("Test a restore every quarter", owner="Robin")})
    year.at(7, 22, "16:30")
    dana.presses("Turn my key", on=year.key(dana))
    year.at(7, 31, "15:40")
    dana.says("strategy: Which suppliers see customer data")
    year.hold(8, 5)
    year.at(8, 6, "11:00")
    sam.types("pause until 1 Sep")


def accept_until(year: Year, day: str) -> None:
    """A risk that both will live with for a while: two keys, warnings, and one day it is open again."""
    sam, dana = year.sam, year.dana
    year.at(9, 3, "10:00")
    sam.types("risk add The old ERP knows no second factor")
    sam.types("risk accept R-2")
    sam.fills(justification="It is replaced in November.", until=day)
    year.at(9, 3, "15:30")
    dana.presses("Turn my key", on=year.diary.latest("acceptance_key", dana.account))


def autumn(year: Year) -> None:
    """The cadence changes to once a month, clocks change back, and the company closes at the end of the year."""
    sam, dana = year.sam, year.dana
    year.at(9, 1, "09:30")
    sam.says("operations: What changed while we paused")
    year.hold(9, 2)
    accept_until(year, "2031-11-20")
    year.at(9, 12, "15:30")
    dana.says("strategy: From here on, once a month is enough")
    year.hold(9, 16, by=dana)
    year.at(9, 17, "16:00")
    dana.types("cadence first monday of the month 14:00")
    dana.presses("Save")
    year.at(10, 2, "15:30")
    dana.says("investment: Next year’s security budget")
    budget = decided("Ask for 6 % more", rationale="Two audits ask for it.", review_on="2031-12-15")
    year.hold(10, 6, "14:00", points={"budget": budget})
    year.at(10, 7, "15:20")
    dana.presses("Turn my key", on=year.key(dana))
    the_talks.gate(year, 10, 8, "launch")
    year.at(10, 26, "12:00")
    year.diary.remark("Clocks go back in Zurich, a week before New York.")
    the_talks.money(year)
    reviewed = Form("Edit R-1", {"review_on": "2032-06-30"})
    year.hold(11, 3, "14:00", points={"We pay for": "Turn my key", "Laptops": reviewed})
    the_talks.gate(year, 11, 5, "after")
    year.at(11, 13, "15:20")
    sam.presses("Let it expire", on=year.asked(sam))
    year.hold(12, 1, "14:00", by=dana, points={"6 %": "Confirm"})
    the_talks.health(year)
    year.at(12, 22, "13:30")
    sam.says("strategy: What we want of the new year")
    year.hold(1, 6, "14:00", year=2032)


@cache
def lived() -> Year:
    """The whole year, once a process."""
    year = Year()
    for chapter in (set_up, winter, spring, may, summer, autumn):
        chapter(year)
    year.diary.until(ENDS)
    return year
