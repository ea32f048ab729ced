"""The pages that are made from the code say what the code says."""

import re
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram

from adapters import metrics
from adapters.settings import load, names
from docs import make_access, make_registers
from docs.make_commands import PAGE, reference

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def test_the_command_reference_is_the_registrys() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: python -m docs.make_commands"


def test_the_page_on_access_is_the_roles_and_the_registrys() -> None:
    page = make_access.PAGE.read_text(encoding="utf-8")
    assert page == make_access.reference(), "run: python -m docs.make_access"


def test_the_page_on_registers_is_their_columns() -> None:
    page = make_registers.PAGE.read_text(encoding="utf-8")
    assert page == make_registers.reference(), "run: python -m docs.make_registers"


def test_the_example_names_every_setting_and_changes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names():
        monkeypatch.delenv(name, raising=False)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^([A-Z_]+)=", example, re.M)) == names()
    assert load(ROOT / ".env.example") == load(None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    rings = "adapters|agenda|bot|storage|tests|docs|bench|crash"
    named = re.findall(rf"`((?:{rings})/[\w/]+(?:\.\w+)?)/?`", page.read_text(encoding="utf-8"))
    assert not [name for name in named if not (ROOT / name).exists() and not (ROOT / f"{name}.py").exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8"))) <= targets


def test_everything_that_is_counted_is_explained_to_operators() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    counters = [one for one in vars(metrics).values() if isinstance(one, Counter | Gauge | Histogram)]
    named = {f"{one._name}{'_total' if isinstance(one, Counter) else ''}" for one in counters}
    assert set(re.findall(r"`(touchpoint_\w+)`", page)) == named


def test_every_page_is_reached_from_the_front_page() -> None:
    reached, coming = set[Path](), [ROOT / "README.md"]
    while coming:
        page = coming.pop()
        reached.add(page)
        linked = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+\.md)", page.read_text(encoding="utf-8"))
        coming += {(page.parent / link).resolve() for link in linked} - reached
    assert {page.resolve() for page in PAGES} - reached == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_picture_that_is_shown_is_there_and_said_in_words(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shown = re.findall(r'(?:src|srcset)="(?!https?:)([^"]+)"', text)
    assert not [picture for picture in shown if not (page.parent / picture).exists()]
    assert "![](" not in text
    assert len(re.findall(r"<img ", text)) == len(re.findall(r'<img [^>]*alt="[^"]+"', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_heading_that_is_linked_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text(encoding="utf-8"))
    assert not [(file, name) for file, name in links if name not in _anchors(page.parent / file if file else page)]


def _anchors(page: Path) -> set[str]:
    """As they are made from headings where such pages are usually read."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
