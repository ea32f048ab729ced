"""Who may do what in one touchpoint.

role        reads    raises, promises, proposes    runs syncs, settles, settings    access, stand-ins, policy,   turns a key
                                                                                    answers for themselves
principal   yes      yes                           yes                              yes                          their own
delegate    yes      yes                           yes                              no                           the chair's
member      yes      yes                           no                               no                           no
viewer      yes      no                            no                               no                           no

A delegate is one until a day. An admin runs the bot and has none of these rights by it.
Guests and people from outside get nothing at all.
"""

from enum import StrEnum


class Right(StrEnum):
    """What a request needs. Each includes the ones before it; `GOVERN` is what only the two themselves do."""

    READ = "read"
    RAISE = "raise"
    RUN = "run"
    GOVERN = "govern"


class Role(StrEnum):
    """The table above, the strongest first; whoever turns a key needs a chair, and `Seat` says which."""

    PRINCIPAL = "principal"
    DELEGATE = "delegate"
    MEMBER = "member"
    VIEWER = "viewer"

    def may(self, right: Right) -> bool:
        """The table above."""
        return right in RIGHTS[self]


RIGHTS = {
    Role.PRINCIPAL: frozenset(Right),
    Role.DELEGATE: frozenset(Right) - {Right.GOVERN},
    Role.MEMBER: frozenset({Right.READ, Right.RAISE}),
    Role.VIEWER: frozenset({Right.READ}),
}

WITHOUT = {
    Right.READ: "read its record",
    Right.RAISE: "add to its record",
    Right.RUN: "run its syncs, change its settings or settle what others recorded",
    Right.GOVERN: "decide or answer for the two themselves",
}
"""What whoever lacks that right may not do, as they are told."""
