"""The house stands as it was drawn: imports run inward, one file knows botbuilder, every module says what it is for."""

import ast
import contextlib
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
RINGS = ("agenda", "storage", "bot", "adapters")
MODULES = sorted(path for ring in RINGS for path in (ROOT / ring).rglob("*.py"))
INNER = [path for path in MODULES if path.relative_to(ROOT).parts[0] != "adapters"]
PLATFORMS = re.compile("slack|teams|playground", re.IGNORECASE)
DRAWERS = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


@cache
def imports_of(path: Path) -> frozenset[str]:
    """What a module imports, wherever in it: `sqlalchemy.orm` and, from `from x import y`, both `x` and `x.y`."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def knowing(*packages: str) -> list[str]:
    """The modules that import one of these, or something of theirs."""
    return [
        named(path)
        for path in MODULES
        if any(name == package or name.startswith(f"{package}.") for name in imports_of(path) for package in packages)
    ]


def test_imports_run_inward_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(ROOT)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        kept = lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True)
    assert kept == 0, said.getvalue()


def test_one_file_knows_botbuilder():
    assert knowing("botbuilder", "botframework", "msrest") == ["adapters/teams/botframework.py"]


def test_slack_is_known_to_its_adapter_alone():
    assert [name for name in knowing("slack_bolt", "slack_sdk") if not name.startswith("adapters/slack/")] == []


def test_the_rules_know_no_session_no_engine_and_no_query():
    """Beside the import rules of pyproject.toml, because import-linter judges whole packages only."""
    of_a_database = knowing(
        "sqlalchemy.orm",
        "sqlalchemy.engine",
        "sqlalchemy.create_engine",
        "sqlalchemy.select",
        "sqlalchemy.text",
        "sqlmodel.Session",
        "sqlmodel.select",
        "sqlmodel.create_engine",
    )
    assert [name for name in of_a_database if name.startswith("agenda/")] == []


@pytest.mark.parametrize("path", INNER, ids=named)
def test_the_inner_rings_know_no_platforms_word(path: Path):
    """In names; prose and examples of addresses may say Slack."""
    source = path.read_bytes()
    if PLATFORMS.search(source.decode()):  # To look at every name of every module takes a hundred times as long.
        tokens = tokenize.tokenize(io.BytesIO(source).readline)
        assert [one.string for one in tokens if one.type == tokenize.NAME and PLATFORMS.search(one.string)] == []


@pytest.mark.parametrize("path", INNER, ids=named)
def test_the_inner_rings_wait_for_nothing(path: Path):
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert [node.lineno for node in ast.walk(parsed(path)) if isinstance(node, waiting)] == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.read_bytes().strip()], ids=named)
def test_every_module_says_what_it_is_for(path: Path):
    assert ast.get_docstring(parsed(path)), "open it with what lives here and what may not"


def test_no_drawer_for_odds_and_ends():
    assert [named(path) for path in MODULES if path.stem in DRAWERS or path.parent.name in DRAWERS] == []
