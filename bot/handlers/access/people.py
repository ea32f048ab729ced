"""One person on two platforms, one organization on two platforms: joined by a code that is typed on the other one."""

import secrets
from datetime import timedelta

from agenda.errors import BadInput, NotAllowed, NotNow
from bot import nudging, planning
from bot.access import chairs_of
from bot.cards import Block, Card, Facts, Note, Paragraph, card
from bot.handlers.access import members
from bot.handlers.access.parting import part, unlink
from bot.reading import note_card
from bot.replies import Answer
from bot.requests import platform_of, tenant_of
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import (
    actions,
    audit,
    deliveries,
    feeds,
    keys,
    links,
    memberships,
    merging,
    nudges,
    people,
    rows,
    touchpoints,
)
from storage.actions import Wanted
from storage.deliveries import Owed
from storage.links import Joins, LinkCode
from storage.people import SAMPLE
from storage.unit_of_work import Record

# No I, L, O, 0 or 1: a code is read from one screen and typed into another.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10
VALID_FOR = timedelta(minutes=15)
ALONE = frozenset({"play", SAMPLE})  # The playground's people and record stay there, and so do the sample's.


def link(turn: Turn, typed: str) -> Replies:
    """Without a code, hand one out; with one, use it."""
    if platform_of(turn.asker.account) in ALONE:
        raise NotNow(
            "The playground stays by itself.", "Link Slack and Teams with each other: run “link” on one of them."
        )
    return enter(turn, typed) if typed else hand_out(turn)


def hand_out(turn: Turn) -> Replies:
    """A code for this person's own accounts; an admin gets one for the organization as well."""
    minutes = int(VALID_FOR.total_seconds() // 60)
    codes: list[tuple[str, str]] = []
    runs = turn.may_run()
    if runs:
        turn.become_admin()
        codes.append(("Join this organization on the other platform", new_code(turn, Joins.ORGANIZATION)))
    codes.append(("Join your own two accounts", new_code(turn, Joins.PERSON)))
    steps: list[Block] = [Paragraph("On the other platform, send “link” and the code.")]
    if runs:
        steps.append(
            Paragraph(
                "Join the organization first. Then everybody, you too, joins their own two accounts the same way."
            )
        )
    return [
        Answer(
            card=card(
                "Link Slack and Teams",
                *steps,
                Facts(tuple(codes)),
                Note(f"{'Each' if runs else 'It'} works once, for {minutes} minutes."),
            )
        )
    ]


def new_code(turn: Turn, joins: Joins) -> str:
    """A code that nobody can guess in its lifetime (49 bits), as it is shown: in two halves."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    links.issue(turn.record, code, person_id=turn.asker.person_id, joins=joins, expires_at=turn.now + VALID_FOR)
    audit.append(turn.record, "link.issued", joins=joins.value, person=turn.asker.person_id)
    return f"{code[: CODE_LENGTH // 2]}-{code[CODE_LENGTH // 2 :]}"


def enter(turn: Turn, typed: str) -> Replies:
    """Join what the code joins. A wrong, old or used code says the same."""
    found = links.valid(turn.record.session, typed, turn.now)
    if found is None:
        raise BadInput(
            "That code does not work.",
            "Codes work once and for 15 minutes. Get a new one with “link” on the other platform.",
        )
    joined = join_organization(turn, found) if found.joins is Joins.ORGANIZATION else join_person(turn, found)
    found.used_at = turn.now
    turn.record.people_changed = True
    return joined


def other(turn: Turn, code: LinkCode) -> Record:
    """The record that the code came from, in the same transaction."""
    return Record(
        transaction=turn.record.transaction,
        organization_id=code.organization_id,
        now=turn.now,
        actor=turn.asker.actor,
    )


def join_organization(turn: Turn, code: LinkCode) -> Replies:
    """This organization's people act on the other's record from now on."""
    theirs, here = other(turn, code), turn.record
    if code.organization_id == here.organization_id:
        raise NotNow("These two are joined already.", "Join your own two accounts with the other code.")
    if people.has_admin(here) and not turn.asker.admin:
        raise NotAllowed("Only an admin can join this organization to another.", "Ask whoever runs Touchpoint here.")
    if touchpoints.every(here):
        raise NotNow(
            "This organization has a record of its own.",
            "Two records cannot be put together. Hand the code out here and enter it on the platform without one.",
        )
    people.move_tenant(theirs, here.organization_id)
    rows.get(theirs, people.Person, turn.asker.person_id).admin = True
    audit.append(theirs, "organization.joined", tenant=tenant_of(turn.asker.account))
    return [
        Answer(
            card=note_card(
                "Joined. Both platforms share one record now.",
                "Next, each of you joins your own two accounts: “link” on one, the code on the other.",
            )
        )
    ]


def join_person(turn: Turn, code: LinkCode) -> Replies:
    """This account belongs to the person who got the code."""
    if code.organization_id != turn.record.organization_id:
        raise NotNow(
            "These two organizations are not joined yet.",
            "An admin runs “link” there and enters the first of the two codes here.",
        )
    gone, into = (
        rows.get(turn.record, people.Person, turn.asker.person_id),
        rows.get(turn.record, people.Person, code.person_id),
    )
    if gone.id == into.id:
        raise NotNow("These two accounts are joined already.", "Enter the code on the other platform.")
    require_one_chair(turn.record, gone, into)
    require_one_key(turn.record, gone, into)
    become_one(turn.record, gone, into)
    return [Answer(card=note_card(f"Joined. You are {into.called} on both platforms now."))]


def require_one_chair(record: Record, gone: people.Person, into: people.Person) -> None:
    """Raises `NotAllowed` if the two sit on both chairs of one touchpoint, for themselves or for a principal."""
    seats = {(chair.touchpoint_id, chair.sits_on) for one in (gone, into) for chair in chairs_of(record, one.key)}
    if any((touchpoint_id, seat.other) in seats for touchpoint_id, seat in seats):
        raise NotAllowed(
            "These accounts sit on both chairs of one touchpoint.",
            "CIO and CISO must stay two people: each turns a key.",
        )


def require_one_key(record: Record, gone: people.Person, into: people.Person) -> None:
    """K3, afterwards. Raises `NotAllowed` if the two made a text binding between them: the record would say that one did."""
    if keys.turned_by_both(record, gone.key, into.key):
        raise NotAllowed(
            "These accounts turned both keys of one text.",
            "What is signed by two stays signed by two, so they cannot be joined. Tell your auditor if they are one person's.",
        )


def become_one(record: Record, gone: people.Person, into: people.Person) -> None:
    """Everything that was the one's is the other's; what either was asked is not asked again."""
    feeds.hand_over(record, gone=gone.key, into=into.key)
    nudges.hand_over(record, gone=gone.key, into=into.key)
    deliveries.hand_over(record, kind=nudging.KIND, gone=gone.key, into=into.key)
    members.put_out(record, *memberships.doubles(record, gone=gone.key, into=into.key))
    merging.merge(record, gone=gone, into=into)
    audit.append(record, "person.merged", gone=gone.id, into=into.id)
    record.hours.clear()
    record.names.clear()
    for action in actions.listed(record, Wanted(touchpoint_ids=[], also_of=into.key)):
        actions.index(record, action)  # It is found by its owner's name.
    for touchpoint in touchpoints.of_person(record, into.key):
        members.seated(record, touchpoint)
        planning.replan(record, touchpoint)


def draw_unreachable(record: Record, owed: Owed) -> Card | None:
    """To an admin: somebody's direct chat takes nothing from us any more."""
    person = rows.get(record, people.Person, owed.subject_id)
    return card(
        f"I cannot write to {person.called} in private",
        Paragraph("They never added the app, removed or blocked it, or their account was switched off."),
        Paragraph(
            "Ask them to add it and write me a word, or install it for them; then what they are owed reaches them."
        ),
        Note(f"The platform says: {owed.detail}"),
    )


def draw_stranger(record: Record, owed: Owed) -> Card | None:
    """To an admin: where somebody from outside asked, and never what."""
    name = people.called(record, owed.subject_id)
    return card(
        f"Somebody from outside asked me in {owed.detail}" if owed.detail else "Somebody from outside wrote to me",
        Paragraph(f"{name} is a guest or of another company, and got nothing: I only answer members."),
        Note("I say this once a day for each conversation."),
    )


NOUN = Noun(
    name="link",
    summary="One record and one you, on Slack and on Teams.",
    commands=(
        Command(
            words=("link",),
            argument="[code]",
            summary="Join Slack and Teams, and your accounts on both",
            handle=link,
            writes=True,
            right=None,
        ),
        Command(words=("unlink",), summary="Unlink an account that is not yours any more", handle=unlink, right=None),
    ),
    buttons={"unlink": Press(handle=part, writes=True, right=None)},
    cards={"unreachable": draw_unreachable, "stranger": draw_stranger},
)
