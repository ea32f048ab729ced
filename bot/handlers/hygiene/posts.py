"""The message to colleagues: seen first by who posts it, then by whoever reads there, with a count and no names."""

from agenda.conversations import Conversation
from agenda.errors import NotFound, NotNow
from agenda.roles import Right
from agenda.touchpoints import Seat
from bot import hygiene
from bot.cards import Button, Card, Item, ItemList, Note, Paragraph, card
from bot.reading import key_in, note_card
from bot.replies import Answer
from bot.requests import tenant_of
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import people, places, rows, touchpoints
from storage.deliveries import Owed
from storage.hygiene import HygienePost, HygieneRound
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

THANKS = "Thank you. You are counted"
ELSEWHERE = "Say “hygiene post” in the channel where your colleagues read."


def preview(turn: Turn, _argument: str) -> Replies:
    """`hygiene post` where colleagues read: what they would see, for the asker alone, with the button that posts it."""
    if turn.where.direct:
        raise NotNow("Nobody else reads here.", ELSEWHERE)
    require_colleagues(turn)
    found = [rows.get(turn.record, Touchpoint, one.touchpoint_id) for one in turn.strong_enough(turn.asker.seats)]
    rounds = [(one, round_) for one in found if (round_ := hygiene.ready(turn.record, one))]
    if not rounds:
        raise NotNow("There is nothing to tell yet.", "It takes two: both answer “hygiene”, and both say yes.")
    return [Answer(card=preview_card(turn, touchpoint, round_)) for touchpoint, round_ in rounds]


def require_colleagues(turn: Turn) -> None:
    """Raises `NotNow` where two others meet, in what is not this organization's, and where others read along."""
    place = turn.where.conversation
    theirs = touchpoints.at_home(turn.record, place)
    if theirs and turn.asker.chair_in(theirs.key) is None:
        raise NotNow("This is where two others meet.", ELSEWHERE)
    if tenant_of(place) not in people.tenants(turn.record):
        raise NotNow("This is not a channel of your organization.", ELSEWHERE)
    require_no_others(turn, place)


def require_no_others(turn: Turn, place: str) -> None:
    """Raises `NotNow` where people of other companies read: what the two say of themselves is for colleagues."""
    if places.is_open(turn.record, place):
        raise NotNow("People of other companies can read here.", ELSEWHERE)


def preview_card(turn: Turn, touchpoint: Touchpoint, round_: HygieneRound) -> Card:
    """The message itself, and where it would stand."""
    where = turn.where
    post = hygiene.draft(turn.record, round_, turn.asker.person_id, where.conversation, where.title)
    message = post_card(turn.record, touchpoint, round_, post)
    label = f"Post it in {where.title}" if where.title else "Post it here"
    go = Button(
        action="hygiene.post",
        label=label[:70],
        value=str(post.key),
        style="primary",
        confirm="Everybody who reads there will see it, in both your names, and people from outside if they read there.",
    )
    return card(message.title, *message.blocks, Note("So far only you see this."), buttons=[go])


def post_card(record: Record, touchpoint: Touchpoint, round_: HygieneRound, post: HygienePost) -> Card:
    """What colleagues read."""
    told = round_.told.splitlines() or hygiene.in_common(record, touchpoint, round_)
    chairs = {Seat.CIO: round_.cio_id or touchpoint.cio_id, Seat.CISO: round_.ciso_id or touchpoint.ciso_id}
    names = " and ".join(f"{people.called(record, person_id)} ({seat.label})" for seat, person_id in chairs.items())
    counts = post.posted_at is None or post.counts(record.now)
    how = " Press it once you did: I count, and keep no names." if counts else ""
    button = Button(action="hygiene.done_too", label="Done too", value=str(post.key), style="primary")
    return card(
        "We did this, please do too",
        Paragraph(f"{names}, this quarter:"),
        ItemList(tuple(Item(title=f"✓ {habit}") for habit in told)),
        Note(f"{colleagues(post.joined)}{how}".strip()),
        buttons=[button] if post.counts(record.now) else [],
    )


def colleagues(joined: int) -> str:
    """`12 colleagues did too.`; nothing where nobody did yet."""
    return f"{joined} {'colleague' if joined == 1 else 'colleagues'} did too." if joined else ""


def publish(turn: Turn, value: str) -> Replies:
    """H3: out to everybody there."""
    post = rows.find(turn.record, HygienePost, key_in(value))
    if post is None:
        raise NotFound("That message is not there any more.", "“hygiene post” makes it again.")
    round_ = rows.get(turn.record, HygieneRound, post.round_id)
    touchpoint = turn.require(round_.touchpoint_id)
    require_no_others(turn, post.conversation)
    ready = hygiene.ready(turn.record, touchpoint)
    if ready is None or ready.key != round_.key:
        raise NotNow("One of you took it back, or the quarter is over.", "Nothing is posted. “hygiene” shows your own.")
    hygiene.publish(turn.record, touchpoint, round_, post, turn.asker.person_id)
    where = post.place or "this conversation"
    sent = note_card(
        f"Posted in {where}.", "Does it not appear there? Invite me into it, and say “hygiene post” again."
    )
    return [Answer(card=sent, replaces=True)]


def done_too(turn: Turn, value: str) -> Replies:
    """Anybody of the organization, once; nothing but the count is kept of it."""
    post = rows.find(turn.record, HygienePost, key_in(value), for_update=True)
    if post is None or post.posted_at is None:
        raise NotFound("That message is not there any more.")
    if not post.counts(turn.now):
        raise NotNow("Thank you! The counting is over.", "What you did still counts for all of us.")
    round_ = rows.get(turn.record, HygieneRound, post.round_id)
    if turn.asker.person_id in {round_.cio_id, round_.ciso_id}:
        return [Answer(card=note_card("You are one of the two who began", "I count your colleagues."))]
    counted = hygiene.joins(turn.record, post, turn.asker.person_id)
    once = "No name is kept." if counted else "You had pressed it before, and once is enough."
    return [Answer(card=note_card(THANKS, once))]


def draw(record: Record, owed: Owed) -> Card | None:
    """As it stands among colleagues."""
    post = rows.get(record, HygienePost, owed.subject_id)
    round_ = rows.get(record, HygieneRound, post.round_id)
    return post_card(record, rows.get(record, Touchpoint, round_.touchpoint_id), round_, post)


NOUN = Noun(
    name="hygiene posts",
    summary="Once you both say yes: a message where your colleagues read, with a count of who did it too and no names.",
    conversation=Conversation.HYGIENE,
    commands=(
        Command(
            words=("hygiene", "post"),
            summary="Tell your colleagues, in the channel where you say it, what you both did",
            handle=preview,
            writes=True,
            right=Right.GOVERN,
        ),
    ),
    buttons={
        "hygiene.post": Press(handle=publish, writes=True, right=Right.GOVERN),
        "hygiene.done_too": Press(handle=done_too, writes=True, right=None),
    },
    cards={hygiene.POST: draw},
)
