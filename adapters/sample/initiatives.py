"""The IT projects of the sample's year: security came early to some, late to one and never to another. Weeks count back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from adapters.sample.cast import CIO, CISO
from adapters.sample.stage import Scene, Stage


@dataclass(frozen=True, slots=True)
class Answers:
    """To the first questions of the gate that is next."""

    ago: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """The next gate is behind it, whatever was answered."""

    ago: float


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody of the CISO's side is named."""

    ago: float
    partner: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Done; or stopped, because …"""

    ago: float
    because: str = ""


Step = Answers | Passed | Joined | Ended


@dataclass(frozen=True, slots=True)
class Project:
    """One initiative: it `starts` and `ends` so many weeks ago, below 0 in the weeks to come."""

    ago: float
    title: str
    sponsor: str
    partner: str
    tier: str
    starts: float
    ends: float
    more: str
    steps: tuple[Step, ...] = ()


PROJECTS: Final = (
    Project(48, "Portal where suppliers see their orders", "Hana", "Priya", "medium", 48, 13,
            "340 suppliers, one login each.", (
        Answers(47.5, ("Competitors could see each other's prices.",
        "Names and mail addresses of 900 people at suppliers.")),
        Passed(47.4),
        Answers(39, ("Orders and prices; each supplier sees its own.",
        "With their own account and a second factor; we lock.",
                     "The ERP, and the mail service for codes.")),
        Passed(38.5),
        Answers(28, ("An outside tester, in the last two weeks of March.",
        "Each Thursday, within a day if it is urgent.")),
        Passed(27),
        Answers(15, ("None that we know of.", "Hana's team by day, the outside service at night.",
        "Yes, on a Sunday, in 40 minutes.")),
        Passed(14),
        Answers(10, ("How often suppliers share one login.", "Applications, out of the running budget.")),
        Passed(9.5), Ended(9))),
    Project(40, "New CRM for sales and service", "Hana", "Fatima", "high", 41, -1.6,
            "Replaces three systems; 600 people work with it every day.", (
        Answers(39.5, ("All customers' data on the internet.", "280,000 customers, and the notes of the sales team.",
                       "GDPR, and the contracts with four large customers.")),
        Passed(39),
        Answers(27, ("Customers, contracts, calls. Sales sees its region, service sees all.",
        "Single sign-on, and gone the same day.",
                     "The maker's cloud, the ERP, and the phone system.",
                     "With last night's list, on paper, for a day.")),
        Passed(26.5),
        Answers(12, ("The maker each quarter, and our own tester in May.",
        "The maker's, each night; ours each second week.")),
        Passed(10),
        Answers(2, ("Two of the middle kind; the CISO knows them.",)))),
    Project(30, "The ERP moves to the cloud", "Yuki", "", "high", 30, -26,
            "The largest project of the next two years.", (
        Passed(28.5), Joined(20, "Priya"),
        Answers(18, ("Everything that we buy, make, sell and pay.",
        "Single sign-on with a second factor for everybody.")),
        Passed(16))),
    Project(25, "A chatbot that answers customers", "Hana", "Fatima", "medium", 25, -8,
            "Wanted by marketing for the summer.", (
        Answers(24, ("It promises what we cannot keep.", "Whatever customers type into it.")), Passed(23.5),
        Ended(16.5, "Nobody could say where the supplier keeps what customers type."))),
    Project(14, "New badge readers in plant 2", "Diego", "", "low", 14, -3,
            "The old ones can be copied with a phone.",
            (Passed(12.5), Passed(6))),
    Project(4, "Sensors that say when a machine will fail", "Diego", "Priya", "high", 3, -40,
            "First in plant 1, with 300 sensors.", (
        Answers(3.2, ("Somebody steers a machine from outside.",)),)),
)  # fmt: skip


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each added, and its gates."""
    for project in [one for one in PROJECTS if stage.tells(one.ago)]:
        yield Scene(stage.ago(project.ago, project.title), partial(added, stage, project))
        for step in project.steps:
            yield Scene(stage.ago(step.ago, project.title), partial(went, stage, project, step))


def added(stage: Stage, project: Project) -> None:
    """By the CIO, with its days."""
    who = stage.players[CIO]
    who.types(
        "initiative add",
        title=project.title,
        sponsor=project.sponsor,
        partner=project.partner,
        tier=project.tier,
        starts_on=stage.day(project.starts),
        ends_on=stage.day(project.ends),
        detail=project.more,
    )
    stage.keep_ref(who)


def went(stage: Stage, project: Project, step: Step) -> None:
    """On its card."""
    who = stage.players[CISO]
    who.types(f"initiative show {stage.refs[project.title]}")
    match step:
        case Answers():
            who.presses("Answer")
            fields = [one.name for one in who.form.fields] if who.form else []
            who.fills(**dict(zip(fields, step.lines, strict=False)))
        case Passed():
            who.presses("Pass gate")
        case Joined():
            who.presses("Edit", None, partner=step.partner)
        case Ended(because=""):
            who.presses("Done")
        case Ended():
            who.presses("Stop", None, because=step.because)
