"""The promises of the sample's year: kept, kept late, moved, handed on, dropped, open. Weeks are counted back from today."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from adapters.sample.cast import CIO, CISO
from adapters.sample.stage import Scene, Stage


@dataclass(frozen=True, slots=True)
class Promised:
    """Made by `owner`, or for them, and `due` then; `kept` is when it was, `moved` when it was put off, to when and why."""

    ago: float
    owner: str
    title: str
    due: float
    kept: float | None = None
    moved: tuple[float, float, str] | None = None
    dropped: tuple[float, str] | None = None
    theme: str = "operations"


PROMISED: Final = (
    Promised(50, "yuki", "List every server that only one person can restore", 48, 48.4),
    Promised(50, CISO, "Ask the insurer what evidence they want", 47, 47.2, theme="investment"),
    Promised(48, "priya", "Lock out leavers on their last day", 42, 41, (43, 40.5,
             "HR delivers the list two weeks late"), theme="hygiene"),
    Promised(47, CIO, "Tell the plant managers about the second factor", 45, 45.3, theme="communication"),
    Promised(46, "luca", "Put the cost of downtime into numbers", 43, 41.5, theme="investment"),
    Promised(45, "diego", "Count the suppliers with remote access", 42, 42.1),
    Promised(43, CISO, "Draft one page on security for new managers", 40, 40.6, theme="communication"),
    Promised(41, "hana", "Remove two of the four outside scripts", 36, 35, (37, 34,
             "The marketing tool needs a new contract"), theme="threats"),
    Promised(40, "yuki", "Order the spare part for the cooling", 38, 38.2),
    Promised(38, CISO, "Compare the offers for watching at night", 35, 35.5, theme="investment"),
    Promised(36, "fatima", "Read the contract of the payroll supplier", 33, 33.1, theme="strategy"),
    Promised(35, CIO, "Name who decides about cloud regions", 34, 34.3, theme="strategy"),
    Promised(33, "priya", "Change the passwords of 100 service accounts", 26, 24.5, (27, 24,
             "Two systems need a maintenance window"), theme="hygiene"),
    Promised(31, "yuki", "Encrypt the laptops of the sales team", 25, 25.2, theme="hygiene"),
    Promised(29, "luca", "Have accounting call back before an account changes", 26, 26.4, theme="threats"),
    Promised(28, "hana", "Bring security to the CRM design meeting", 27, 27.1, theme="strategy"),
    Promised(26, CISO, "Run a drill with a false invoice", 22, 22.3, theme="threats"),
    Promised(24, "yuki", "Switch the old VPN gateways off", 23.5, 24, theme="threats"),
    Promised(22, CIO, "Speak to the works council about monitoring", 19, 17.5, theme="communication"),
    Promised(20, "diego", "Move the presses behind a jump host", 14, 12, (15, 11.5,
             "The maker's technician comes in two weeks")),
    Promised(19, "yuki", "Look for other open cloud storage", 18, 18.2, theme="threats"),
    Promised(17, "hana", "Mask customer names in the test systems", 9, None, (10, -2,
             "The masking tool failed on addresses"), theme="hygiene"),
    Promised(15, "priya", "Write down who may approve administrators", 12, 12.3, theme="hygiene"),
    Promised(13, CISO, "Prepare the board's half hour on ransomware", 10, 10.1, theme="communication"),
    Promised(11, "fatima", "Ask staff which AI tools they use", 8, 8.2, theme="communication"),
    Promised(9, CIO, "Find a second person for the warehouse software", 3, dropped=(4,
             "The system is replaced a year earlier")),
    Promised(6, "diego", "Filter in front of the controllers of plant 3", 0.6, theme="threats"),
    Promised(8, "yuki", "Try the way back of the new CRM", 5.5, 5.8, theme="strategy"),
    Promised(6, CISO, "Explain the AI tool to the works council", 3.5, 3.8, theme="communication"),
    Promised(4, "luca", "Send the insurer what incidents cost us", 2, 2.2, theme="investment"),
    Promised(5, "priya", "Plan for one identity provider, with dates", -2, theme="strategy"),
    Promised(3, "hana", "Take the old payment keys out of the code", -1, theme="hygiene"),
    Promised(2, CIO, "Talk to finance about the 6 %", -0.5, theme="investment"),
    Promised(1, CISO, "Two offers for the mail gateway's successor", -3, theme="threats"),
)  # fmt: skip


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each made, and what became of it."""
    for one in [each for each in PROMISED if stage.tells(each.ago)]:
        yield Scene(stage.ago(one.ago, one.title), partial(made, stage, one))
        if one.moved:
            yield Scene(stage.ago(one.moved[0], one.title), partial(moved, stage, one))
        if one.kept is not None:
            yield Scene(stage.ago(one.kept, one.title), partial(kept, stage, one))
        if one.dropped:
            yield Scene(stage.ago(one.dropped[0], one.title), partial(dropped, stage, one))


def made(stage: Stage, one: Promised) -> None:
    """By a principal for themselves, or for a colleague, who hears of it."""
    who = stage.players[one.owner if one.owner in (CIO, CISO) else CIO]
    owner = stage.players[one.owner].account
    who.types("promise add", title=one.title, owner=owner, due_on=stage.day(one.due), theme=one.theme)
    stage.keep_ref(who)


def moved(stage: Stage, one: Promised) -> None:
    """By its owner, with a reason."""
    if one.moved:
        _ago, to, why = one.moved
        owner = stage.players[one.owner]
        owner.types(f"promise show {stage.refs[one.title]}")
        owner.presses("New date", None, due_on=stage.day(to), because=why)


def kept(stage: Stage, one: Promised) -> None:
    """By its owner."""
    owner = stage.players[one.owner]
    owner.types(f"promise show {stage.refs[one.title]}")
    owner.presses("Done")


def dropped(stage: Stage, one: Promised) -> None:
    """By its owner, with a reason."""
    if one.dropped:
        owner = stage.players[one.owner]
        owner.types(f"promise show {stage.refs[one.title]}")
        owner.presses("Drop", None, because=one.dropped[1])
