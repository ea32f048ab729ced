"""Who owns what: one area of the work, and who is accountable, responsible, consulted and informed for it.

rule
W1    exactly one is accountable; none and two are gaps, and are shown as such
W2    an area is confirmed when somebody with a chair says so, or when both name the same owner without asking each other
W3    where the two name different owners it is disputed, until somebody confirms it or says who is accountable
W4    what one of them named is never told to the other one: only that they differ
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, SQLModel

AREA_LIMIT = 80
NAMES_LIMIT = 500


class ResponsibilityFields(SQLModel):
    """Names stand with commas between; `CIO` and `CISO` are whoever sits there. `category` is one of NIST CSF 2.0 (`GV.SC`).

    `synonyms` are other words for the area, with commas between.
    """

    area: str = Field(max_length=AREA_LIMIT)
    synonyms: str = Field(default="", max_length=NAMES_LIMIT)
    category: str = Field(default="", max_length=8)
    accountable: str = Field(default="", max_length=NAMES_LIMIT)
    responsible: str = Field(default="", max_length=NAMES_LIMIT)
    consulted: str = Field(default="", max_length=NAMES_LIMIT)
    informed: str = Field(default="", max_length=NAMES_LIMIT)
    confirmed_at: datetime | None = Field(default=None)
    disputed_at: datetime | None = Field(default=None)
    dropped_at: datetime | None = Field(default=None)

    @property
    def gap(self) -> str:
        """W1: `nobody is accountable`, `two are accountable`; empty where exactly one is."""
        count = len(names_in(self.accountable))
        return {0: "nobody is accountable", 1: ""}.get(count, f"{count} are accountable")


def names_in(text: str) -> list[str]:
    """The names of a list as somebody wrote it, each once."""
    names = (" ".join(part.split()) for part in text.replace(";", ",").replace("\n", ",").split(","))
    return list({name.casefold(): name for name in names if name}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One of the starter set."""

    category: str
    name: str
    synonyms: str


# NIST Cybersecurity Framework 2.0 (CSWP 29), its 22 categories in the words of a conversation.
STARTER_SET = (
    Area(
        category="GV.OC", name="Business context and obligations", synonyms="compliance, regulation, legal, contracts"
    ),
    Area(category="GV.RM", name="Risk strategy and appetite", synonyms="risk management, risk appetite"),
    Area(category="GV.RR", name="Roles and resources", synonyms="budget, staffing, hiring, roles"),
    Area(category="GV.PO", name="Security policy", synonyms="policies, standards, guidelines"),
    Area(category="GV.OV", name="Oversight and board reporting", synonyms="board, reporting, audit, metrics, kpi"),
    Area(category="GV.SC", name="Vendor risk", synonyms="supply chain, supplier, third party, procurement, saas"),
    Area(category="ID.AM", name="Asset inventory", synonyms="assets, cmdb, shadow it, inventory"),
    Area(
        category="ID.RA", name="Vulnerabilities and risk assessment", synonyms="vulnerability, pentest, scanning, risks"
    ),
    Area(
        category="ID.IM", name="Lessons and improvement", synonyms="improvement, exercises, lessons learned, tabletop"
    ),
    Area(
        category="PR.AA", name="Identity and access", synonyms="iam, mfa, sso, passwords, accounts, privileged access"
    ),
    Area(category="PR.AT", name="Awareness and training", synonyms="phishing, training, education, culture"),
    Area(
        category="PR.DS", name="Data protection and backup", synonyms="backup, backups, encryption, data, dlp, privacy"
    ),
    Area(
        category="PR.PS",
        name="Platforms and patching",
        synonyms="patching, hardening, configuration, software, devices",
    ),
    Area(
        category="PR.IR",
        name="Network and resilience",
        synonyms="network, firewall, vpn, cloud, availability, capacity",
    ),
    Area(category="DE.CM", name="Monitoring", synonyms="logging, siem, soc, detection, alerts"),
    Area(category="DE.AE", name="Event analysis", synonyms="threat hunting, triage, threat intelligence"),
    Area(category="RS.MA", name="Incident response", synonyms="incident, breach, ransomware, emergency, crisis"),
    Area(category="RS.AN", name="Incident analysis", synonyms="forensics, root cause, investigation"),
    Area(category="RS.CO", name="Incident communication", synonyms="notification, press, regulator, customers"),
    Area(category="RS.MI", name="Incident containment", synonyms="containment, isolation, eradication"),
    Area(category="RC.RP", name="Disaster recovery", synonyms="recovery, restore, continuity, drp, bcp"),
    Area(category="RC.CO", name="Recovery communication", synonyms="status page, recovery updates"),
)
