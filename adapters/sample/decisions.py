"""The decisions of the sample's year, one for each thing that can become of one. Weeks are counted back from today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import partial
from typing import Final

from adapters.sample.cast import CIO, CISO
from adapters.sample.stage import Player, Scene, Stage, Standing

LATER = timedelta(hours=3)


class Fate(Enum):
    """What the other one made of it."""

    AGREED = auto()
    DISSENT = auto()  # agreed, with another opinion on record
    REJECTED = auto()
    WITHDRAWN = auto()
    WAITING = auto()


@dataclass(frozen=True, slots=True)
class Paper:
    """One decision. `review` is in so many weeks from today; the second key took `slow` weeks; `over` is what it replaces."""

    ago: float
    by: str
    title: str
    why: str
    theme: str
    owner: str
    fate: Fate = Fate.AGREED
    said: str = ""
    review: float | None = None
    slow: float = 0.1
    options: str = ""
    over: str = ""


PAPERS: Final = (
    Paper(50.5, CISO, "Both keys for whatever is accepted above medium",
          "We share the responsibility, so we share the signature.",
          "communication", "CISO"),
    Paper(49, CIO, "Replace the VPN gateways by June", "Support ends in June, and every second alert is about them.",
          "threats", "Yuki", slow=0.6, options="Extend support for a year\nReplace by June\nSwitch VPN off at once"),
    Paper(47, CISO, "A second person restores a backup every quarter", "Untested backups are hopes.", "operations",
          "Yuki", review=3),
    Paper(45, CISO, "No exceptions from the second factor for managers", "Attackers read organization charts too.",
          "hygiene", "Priya", Fate.DISSENT,
          "Two plant managers work with gloves; I would have given them hardware tokens first."),
    Paper(42, CIO, "One ticket queue for IT and security", "Requests got lost between the two.", "operations", "CIO"),
    Paper(40, CISO, "Buy a second SOC shift at once", "At night nobody looks.", "investment", "CISO", Fate.REJECTED,
          "Not without a comparison with an outside service."),
    Paper(37, CISO, "An outside service watches alerts at night", "A third of the cost of our own second shift.",
          "investment", "CISO", slow=1.4, options="Own second shift\nOutside service\nOn-call rota"),
    Paper(34, CIO, "Cloud regions only in Europe", "Customers ask for it in four of five tenders.", "strategy",
          "Fatima", review=5),
    Paper(32, CISO, "Patch critical weaknesses within 14 days", "The last two incidents used older ones.", "threats",
          "Yuki"),
    Paper(30, CISO, "Forbid private phones for mail", "Too many lost devices.", "hygiene", "CISO", Fate.WITHDRAWN,
          "Managed mail apps solve it without forbidding anything."),
    Paper(28, CIO, "Security reviews every project at its design",
          "At the end it only finds what can no longer be changed.",
          "strategy", "CIO", slow=0.3, review=2),
    Paper(25, CISO, "Call back before any bank account is changed", "It costs two minutes.", "threats", "Luca"),
    Paper(22, CISO, "Patch critical weaknesses within 7 days",
          "14 days were too long twice, and the tooling allows it.",
          "threats", "Yuki", over="Patch critical weaknesses within 14 days", slow=0.8),
    Paper(19, CIO, "Move the web shop's payment page to the provider", "Then its scripts are theirs.", "strategy",
          "Hana", review=-1),
    Paper(16, CISO, "Tell all staff about each phishing drill within a day", "People learn from what they remember.",
          "communication", "CISO"),
    Paper(12, CIO, "One identity provider by next summer", "Two cost twice and are each half as safe.", "strategy",
          "Priya", slow=2.2,
          options="Keep both\nMove everybody to ours\nBuy a third one"),
    Paper(9, CISO, "Segment plant 3 before the summer break", "It is the last flat network.", "operations", "Diego",
          review=4),
    Paper(5, CISO, "An approved AI tool for everybody, and the public ones blocked",
          "Forbidding alone failed elsewhere.",
          "communication", "Fatima", slow=0.7),
    Paper(1.2, CISO, "Ask for 6 % more in next year's security budget", "Two audits and the insurance ask for it.",
          "investment", "CISO", Fate.WAITING),
    Paper(0.7, CIO, "Freeze changes from 18 December to 6 January", "Half of the team is away.", "operations", "CIO",
          Fate.WAITING),
)  # fmt: skip


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each recorded, and answered by the other one."""
    for paper in [one for one in PAPERS if stage.tells(one.ago)]:
        at = stage.ago(paper.ago, paper.title)
        yield Scene(at, partial(recorded, stage, paper))
        if paper.fate is not Fate.WAITING:
            answered_at = max(at + LATER, stage.ago(paper.ago - paper.slow, paper.title))
            yield Scene(min(answered_at, stage.ends - LATER), partial(answered, stage, paper))


def recorded(stage: Stage, paper: Paper) -> None:
    """New, or in the place of another one."""
    who = stage.players[paper.by]
    said = {"title": paper.title, "rationale": paper.why, "theme": paper.theme, "owner": paper.owner}
    said["options"] = paper.options
    said["review_on"] = stage.day(-paper.review) if paper.review else ""
    if paper.over in stage.refs:
        who.types(f"decision show {stage.refs[paper.over]}")
        who.presses("Replace", None, **said)
    else:
        who.types("decision add", **said)
    stage.keep_ref(who)


def answered(stage: Stage, paper: Paper) -> None:
    """By the other key, or with a reason against it."""
    other = stage.players[CISO if paper.by == CIO else CIO]
    match paper.fate:
        case Fate.AGREED:
            other.presses("Turn my key", key_of(stage, other, paper))
        case Fate.DISSENT:
            other.presses("Agree with dissent", key_of(stage, other, paper), dissent=paper.said)
        case Fate.REJECTED:
            other.presses("Reject", key_of(stage, other, paper), because=paper.said)
        case _:
            author = stage.players[paper.by]
            author.types(f"decision show {stage.refs[paper.title]}")
            author.presses("Withdraw", None, because=paper.said)


def key_of(stage: Stage, who: Player, paper: Paper) -> Standing:
    """The message that asks them for their key on it."""
    return stage.latest("key", who.account, about=stage.refs[paper.title])
