"""Processes that are started on loopback, killed by their own ids, started again, and all ended when the campaign is over."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.doubles.slack_api import BOT_TOKEN, SIGNING_SECRET

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0


class Campaigning(RuntimeError):
    """The campaign itself went wrong: no figure comes of it."""


@dataclass(slots=True, kw_only=True)
class Replica:
    """One of the processes that share a record. `port` stays the same over all its lives."""

    command: list[str]
    settings: dict[str, str]
    folder: Path
    log: Path
    port: int
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(
                self.command, env=self.settings, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file
            )

    def kill(self) -> None:
        """No last words, no cleaning up. Raises where it ended by itself."""
        if self.process.poll() is not None:
            said = self.log.read_text(errors="replace")[-3000:]
            raise Campaigning(f"a replica ended by itself with {self.process.returncode}:\n{said}")
        self.process.kill()
        self.process.wait()

    def ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=1):
                return True
        except (URLError, OSError):
            return False

    def until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.ready():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Campaigning(f"a replica did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.02)


@contextmanager
def replicas(
    number: int, *, database_url: str, api_url: str, folder: Path, lease: float, readable: bool
) -> Iterator[list[Replica]]:
    """So many, on one database."""
    command = [sys.executable, "-m", "crash.replica", str(lease), "readable" if readable else "unreadable"]
    started: list[Replica] = []
    try:
        for name in range(number):
            port = free_port()
            settings = environment() | {
                "TOUCHPOINT_PORT": str(port),
                "TOUCHPOINT_PLAYGROUND": "false",
                "TOUCHPOINT_DATABASE_URL": database_url,
                "TOUCHPOINT_LOG_FORMAT": "json",
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_SIGNING_SECRET": SIGNING_SECRET,
                "SLACK_API_URL": api_url,
            }
            log = folder / f"replica-{name}.log"
            one = Replica(command=command, settings=settings, folder=folder, log=log, port=port)
            one.start()
            started.append(one)
        yield started
    finally:
        for one in started:
            end(one.process)


@contextmanager
def slack(seed: str, *, folder: Path, readable: bool) -> Iterator[str]:
    """The double: yields its SLACK_API_URL."""
    command = [sys.executable, "-m", "crash.slack", seed, "readable" if readable else "unreadable"]
    with (folder / "slack.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
        )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().decode().strip()
        if not url:
            raise Campaigning("the double of Slack did not start")
        yield url
    finally:
        end(process)
        assert process.stdout is not None
        process.stdout.close()


def environment() -> dict[str, str]:
    """Nothing of the caller's settings: a campaign must never reach a real platform."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return inherited | {"PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
