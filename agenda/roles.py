"""Who may do what in one touchpoint.

role        reads    raises, promises, proposes    runs syncs, settles, changes settings    turns a key
principal   yes      yes                           yes                                      their own
delegate    yes      yes                           yes                                      their principal's, until a day
member      yes      yes                           no                                       no
viewer      yes      no                            no                                       no

An admin runs the bot and has none of these rights by it. Guests and people from outside get nothing at all.
"""

from enum import StrEnum


class Right(StrEnum):
    """What a request needs. Each includes the ones before it."""

    READ = "read"
    RAISE = "raise"
    RUN = "run"


class Role(StrEnum):
    """The table above; whoever turns a key needs a chair, and `Seat` says which."""

    PRINCIPAL = "principal"
    DELEGATE = "delegate"
    MEMBER = "member"
    VIEWER = "viewer"

    def may(self, right: Right) -> bool:
        """The table above."""
        return right in RIGHTS[self]


RIGHTS = {
    Role.PRINCIPAL: frozenset(Right),
    Role.DELEGATE: frozenset(Right),
    Role.MEMBER: frozenset({Right.READ, Right.RAISE}),
    Role.VIEWER: frozenset({Right.READ}),
}
