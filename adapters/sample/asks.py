"""The asks of the sample's year, one in each state: from a wish without numbers to one that was held against its forecast.

Weeks are counted back from today, amounts are in Swiss francs as people write them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from adapters.sample.cast import CIO, CISO
from adapters.sample.stage import Scene, Stage
from bot.forms import Value


@dataclass(frozen=True, slots=True)
class Reduces:
    """One risk: how often a year and at what cost each time, today and with the ask; and since the money was spent."""

    risk: str
    often: str
    least: str
    most: str
    often_after: str
    most_after: str = ""
    happened: str = "0"
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """One ask. `decided`, `keyed`, `spent` and `checked` are how many weeks ago that was, where it ever was."""

    ago: float
    by: str
    title: str
    one_off: str
    yearly: str
    theme: str
    owner: str
    more: str
    reduces: tuple[Reduces, ...] = ()
    decided: float | None = None
    keyed: float | None = None
    rejected: tuple[float, str] | None = None
    spent: tuple[float, str] | None = None
    check: float | None = None
    checked: tuple[float, str] | None = None


WISHES: Final = (
    Wish(43.5, CISO, "Separate the plants' networks from the offices", "320k", "45k", "operations", "Diego",
         "Firewalls and a jump host for each of the three plants, and a week of work in each.",
         (Reduces("Ransomware reaches the file servers of the plants", "0.25", "400k", "6m", "0.1", "2.5m"),
          Reduces("A supplier maintains the presses over a shared account", "3", "15k", "220k", "1", "120k", "1",
          "38k")),
         decided=42.5, keyed=42, spent=(38, "345k"), check=5,
         checked=(4.6,
         "Plant 3 took two months longer than planned. The one case, a technician's laptop, stayed in one plant.")),
    Wish(38.5, CISO, "An outside service that watches alerts at night", "20k", "140k", "investment", "CISO",
         "Two of our last three incidents began after 19:00.",
         (Reduces("At night and on weekends nobody looks at alerts", "2", "60k", "1.5m", "0.5", "500k"),),
         decided=37.5, keyed=36, spent=(31, "24k"), check=-12),
    Wish(30, CIO, "Second data centre with its own cooling", "1.8m", "260k", "operations", "Yuki",
         "Instead of a spare part that is eleven hours away.",
         (Reduces("The data centre's cooling has no spare part nearby", "0.2", "150k", "1.2m", "0.02"),),
         decided=29, rejected=(28.2, "The cloud exit plan covers the same case for a tenth.")),
    Wish(21, CISO, "Passkeys for all who administer anything", "60k", "12k", "hygiene", "Priya",
         "Hardware keys for 220 people, and two days of help at each site.",
         (Reduces("Service accounts with passwords older than five years", "0.5", "30k", "600k", "0.25"),
          Reduces("Leavers keep access to cloud services for weeks", "0.5", "20k", "450k", "0.1")),
         decided=3.2, keyed=2.4),
    Wish(11, CIO, "Masked copies for all test systems", "90k", "25k", "hygiene", "Hana",
         "Developers get data that looks real and is nobody's.",
         (Reduces("Copies of production data in the test systems", "0.2", "250k", "3m", "0.02", "1m"),),
         decided=0.9),
    Wish(8, CISO, "Filters in front of every machine controller", "150k", "15k", "threats", "Diego",
         "Until the maker's patch is there, and for the makers who will never have one.",
         (Reduces("Machine controllers with a published weakness and no patch", "0.5", "200k", "4m", "0.1"),
          Reduces("A supplier maintains the presses over a shared account", "0.5", "80k", "900k", "0.2"))),
    Wish(6, CISO, "A tool that finds staff's use of public AI", "40k", "60k", "communication", "Fatima",
         "Before we block anything, we should know what people need it for.",
         (Reduces("Staff paste customer letters into public AI tools", "3", "5k", "120k", "2"),)),
    Wish(2.5, "diego", "Train two more people on the warehouse software", "25k", "", "operations", "Diego",
         "Numbers follow once the maker has sent its offer."),
)  # fmt: skip


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each asked for and estimated, and as far as it came."""
    for wish in [one for one in WISHES if stage.tells(one.ago)]:
        steps = (
            (wish.ago, asked),
            (wish.decided, proposed),
            (wish.keyed, keyed),
            (wish.rejected and wish.rejected[0], rejected),
            (wish.spent and wish.spent[0], spent),
            (wish.checked and wish.checked[0], checked),
        )
        for ago, step in steps:
            if ago is not None:
                yield Scene(stage.ago(ago, wish.title), partial(step, stage, wish))


def asked(stage: Stage, wish: Wish) -> None:
    """By its form, and then the numbers of each risk; of risks that were raised before this sample begins, nothing."""
    who = stage.players[wish.by]
    known = {stage.refs[one.risk]: one for one in wish.reduces if one.risk in stage.refs}
    who.types("ask add")
    chosen = tuple(ref.removeprefix("R-") for ref in known)
    costs = {"one_off": wish.one_off, "yearly": wish.yearly}
    reduces = {"risks": chosen} if chosen else {}
    who.fills(title=wish.title, theme=wish.theme, owner=wish.owner, detail=wish.more, **costs, **reduces)
    stage.keep_ref(who)
    while label := next((one for one in who.buttons() if one.startswith("Estimate ")), ""):
        one = known[label.removeprefix("Estimate ")]
        after = {"often_after": one.often_after, "most_after": one.most_after}
        who.presses(label, None, often=one.often, least=one.least, most=one.most, **after)


def proposed(stage: Stage, wish: Wish) -> None:
    """Led to a decision, in which its numbers stand."""
    if wish.title in stage.refs and countable(stage, wish):
        who = stage.players[wish.by]
        who.types(f"ask show {stage.refs[wish.title]}")
        who.presses("Decide")
        who.fills()
        stage.refs[decision_on(wish)] = who.answer.title.split()[0] if who.answer else ""


def countable(stage: Stage, wish: Wish) -> bool:
    """Does any of its risks stand in this sample?"""
    return any(one.risk in stage.refs for one in wish.reduces)


def decision_on(wish: Wish) -> str:
    return f"decision: {wish.title}"


def keyed(stage: Stage, wish: Wish) -> None:
    """The other key, and it is funded."""
    if ref := stage.refs.get(decision_on(wish)):
        other = stage.players[CISO if wish.by == CIO else CIO]
        other.presses("Turn my key", stage.latest("key", other.account, about=ref))


def rejected(stage: Stage, wish: Wish) -> None:
    """The other one says why not."""
    if wish.rejected and (ref := stage.refs.get(decision_on(wish))):
        other = stage.players[CISO if wish.by == CIO else CIO]
        other.presses("Reject", stage.latest("key", other.account, about=ref), because=wish.rejected[1])


def spent(stage: Stage, wish: Wish) -> None:
    """How much, and when it is looked at again."""
    if wish.spent and wish.check is not None and decision_on(wish) in stage.refs:
        who = stage.players[CISO]
        who.types(f"ask show {stage.refs[wish.title]}")
        who.presses("Spent", None, spent=wish.spent[1], check_on=stage.day(wish.check))


def checked(stage: Stage, wish: Wish) -> None:
    """What happened since."""
    if wish.checked and decision_on(wish) in stage.refs:
        who = stage.players[CISO]
        who.types(f"ask show {stage.refs[wish.title]}")
        came: dict[str, Value] = {}
        for one in wish.reduces:
            number = stage.refs[one.risk].removeprefix("R-")
            came |= {f"happened_{number}": one.happened, f"lost_{number}": one.lost}
        who.presses("Say what happened", None, found=wish.checked[1], **came)
