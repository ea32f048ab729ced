"""Who plays in the sample organization, and where: on a platform of its own, so that it never meets a real address."""

from typing import Final

from adapters.playground.room import Sitter
from agenda.roles import Role
from storage.people import SAMPLE

TENANT: Final = f"{SAMPLE}:local"
HOME: Final = f"{TENANT}/security-sync"
EVERYBODY: Final = f"{TENANT}/all-staff"
TITLES: Final = {HOME: "#security-sync", EVERYBODY: "#all-staff"}
"""Its conversations; the two meet in the first."""

NAME: Final = "Sample organization"
HALF: Final = f"{NAME}, being written"
ZONE: Final = "Europe/Zurich"


def sitter(key: str, name: str, role: str) -> Sitter:
    """One of them."""
    return Sitter(account=f"{TENANT}/{key}", name=name, role=role)


CIO, CISO = "ingrid", "kwame"
CAST: Final = {
    CIO: sitter(CIO, "Ingrid Solberg", "CIO"),
    CISO: sitter(CISO, "Kwame Mensah", "CISO"),
    "yuki": sitter("yuki", "Yuki Tanaka", "Head of Infrastructure"),
    "priya": sitter("priya", "Priya Nair", "Identity Lead"),
    "luca": sitter("luca", "Luca Moretti", "Finance Partner"),
    "fatima": sitter("fatima", "Fatima Alaoui", "Data Protection Officer"),
    "diego": sitter("diego", "Diego Fernández", "Plant IT Manager"),
    "hana": sitter("hana", "Hana Novák", "Head of Applications"),
}
LET_IN: Final = {
    "yuki": Role.MEMBER,
    "priya": Role.MEMBER,
    "luca": Role.VIEWER,
    "fatima": Role.VIEWER,
    "diego": Role.MEMBER,
    "hana": Role.MEMBER,
}
