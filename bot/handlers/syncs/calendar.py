"""A person's own calendar link: handed out once, made anew, stopped."""

import secrets

from agenda.errors import NotAllowed, NotNow
from agenda.recurrence import local_day
from agenda.roles import Right
from bot import pages
from bot.cards import Button, Card, Note, Paragraph, Verbatim, card
from bot.reading import note_card
from bot.replies import Answer
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import audit, feeds

TOKEN_BYTES = 32

NEW = "The old link stops working, and every calendar that reads it gets nothing more."
STOP = "Your syncs vanish from every calendar that reads this link."


def calendar(turn: Turn, _argument: str) -> Replies:
    """The first one is handed out; of one that exists, only that it exists."""
    standing = feeds.standing(turn.record, turn.asker.person_id)
    if standing is None:
        return hand_out(turn)
    since = local_day(standing.made_at, turn.asker.zone or "UTC")
    shown = Paragraph(
        "It was shown to you when it was made, and nobody can show it again: only its fingerprint is kept."
    )
    return [Answer(card=card(f"Your calendar link works since {since}", shown, buttons=[new_button(), stop_button()]))]


def hand_out(turn: Turn) -> Replies:
    """A new secret address, which is shown this once; the one before it stops working."""
    if not turn.public_url:
        raise NotNow(
            "Calendar links need an https address under which calendars reach this Touchpoint, and none is set.",
            "Whoever runs it sets TOUCHPOINT_PUBLIC_URL and restarts; “calendar” works from then on.",
        )
    if not turn.asker.seats:
        raise NotAllowed(
            "You have no chair in a touchpoint, so there are no syncs of yours.", "Ask its CIO or its CISO."
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = feeds.issue(turn.record, turn.asker.person_id, token)
    audit.append(turn.record, "calendar.issued", feed=feed.key, person=turn.asker.person_id)
    return [Answer(card=secret_card(turn.public_url + pages.feed_path(token)), replaces=True)]


def secret_card(url: str) -> Card:
    """The address, and where it belongs."""
    return card(
        "Your calendar link",
        Paragraph(
            "Subscribe to this address in your calendar. Your syncs stand there from then on, and move when they move."
        ),
        Verbatim(url),
        Note(
            "Outlook: Add calendar → Subscribe from web. Google Calendar: Other calendars → From URL. "
            "Apple: File → New Calendar Subscription."
        ),
        Note(
            "It is shown this once. Whoever has it reads when your syncs are and what their touchpoints are called, "
            "and nothing else: keep it to yourself."
        ),
        buttons=[new_button(), stop_button()],
    )


def new_button() -> Button:
    """Another address in place of this one."""
    return Button(action="calendar.new", label="New link", confirm=NEW)


def stop_button() -> Button:
    """No address at all."""
    return Button(action="calendar.stop", label="Stop", style="danger", confirm=STOP)


def stop(turn: Turn, _value: str) -> Replies:
    """From now on it serves nothing."""
    feed = feeds.revoke(turn.record, turn.asker.person_id)
    if feed:
        audit.append(turn.record, "calendar.revoked", feed=feed.key, person=turn.asker.person_id)
    return [
        Answer(card=note_card("No calendar reads your syncs any more.", "“calendar” makes a new link."), replaces=True)
    ]


NOUN = Noun(
    name="calendar",
    summary="Your syncs in your own calendar, by a secret link that you can stop.",
    commands=(
        Command(
            words=("calendar",),
            summary="Get a private link that your calendar subscribes to",
            handle=calendar,
            writes=True,
            right=Right.READ,
        ),
    ),
    buttons={
        "calendar.new": Press(handle=lambda turn, _value: hand_out(turn), writes=True, right=Right.READ),
        "calendar.stop": Press(handle=stop, writes=True, right=None),
    },
)
