"""What the sample runs, and what was published about it in its year.

The entries are real ones of CISA's catalog, in our own short words; only their days are moved, so that there is always news.
They are taken as a source's document is, without any network. The weeks are counted back from today.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from adapters.sample.cast import CISO
from adapters.sample.stage import Scene, Stage
from agenda.catalog import Catalog, Exploited, Score, Scores
from bot import threats as rules
from storage.unit_of_work import unit_of_work

WATCHED: Final = """\
Microsoft; Exchange Server; Platforms and patching
Microsoft; Windows; Platforms and patching
Citrix; NetScaler ADC and Gateway; Network and resilience
Fortinet; FortiOS; Network and resilience
Cisco; Adaptive Security Appliance; Network and resilience
VMware; ESXi; Platforms and patching
Progress; MOVEit Transfer; Vendor risk
Apache; Log4j2; Platforms and patching
Atlassian; Confluence Server; Platforms and patching
SAP; NetWeaver; Platforms and patching
Ivanti; Connect Secure; Network and resilience
Veeam; Backup & Replication; Data protection and backup"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One published weakness: `chance` and `rank` are its EPSS score; to be mended `due` weeks after it was `added`."""

    added: float
    cve: str
    vendor: str
    product: str
    name: str
    about: str
    chance: float
    rank: float
    ransomware: bool = False
    due: float = 3


ENTRIES: Final = (
    Entry(60, "CVE-2021-44228", "Apache", "Log4j2", "Log4j2 Remote Code Execution Vulnerability",
          "A line of text in a log is enough to run a stranger's code.", 0.97, 0.999, True),
    Entry(50, "CVE-2023-34362", "Progress", "MOVEit Transfer", "MOVEit Transfer SQL Injection Vulnerability",
          "Strangers read and copy every file that was transferred.", 0.96, 0.998, True),
    Entry(46, "CVE-2022-41082", "Microsoft", "Exchange Server", "Exchange Server Remote Code Execution Vulnerability",
          "Whoever has any mailbox runs code on the mail server.", 0.92, 0.991, True),
    Entry(42, "CVE-2023-22515", "Atlassian", "Confluence Data Center and Server",
          "Confluence Broken Access Control Vulnerability",
          "Strangers make themselves administrators.", 0.95, 0.996),
    Entry(39, "CVE-2023-28252", "Microsoft", "Windows", "Windows Common Log File System Driver Privilege Escalation",
          "A user of a computer becomes its administrator.", 0.41, 0.96, True),
    Entry(34, "CVE-2023-4966", "Citrix", "NetScaler ADC and NetScaler Gateway",
          "NetScaler Buffer Overflow Vulnerability",
          "Strangers take over sessions that are already signed in, second factor or not.", 0.95, 0.997, True),
    Entry(31, "CVE-2023-20269", "Cisco", "Adaptive Security Appliance (ASA) and Firepower Threat Defense",
          "ASA Unauthorized Access Vulnerability", "Strangers may try passwords without end.", 0.12, 0.91, True),
    Entry(27, "CVE-2024-21762", "Fortinet", "FortiOS", "FortiOS Out-of-Bound Write Vulnerability",
          "A stranger's request runs code on the gateway.", 0.88, 0.985, True),
    Entry(22, "CVE-2024-21893", "Ivanti", "Connect Secure, Policy Secure, and Neurons",
          "Connect Secure Server-Side Request Forgery Vulnerability", "Strangers reach what only insiders should.",
          0.94, 0.995),
    Entry(19, "CVE-2024-37085", "VMware", "ESXi", "ESXi Authentication Bypass Vulnerability",
          "Whoever may make a group in the directory rules all virtual machines.", 0.31, 0.95, True),
    Entry(14, "CVE-2024-38112", "Microsoft", "Windows", "Windows MSHTML Platform Spoofing Vulnerability",
          "A file that looks like a document runs a program.", 0.55, 0.97),
    Entry(11, "CVE-2023-27532", "Veeam", "Backup & Replication",
          "Backup & Replication Missing Authentication Vulnerability",
          "Strangers read the passwords of the backup system.", 0.83, 0.98, True),
    Entry(7, "CVE-2024-20353", "Cisco", "Adaptive Security Appliance (ASA) and Firepower Threat Defense",
          "ASA Infinite Loop Vulnerability", "A request from outside restarts the firewall.", 0.18, 0.93),
    Entry(3, "CVE-2025-31324", "SAP", "NetWeaver", "NetWeaver Unrestricted File Upload Vulnerability",
          "Strangers upload a program and start it.", 0.71, 0.975, True),
    Entry(1.5, "CVE-2024-40711", "Veeam", "Backup & Replication",
          "Backup and Replication Deserialization Vulnerability",
          "Strangers run code on the backup server.", 0.62, 0.972, True),
    Entry(0.5, "CVE-2024-47575", "Fortinet", "FortiManager", "FortiManager Missing Authentication Vulnerability",
          "Strangers steer the firewalls from their own manager.", 0.94, 0.996),
    Entry(0.4, "CVE-2025-5777", "Citrix", "NetScaler ADC and Gateway",
          "NetScaler ADC and Gateway Out-of-Bounds Read Vulnerability",
          "Strangers read what other people just typed, sign-ins included.", 0.67, 0.974),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deed:
    """What the CISO did about one, a few days after it was added."""

    cve: str
    label: str
    because: str = ""


DEEDS: Final = (
    Deed("CVE-2022-41082", "Raise risk"),
    Deed("CVE-2023-22515", "Assign"),
    Deed("CVE-2023-28252", "Not us", "Every computer had that update within three days."),
    Deed("CVE-2023-4966", "Assign"),
    Deed("CVE-2024-21762", "Not us", "Our gateways run the mended version since Sunday."),
    Deed("CVE-2024-21893", "Discuss"),
    Deed("CVE-2024-37085", "Assign"),
    Deed("CVE-2023-27532", "Assign"),
    Deed("CVE-2024-20353", "Not us", "The web service that it needs is switched off on all of them."),
    Deed("CVE-2025-31324", "Raise risk"),
)
AFTER, KEPT = 0.3, 1.6
"""Weeks until something is done about an entry, and until what was promised is."""


def scenes(stage: Stage) -> Iterator[Scene]:
    """The list on the first days; then each entry, on its day or at once."""
    begins = stage.weeks - 1
    yield Scene(stage.ago(begins, "watch"), partial(stage.players[CISO].types, "watch add", products=WATCHED))
    for entry in ENTRIES:
        yield Scene(stage.ago(min(entry.added, begins - 0.2), "published"), partial(published, stage))
        for deed in [one for one in DEEDS if one.cve == entry.cve and entry.added < begins]:
            yield Scene(stage.ago(entry.added - AFTER, "published and read"), partial(done, stage, deed))
            if deed.label == "Assign":
                yield Scene(stage.ago(entry.added - KEPT, "published and mended"), partial(kept, stage, deed))


def published(stage: Stage) -> None:
    """The catalog and the scores, as they are that day."""
    entries = [one for one in ENTRIES if stage.ago(one.added, "published") <= stage.now]
    with unit_of_work(stage.engine, organization_id=stage.organization_id, now=stage.now) as record:
        rules.take(record, Catalog(version="sample", entries=tuple(taken(stage, one) for one in entries)), 0)
        rules.take(record, Scores(by_cve={one.cve: Score(chance=one.chance, rank=one.rank) for one in entries}), 0)
    stage.settle()


def taken(stage: Stage, entry: Entry) -> Exploited:
    """As the catalog's own reader gives it."""
    return Exploited(
        cve=entry.cve,
        vendor=entry.vendor,
        product=entry.product,
        name=f"{entry.vendor} {entry.name}",
        about=entry.about,
        action="Apply the maker's mitigations, or stop using the product until you can.",
        added=date.fromisoformat(stage.day(entry.added)),
        due=date.fromisoformat(stage.day(entry.added - entry.due)),
        ransomware=entry.ransomware,
        link=f"https://nvd.nist.gov/vuln/detail/{entry.cve}",
    )


def done(stage: Stage, deed: Deed) -> None:
    """With the button beside its line; what was set aside keeps the reason."""
    who = stage.players[CISO]
    who.types("threats all")
    if deed.label == "Not us":
        who.presses_beside(deed.cve, deed.label, because=deed.because)
        return
    who.presses_beside(deed.cve, deed.label)
    if deed.label != "Discuss":
        who.fills()
        stage.refs[deed.cve] = who.answer.title.split()[0] if who.answer else ""


def kept(stage: Stage, deed: Deed) -> None:
    """Whoever was assigned to it has done it."""
    who = stage.players[CISO]
    who.types(f"promise show {stage.refs[deed.cve]}")
    who.presses("Done")
