"""What is measured, and in which order. What is compared takes turns, so that whatever disturbs one disturbs the other."""

import multiprocessing
import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import audit_log, figures, finding, health, load, machine, outbox, processes
from bench.figures import Figure
from bench.load import Kind, Round, WrongAnswer
from bench.processes import App
from bench.record import Filled, count_risks

RATE = 200.0
BARE = "bare Bolt, ack only"
IDLE: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("idle, Slack on", {}),
    ("idle, Slack and Teams on", processes.TEAMS),
    ("idle, the playground as well", processes.TEAMS | processes.PLAYGROUND),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How thorough. `warm`, `saturated` and `steady` are the seconds of one command in one round."""

    decisions: int
    rounds: int
    warm: float
    saturated: float
    steady: float
    starts: int
    idle: float
    messages: int
    turns: int
    ahead: int
    ticks: int
    events: int
    changes: int
    found_in: tuple[int, ...]
    asked: int


@dataclass(frozen=True, slots=True)
class Sender:
    """The process that the load comes from."""

    pool: ProcessPoolExecutor
    pid: int

    def saturate(self, kind: Kind, seconds: float) -> Round:
        return self.pool.submit(load.saturate, kind, seconds).result()

    def steadily(self, kind: Kind, seconds: float) -> Round:
        return self.pool.submit(load.steadily, kind, RATE, seconds).result()


@contextmanager
def sending() -> Iterator[Sender]:
    """One process for all rounds. Ctrl-C reaches it too, and is left to this one."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, fresh, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield Sender(pool, pool.submit(os.getpid).result())


def at_rest(plan: Plan, api_url: str, folder: Path) -> tuple[list[Figure], list[Figure]]:
    """How soon the process is ready, and what it weighs when nobody asks it anything."""
    starts = []
    for _ in range(plan.starts):
        with processes.touchpoint(api_url, folder) as app:
            starts.append(app.ready_after)
    weights = []
    for name, settings in IDLE:
        with processes.touchpoint(api_url, folder, settings) as app:
            time.sleep(plan.idle)
            weights.append(figures.resident(name, machine.resident_mb(app.pid)))
    return [figures.start(starts)], weights


def kinds_of(bare: App, ours: App, filled: Filled) -> list[Kind]:
    """The bare app first; each of ours with what its answer must hold."""
    title = "The old VPN of branch {n} is still reachable from outside"
    return [
        Kind(name=BARE, port=bare.port, asked=(("help", ""),)),
        Kind(name="help", port=ours.port, asked=(("help", "What Touchpoint does"),)),
        Kind(
            name="decision find",
            port=ours.port,
            asked=tuple((f"decision find {word}", f"D-{number} ") for word, number in filled.newest.items()),
        ),
        Kind(name="risk add", port=ours.port, asked=((f"risk add {title}", title),)),
    ]


def under_load(
    plan: Plan, api_url: str, folder: Path, filled: Filled
) -> tuple[list[Figure], list[Figure], Figure, str]:
    """Requests a second; how long each takes at a steady rate; what the process weighs then; and what disturbed it all."""
    with processes.bare(api_url) as bare, processes.touchpoint(api_url, folder) as ours, sending() as sender:
        kinds = kinds_of(bare, ours, filled)
        with machine.watched([os.getpid(), bare.pid, ours.pid, sender.pid]) as watch:
            warm = {kind.name: [sender.saturate(kind, plan.warm)] for kind in kinds}
            rates, answered = saturated(plan, kinds, sender)
            latencies, steady = at_steady_rate(plan, kinds, sender)
        weight = figures.resident("after all of this", machine.resident_mb(ours.pid), goal=False)
    require_risks(folder, [*warm["risk add"], *answered["risk add"], *steady["risk add"]])
    return rates, latencies, weight, watch.finding


def outbox_under_load(plan: Plan, folder: Path, postgres: str) -> tuple[list[Figure], str]:
    """The same fan-out on both databases; and who else worked meanwhile, as long as that was on SQLite."""
    work = {"messages": plan.messages, "turns": plan.turns}
    on_sqlite, disturbance = outbox.fan_out(f"sqlite:///{folder / 'fan-out.db'}", folder, **work)
    on_postgres, _with_its_own_processes = outbox.fan_out(postgres, folder, **work)
    return [*figures.fan_out("SQLite", on_sqlite), *figures.fan_out("PostgreSQL", on_postgres)], disturbance


def outbox_at_rest(plan: Plan, folder: Path, postgres: str) -> list[Figure]:
    """A tick that finds nothing, over few rows and over many."""
    few, many = plan.ahead // 100, plan.ahead
    on_sqlite = [
        outbox.idle(f"sqlite:///{folder / f'{ahead}.db'}", ahead=ahead, ticks=plan.ticks) for ahead in (few, many)
    ]
    on_postgres = [outbox.idle(postgres, ahead=ahead, ticks=plan.ticks) for ahead in (few, many)]
    return [*figures.tick("SQLite", *on_sqlite), *figures.tick("PostgreSQL", *on_postgres)]


def saturated(plan: Plan, kinds: Sequence[Kind], sender: Sender) -> tuple[list[Figure], Mapping[str, list[Round]]]:
    """Bare, help, bare, find, bare, risk add, and over again: each of ours is held against the bare round before it."""
    bare, *ours = kinds
    done: dict[str, list[Round]] = defaultdict(list)
    before: dict[str, list[Round]] = defaultdict(list)
    for _ in range(plan.rounds):
        for kind in ours:
            before[kind.name].append(sender.saturate(bare, plan.saturated))
            done[kind.name].append(sender.saturate(kind, plan.saturated))
    every_bare = [one for rounds in before.values() for one in rounds]
    shares = [figures.share(kind.name, done[kind.name], before[kind.name]) for kind in ours]
    return [figures.rate(bare.name, every_bare), *shares], done


def at_steady_rate(plan: Plan, kinds: Sequence[Kind], sender: Sender) -> tuple[list[Figure], Mapping[str, list[Round]]]:
    """All of them in turn."""
    done: dict[str, list[Round]] = defaultdict(list)
    for _ in range(plan.rounds):
        for kind in kinds:
            done[kind.name].append(sender.steadily(kind, plan.steady))
    return [figures.slowness(kind.name, done[kind.name], goal=kind.name != BARE) for kind in kinds], done


def audited(plan: Plan, folder: Path, postgres: str) -> list[Figure]:
    """The audit log on both databases: what it costs to write when it is long, and to verify."""
    urls = {"SQLite": f"sqlite:///{folder / 'audit.db'}", "PostgreSQL": postgres}
    return [
        figure
        for name, url in urls.items()
        for figure in figures.audited(name, audit_log.measured(url, events=plan.events, changes=plan.changes))
    ]


def looking_back(plan: Plan, folder: Path, postgres: str) -> list[Figure]:
    """Both databases are asked how the two work together."""
    urls = {"SQLite": f"sqlite:///{folder / 'health.db'}", "PostgreSQL": postgres}
    return [figures.looked_back(name, health.measured(url, plan.ticks // 20)) for name, url in urls.items()]


def finding_things(folder: Path, postgres: str, how_many: int, turns: int) -> list[Figure]:
    """Both databases are asked the same, at that size."""
    urls = {"SQLite": f"sqlite:///{folder / f'finding-{how_many}.db'}", "PostgreSQL": postgres}
    return [
        figure for name, url in urls.items() for figure in figures.found(name, finding.measure(url, how_many, turns))
    ]


def require_risks(folder: Path, rounds: Sequence[Round]) -> None:
    """Every risk that was answered for stands in the record, once. Raises `WrongAnswer` otherwise."""
    answered, kept = sum(one.answered for one in rounds), count_risks(processes.database_url(folder))
    if answered != kept:
        raise WrongAnswer(f"{answered} risks were answered for, and {kept} are in the record")
