"""The risks of the sample's year: raised, made smaller, accepted, expired, closed. Weeks are counted back from today."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from adapters.sample.cast import CIO, CISO
from adapters.sample.stage import Scene, Stage


@dataclass(frozen=True, slots=True)
class Accepted:
    """Lived with from then on, until `until` weeks ago, or below 0 until a day to come. Not `both` turned their keys on all."""

    ago: float
    until: float
    why: str
    both: bool = True


@dataclass(frozen=True, slots=True)
class Level:
    """It was judged anew."""

    ago: float
    likelihood: int
    impact: int
    because: str


@dataclass(frozen=True, slots=True)
class Closed:
    """It is no risk any more."""

    ago: float
    because: str


@dataclass(frozen=True, slots=True)
class Risk:
    """One of the register. `review` is in so many weeks from today; `owner` is a name as people type it."""

    ago: float
    by: str
    title: str
    likelihood: int
    impact: int
    theme: str
    owner: str = ""
    treatment: str = "mitigate"
    review: float | None = None
    more: str = ""
    then: tuple[Accepted | Level | Closed, ...] = ()


RISKS: Final = (
    Risk(51, CISO, "Ransomware reaches the file servers of the plants", 4, 5, "threats", "Diego", review=3,
         more="The plants share one flat network with the offices. A phished laptop in accounting reaches the file servers.",
         then=(Level(20, 3, 5, "The backups of the plants are offline now"), Level(6, 3, 4,
         "Two of three plants are segmented"))),
    Risk(51, CIO, "One person alone can restore the backups", 3, 4, "operations", "Yuki",
         then=(Level(40, 2, 4, "A second person was trained"), Closed(33,
         "Three people restored a server each, without help"))),
    Risk(50, CISO, "VPN gateways reach the end of their support", 4, 4, "threats", "Yuki",
         then=(Closed(24, "The gateways are replaced, the old ones are off"),)),
    Risk(49, CISO, "Leavers keep access to cloud services for weeks", 4, 3, "hygiene", "Priya", review=5,
         then=(Level(22, 2, 3, "Leavers are locked out by the HR system within a day"),)),
    Risk(47, CIO, "The payroll supplier sees all salaries and has one shared login", 3, 4, "strategy", "Fatima",
         then=(Accepted(44, 20,
         "The supplier moves to single sign-on in spring; until then two of us watch the log."),
               Closed(18, "Single sign-on with personal accounts since the first of the month"))),
    Risk(46, CISO, "No second factor for administrators of the old ERP", 3, 5, "hygiene", "Hana",
         then=(Accepted(38, -9, "The ERP is replaced next year, and only six people on one floor can reach it."),)),
    Risk(44, "diego", "A supplier maintains the presses over a shared account", 3, 4, "operations", "Diego", review=2,
         more="Nobody can say afterwards who was connected."),
    Risk(43, CISO, "Board members read confidential papers on private tablets", 3, 3, "communication", "CIO",
         then=(Closed(30, "The board uses managed tablets"),)),
    Risk(41, "hana", "The web shop's payment page loads scripts of four other companies", 2, 4, "threats", "Hana",
         review=7,
         then=(Level(15, 2, 3, "Two of the four are gone"),)),
    Risk(39, CISO, "At night and on weekends nobody looks at alerts", 4, 4, "investment", "CISO", "mitigate", 4,
         then=(Level(12, 3, 4, "An on-call rota looks at the critical ones"),)),
    Risk(37, CIO, "The data centre's cooling has no spare part nearby", 2, 4, "operations", "Yuki",
         then=(Accepted(35, -2, "A part is eleven hours away, and the second site takes over within four."),)),
    Risk(35, "priya", "Service accounts with passwords older than five years", 3, 3, "hygiene", "Priya", review=1,
         then=(Level(10, 2, 3, "140 of 210 were changed"),)),
    Risk(33, CISO, "Invoices with a changed bank account are paid without a call back", 3, 4, "threats", "Luca",
         then=(Closed(21, "Accounting calls back, and the drill in May found no miss"),)),
    Risk(31, CIO, "The new CRM keeps customer data outside Europe", 2, 3, "strategy", "Fatima", "avoid", 6),
    Risk(29, CISO, "Laptops of the sales team are not encrypted", 2, 3, "hygiene", "Yuki",
         then=(Closed(23, "All 84 are encrypted; the two lost ones were wiped"),)),
    Risk(27, "hana", "An open source library without a maintainer in the order system", 3, 3, "threats", "Hana",
         review=8,
         then=(Accepted(19, -1.2, "It is not reachable from outside, and its successor comes with release 9."),)),
    Risk(25, CISO, "Copies of production data in the test systems", 3, 3, "hygiene", "Hana", review=4),
    Risk(22, CIO, "The only person who knows the warehouse software retires in autumn", 4, 3, "operations", "CIO",
         review=3),
    Risk(19, CISO, "Cloud storage of marketing is open to the internet", 4, 3, "threats", "Yuki",
         then=(Closed(18.5, "Closed the same day; the log shows no stranger"),)),
    Risk(16, "diego", "Machine controllers with a published weakness and no patch", 4, 5, "threats", "Diego",
         review=1,
         more="The maker announces a patch for next quarter. Until then the controllers stand behind a filter.",
         then=(Level(4, 3, 5, "The filter is in place in plant 1 and 2"),)),
    Risk(13, CISO, "Insurance asks for evidence that we cannot give by December", 3, 3, "investment", "Luca",
         "transfer", 2),
    Risk(10, CIO, "Two identity providers after the merger", 3, 3, "strategy", "Priya", review=9),
    Risk(7, CISO, "Staff paste customer letters into public AI tools", 4, 3, "communication", "Fatima", review=2,
         more="A third of the people asked in the survey said so."),
    Risk(4, "hana", "Keys of the old payment provider are still in the code", 2, 4, "hygiene", "Hana", review=1),
    Risk(1.5, CISO, "The mail gateway's support ends in a quarter", 3, 4, "threats", "Yuki",
         then=(Accepted(0.6, -13, "Its successor is ordered; the filter in the cloud stands in front of it.",
         both=False),)),
)  # fmt: skip


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each risk, and what became of it."""
    for risk in [one for one in RISKS if stage.tells(one.ago)]:
        yield Scene(stage.ago(risk.ago, risk.title), partial(raised, stage, risk))
        for change in risk.then:
            yield Scene(stage.ago(change.ago, risk.title), partial(changed, stage, risk, change))


def raised(stage: Stage, risk: Risk) -> None:
    """By its form, as it was judged then."""
    who = stage.players[risk.by]
    who.types(
        "risk add",
        title=risk.title,
        description=risk.more,
        likelihood=str(risk.likelihood),
        impact=str(risk.impact),
        theme=risk.theme,
        treatment=risk.treatment,
        owner=risk.owner,
        review_on=stage.day(-risk.review) if risk.review else "",
    )
    stage.keep_ref(who)


def changed(stage: Stage, risk: Risk, change: Accepted | Level | Closed) -> None:
    """What its own table says."""
    ref, ciso = stage.refs[risk.title], stage.players[CISO]
    match change:
        case Accepted():
            ciso.types(f"risk accept {ref}", justification=change.why, until=stage.day(change.until))
            if change.both:
                cio = stage.players[CIO]
                cio.presses("Turn my key", stage.latest("acceptance_key", cio.account))
        case Level():
            ciso.types(f"risk show {ref}")
            levels = {"likelihood": str(change.likelihood), "impact": str(change.impact)}
            ciso.presses("New level", None, because=change.because, **levels)
        case Closed():
            ciso.types(f"risk close {ref} {change.because}")
