"""One person's account is theirs no more: it was joined by mistake, or is in other hands now. `link` joins them again.

Whoever signs in with it is somebody new from that moment, without a chair. What was recorded stays the person's, what they are
owed follows to the account on which they said so, and what stands in the other direct chat is closed.
"""

from agenda.errors import NotFound, NotNow
from bot import nudging, planning
from bot.cards import Button, Note, card
from bot.reading import note_card
from bot.replies import Answer
from bot.requests import platform_of
from bot.turns import Replies, Turn
from storage import audit, deliveries, people, rows, touchpoints
from storage.people import Person


def unlink(turn: Turn, _argument: str) -> Replies:
    """Their other accounts, each with the button that parts with it."""
    others = others_of(turn)
    if not others:
        raise NotNow("You have this one account here.", "“link” joins another one with it.")
    parts = [
        Button(
            action="unlink",
            label=f"Unlink {called(account)}",
            value=account,
            confirm="Whoever signs in there is somebody new to me. All that you recorded stays yours.",
        )
        for account in others
    ]
    title = f"You are also on {' and '.join(map(called, others))}"
    return [Answer(card=card(title, Note("Unlink an account that is not yours any more."), buttons=parts))]


def others_of(turn: Turn) -> list[str]:
    """Where they are beside the account on which they ask."""
    return [one for one in people.accounts_of(turn.record, turn.asker.person_id) if one != turn.asker.account]


def called(account: str) -> str:
    """The platform, as people write it."""
    return platform_of(account).capitalize()


def part(turn: Turn, account: str) -> Replies:
    """From now on it is somebody else's."""
    if account not in others_of(turn):
        raise NotFound("That account is not joined with yours.", "“unlink” shows what is.")
    record, person = turn.record, rows.get(turn.record, Person, turn.asker.person_id)
    somebody = rows.add(record, Person(organization_id=record.organization_id, name=person.name, zone=person.zone))
    people.hand_over(record, account, somebody.key)
    audit.append(record, "person.parted", person=person.id, into=somebody.id)
    deliveries.follow(record, to=turn.asker.account, others=[account], kind=nudging.KIND, subject_id=person.key)
    deliveries.redraw_at(record, account)
    record.people_changed = True
    for touchpoint in touchpoints.of_person(record, person.key):
        planning.replan(record, touchpoint)
    note = "Who signs in there is somebody new to me. “link” joins the two again."
    return [Answer(card=note_card(f"{called(account)} is unlinked from you.", note), replaces=True)]
