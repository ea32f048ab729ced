"""Writes docs/access.md from the roles and the registry: `python -m docs.make_access`. A test holds the three together."""

from pathlib import Path

from agenda.roles import Right, Role
from bot.commands import REGISTRY

PAGE = Path(__file__).parent / "access.md"
MEANS = {
    Right.READ: "sees the record: agenda, minutes, decisions, risks, promises, owners",
    Right.RAISE: "adds to it: points, risks, promises, proposals; shares what it sees in the home conversation",
    Right.RUN: "runs syncs, changes settings, closes risks, changes what others recorded",
    Right.GOVERN: "says who has access, who stands in, and what the policy is; answers what only the two themselves are asked",
}
HEAD = """# Who may do what

Written from `agenda/roles.py` and the command registry by `python -m docs.make_access`.

A role counts in one touchpoint. Whoever has several there has the strongest of them.

"""
REST = """
A **key** belongs to a chair: a principal turns their own, a delegate that of the principal for whom they stand in, and nobody
both. A member who proposes a decision turns none; both principals are asked for theirs.

A **member** changes what is their own: a point that they raised, a promise that they owe or recorded. For what is others' they
ask a principal. Whoever **owes a promise** sees it, keeps it and moves it, without any role.

An **admin** runs the bot: sets touchpoints up, names their principals and joins Slack with Teams. By that alone they see
nothing of any record.

**Guests**, people from outside and whoever has left get nothing but a line that says so, and an admin hears where they asked,
once a day. Who turns into one, on every account that they have, loses everything at that moment; where a principal does, the
other one and the admins are told. Who comes back has their chair again; a member is let in again, or not.

A conversation that **people of other companies** read, a channel shared with a supplier for instance, can be no home. Where a
home becomes one, nothing of the record is posted there any more and what stood there is closed: both principals have all of
it in their direct chats, and they and the admins are told, until it moves or only your own people read it again.

Who parts with one of their accounts (`unlink`) keeps what they recorded; whoever signs in with it is somebody new.

The two principals let people in with `access`, and take it back there. Whoever is let in is told in private what they may do;
whoever is removed sees nothing more from that moment. Both are in the audit log.

Slack's and Teams' buttons and forms travel through the reader's client and come back from it. They name what they are about,
and are never a permission: each press and each form is checked as if it were typed.

## What each command takes

"""


def reference() -> str:
    """The whole page."""
    return HEAD + roles() + REST + commands()


def roles() -> str:
    """Each right, and who has it."""
    head = f"| | {' | '.join(role.value for role in Role)} |\n| --- |{' --- |' * len(Role)}\n"
    return head + "".join(f"| {means} | {ticks(right)} |\n" for right, means in MEANS.items())


def ticks(right: Right) -> str:
    """A column for each role."""
    return " | ".join("yes" if role.may(right) else "no" for role in Role)


def commands() -> str:
    """Each command, and for whom it is."""
    lines = "".join(f"| `{command.name}` | {who(command.right)} |\n" for command in REGISTRY)
    return f"| say | who may |\n| --- | --- |\n{lines}"


def who(right: Right | None) -> str:
    """Those who have it, in words."""
    if right is None:
        return "everybody of the organization"
    return ", ".join(f"{role.value}s" for role in Role if role.may(right))


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
