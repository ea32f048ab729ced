"""What the five conversations add to the year: a threat, hygiene by example, an IT project, an ask, and health.

Each is called by the chapter of `docs.the_year` in which it happens. Times are those of Zurich.
"""

from datetime import date

from agenda.catalog import Catalog, Exploited
from bot import threats
from docs.year_stage import Year
from storage.unit_of_work import unit_of_work
from tests.bot.diary import ALL, Writer

LOGS = Exploited(
    cve="CVE-2021-44228",
    vendor="Apache",
    product="Log4j2",
    name="Apache Log4j2 Remote Code Execution Vulnerability",
    about="A line of text in a log is enough to run a stranger's code.",
    action="Apply the maker's mitigations, or stop using the product until you can.",
    added=date(2030, 6, 3),
    due=date(2030, 6, 24),
    ransomware=True,
    link="https://nvd.nist.gov/vuln/detail/CVE-2021-44228",
)
GATEWAY = Exploited(
    cve="CVE-2023-4966",
    vendor="Citrix",
    product="NetScaler ADC and NetScaler Gateway",
    name="Citrix NetScaler Buffer Overflow Vulnerability",
    about="Strangers take over sessions that are already signed in, second factor or not.",
    action="Apply the maker's mitigations, or stop using the product until you can.",
    added=date(2031, 3, 11),
    due=date(2031, 4, 1),
    ransomware=True,
    link="https://nvd.nist.gov/vuln/detail/CVE-2023-4966",
)
"""Real entries, in our own words; only their days are moved."""

ANSWERS = {
    "idea": ("Strangers read what customers ordered.", "Names, addresses and orders of customers.", "Data protection."),
    "design": (
        "Orders; the sales team sees them.",
        "With the account of the company, which ends with the contract.",
        "The payment provider and the ERP.",
        "By telephone, for a day.",
    ),
    "build": ("The testers of last year, in September.", "Within a week.", "Two, and Robin closes both."),
    "launch": ("One, small; both of us did.", "Robin, at any hour.", "Yes, on 2 October.", "The second SOC shift."),
    "after": ("How many customers share one password.", "Robin's team, from its own budget.", "Yes, all six."),
}
"""What is said at each gate of the project, a line a question."""


def switch_on(year: Year) -> None:
    """Threats and hygiene wait until somebody wants them."""
    year.sam.types("conversations")
    year.sam.presses("Change")
    year.sam.fills(on=("threats", "investment", "initiatives", "hygiene", "health"))
    year.dana.types("watch add")
    year.dana.fills(products="Citrix NetScaler Gateway\nLog4j")
    published(year, LOGS)


def hygiene(year: Year) -> None:
    """Both answer in private, and then tell their colleagues together; two of them join."""
    year.at(1, 9, "10:00")
    did(year.sam, ("0", "1", "4"))
    year.at(1, 9, "15:20")
    did(year.dana, ("0", "1", "2", "4"))
    year.at(1, 10, "10:30")
    year.sam.types("hygiene post", place=ALL)
    year.sam.presses("Post it in #all", place=ALL)
    for who, at in ((year.robin, "11:00"), (year.dana, "15:10")):
        year.at(1, 10, at)
        who.presses("Done too", on=year.diary.latest("hygiene_post", ALL), place=ALL)


def did(who: Writer, habits: tuple[str, ...]) -> None:
    """Ticked in their own chat, where nobody else reads."""
    who.types("hygiene", place="direct")
    who.presses("Answer", place="direct")
    who.fills(done=habits, together="yes", place="direct")


def portal(year: Year) -> None:
    """An IT project, with days for its gates."""
    year.at(2, 5, "10:15")
    year.sam.types("initiative add")
    whose = {"title": "New customer portal", "sponsor": "Sam", "partner": "Dana", "tier": "high"}
    year.sam.fills(**whose, starts_on="2031-02-10", ends_on="2031-10-31")


def gate(year: Year, month: int, day: int, name: str) -> None:
    """Its next gate is answered and passed."""
    year.at(month, day, "15:20")
    year.dana.types("initiative I-1")
    year.dana.presses("Answer")
    names = [one.name for one in year.dana.form.fields] if year.dana.form else []
    year.dana.fills(**dict(zip(names, ANSWERS[name], strict=True)))
    year.dana.presses("Pass gate")


def attacked(year: Year) -> None:
    """What presses is asked of both at once; the brief before the next sync tells it again."""
    year.at(3, 11, "20:00")
    year.diary.remark("CISA’s catalog is read: it has a new entry (a real one, on another day).")
    published(year, LOGS, GATEWAY)
    year.at(3, 12, "15:10")
    year.dana.presses("Assign", on=year.asked(year.dana), place="direct")
    year.dana.fills(people=(year.dana.profile,), due_on="2031-03-26", place="direct")


def mended(year: Year) -> None:
    """The day before it is due."""
    year.at(3, 25, "16:00")
    year.dana.presses("Done", on=year.asked(year.dana), place="direct")


def published(year: Year, *entries: Exploited) -> None:
    """The catalog as it is that day; nothing is fetched for this page."""
    with unit_of_work(year.diary.engine, organization_id=1, now=year.diary.now) as record:
        threats.take(record, Catalog(version="2031", entries=entries), 0)


def money(year: Year) -> None:
    """An ask, in numbers; it is decided at the next sync."""
    year.at(10, 27, "10:00")
    year.sam.types("policy")
    year.sam.presses("Change")
    year.sam.fills(currency="CHF")
    year.at(10, 27, "15:00")
    year.dana.types("ask add")
    year.dana.fills(title="Wipe laptops from afar", one_off="30k", yearly="12k", risks=("1",))
    year.dana.presses("Estimate R-1")
    year.dana.fills(often="3", least="5k", most="80k", often_after="0.5")
    year.dana.presses("Decide")
    year.dana.fills()


def health(year: Year) -> None:
    """How the two work together, counted; and how it feels."""
    year.at(12, 16, "10:00")
    year.sam.types("health")
    year.sam.types("pulse", place="direct")
    year.sam.presses(scale(year.sam, 4), place="direct")
    year.at(12, 16, "15:20")
    year.dana.types("pulse", place="direct")
    year.dana.presses(scale(year.dana, 5), place="direct")


def scale(who: Writer, score: int) -> str:
    """The button of that score."""
    return next(one.label for one in who.answer.buttons if one.label.startswith(str(score))) if who.answer else ""
