"""The errors that a person may read. Whatever is not in this tree is a bug, and its reader is told an id instead.

Each says what happened and what to do about it, in words that stand in the chat exactly as they stand here.
"""

from collections.abc import Mapping


class TouchpointError(Exception):
    """Something that the asker can mend: `what` happened, and the `mend`."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(f"{what} {mend}".strip())
        self.what = what
        self.mend = mend


class NotFound(TouchpointError):
    """Nothing of that name here, or nothing that the asker may see; the two are not told apart."""


class NotAllowed(TouchpointError):
    """The asker may not do this."""


class NotNow(TouchpointError):
    """It cannot be done in the state that the thing is in."""


class BadInput(TouchpointError):
    """What was typed does not do. `fields` says it field by field (name → what is wrong), for a form."""

    def __init__(self, what: str, mend: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(what, mend)
        self.fields = dict(fields or {})
