"""`python -m bench`: measure everything in one run, and print each figure beside its goal."""

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench import figures, health, investment, machine, matching, measure, processes, record
from bench.finding import QUESTIONS
from bench.measure import Plan

WHOLE = Plan(
    decisions=100_000,
    rounds=5,
    warm=1.0,
    saturated=2.0,
    steady=4.0,
    starts=5,
    idle=5.0,
    messages=10_000,
    turns=3,
    ahead=1_000_000,
    ticks=720,
    events=1_000_000,
    changes=300,
    found_in=(100_000, 1_000_000),
    asked=5,
)
QUICK = Plan(
    decisions=5_000,
    rounds=2,
    warm=0.3,
    saturated=0.3,
    steady=0.6,
    starts=1,
    idle=0.5,
    messages=300,
    turns=1,
    ahead=20_000,
    ticks=100,
    events=10_000,
    changes=40,
    found_in=(2_000,),
    asked=1,
)


def main() -> None:
    """About half an hour, most of it to fill a record with a million decisions; under a minute with --quick."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="How fast is Touchpoint, beside a bare Bolt app?"
    )
    parser.add_argument("--quick", action="store_true", help="a minute, little data: does it run, not how fast it is")
    plan = QUICK if parser.parse_args().quick else WHOLE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an orderly end, so that what was started is ended too
    with tempfile.TemporaryDirectory() as folder:
        run(plan, Path(folder))


def run(plan: Plan, folder: Path) -> None:
    """All of it, and the table."""
    began = time.monotonic()
    say(f"Filling a record with {plan.decisions:,} decisions ...")
    filled = record.fill(processes.database_url(folder), plan.decisions)
    say("Matching ...")
    threats = figures.matched(matching.measured(plan.rounds))
    say("Counting ...")
    asks = figures.invested(investment.measured(plan.rounds))
    with processes.slack() as slack:
        say("Starting and resting ...")
        starts, weights = measure.at_rest(plan, slack.url, folder)
        say("Asking ...")
        rates, latencies, weight, disturbance = measure.under_load(plan, slack.url, folder, filled)
    with processes.postgres(folder / "postgres") as postgres:
        say("Sending ...")
        fan_outs, while_sending = measure.outbox_under_load(plan, folder, postgres)
        say("Ticking ...")
        ticks = measure.outbox_at_rest(plan, folder, postgres)
        say("Verifying ...")
        audited = measure.audited(plan, folder, postgres)
        say("Looking back ...")
        looks = measure.looking_back(plan, folder, postgres)
        say("Finding ...")
        found = {size: measure.finding_things(folder, postgres, size, plan.asked) for size in plan.found_in}
    say("")
    sections = [
        (f"requests a second: 8 connections, as fast as they are answered ({plan.rounds} rounds, medians)", rates),
        (f"time to answer at {measure.RATE:.0f} requests a second ({plan.rounds * plan.steady:.0f} s each)", latencies),
        (f"the process ({plan.starts} starts, median)", [*starts, *weights, weight]),
        (
            f"messages a second: {plan.messages:,} prompts fall due in as many conversations ({plan.turns} turns)",
            fan_outs,
        ),
        (f"a tick that finds nothing, over {plan.ahead:,} prompts that are due later ({plan.ticks} ticks)", ticks),
        (
            f"the audit log at {plan.events:,} events: a change, and verifying it ({plan.changes} changes, medians)",
            audited,
        ),
        *(
            (f"finding: {size:,} decisions, {len(QUESTIONS)} questions, {plan.asked} times", one)
            for size, one in found.items()
        ),
        (f"threats: a full catalog read and matched ({plan.rounds} turns, medians)", threats),
        (f"asks: what one is worth, and which fit a budget ({plan.rounds} turns, medians)", asks),
        (f"health: a quarter against the last, over {health.YEARS} years ({plan.ticks // 20} times, medians)", looks),
    ]
    disturbed = f"{disturbance}; while sending, {while_sending}"
    for name, fact in [*machine.facts(), ("record", described(filled)), ("disturbance", disturbed)]:
        say(f"{name:12} {fact}")
    say("\n" + figures.table(sections))
    say(
        f"\nTook {time.monotonic() - began:.0f} s."
        + (" --quick shows that it runs, not how fast." if plan is QUICK else "")
    )


def described(filled: record.Filled) -> str:
    """How much there is to search, and how often the words that are asked for occur."""
    fewest, most = min(filled.hits.values()), max(filled.hits.values())
    return f"{filled.decisions:,} decisions; {len(filled.hits)} words are asked for, found {fewest:,} to {most:,} times"


def say(line: str) -> None:
    """To whoever is waiting."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
