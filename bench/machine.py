"""What the figures were measured on, and what the operating system says of a process. No names, no paths."""

import os
import platform
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
NOISE = 0.05


def facts() -> list[tuple[str, str]]:
    """Whatever a figure may depend on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "slack-bolt", "sqlalchemy", "uvloop"))
    return [
        ("machine", f"{os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}"),
        ("software", f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}"),
    ]


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor()
    names = [
        line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
    ]
    return names[0] if names else platform.processor()


def resident_mb(pid: int) -> float:
    """Resident memory in units of 10^6 bytes."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        return int(status.read_text().partition("VmRSS:")[2].split()[0]) * 1024 / 1e6
    kib = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    return int(kib) * 1024 / 1e6


def rested(pid: int) -> None:
    """Waits until that process has hardly anything to do."""
    busy = Path("/proc/stat").exists()
    while busy:
        worked = _worked_by([pid])
        time.sleep(1)
        busy = _worked_by([pid]) - worked > NOISE


@dataclass(slots=True)
class Watch:
    """Who else worked meanwhile."""

    finding: str = "not known on this system"


@contextmanager
def watched(pids: Sequence[int]) -> Iterator[Watch]:
    """Says afterwards how much of the machine others took from what these processes measured."""
    watch = Watch()
    if not Path("/proc/stat").exists():
        yield watch
        return
    began, machine, ours = time.monotonic(), _worked(), _worked_by(pids)
    yield watch
    possible = (time.monotonic() - began) * (os.cpu_count() or 1)
    others = max(0.0, (_worked() - machine) - (_worked_by(pids) - ours)) / possible
    watch.finding = f"other processes took {others:.0%} of the machine" + (": MEASURE AGAIN" if others > NOISE else "")


def _worked() -> float:
    """CPU seconds of everybody, since the machine started."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


def _worked_by(pids: Sequence[int]) -> float:
    """CPU seconds of these processes, with all their threads."""
    lines = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(line[11]) + int(line[12]) for line in lines) / TICKS
