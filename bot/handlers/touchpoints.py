"""Setting a touchpoint up: who sits on the two chairs, how often they meet, and where."""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import process

from agenda.errors import BadInput, NotAllowed
from agenda.recurrence import (
    NTH_NAMES,
    WEEKDAY_NAMES,
    WEEKDAYS,
    Cadence,
    describe,
    first_weekday,
    is_zone,
    local_time,
    monthly_rule,
    next_occurrences,
    weekly_rule,
)
from agenda.touchpoints import Seat
from bot import planning
from bot.cards import Button, Card, Facts, Note, Paragraph, card
from bot.forms import AnyField, Choice, Form, Option, Person, Text, Time
from bot.reading import note_card
from bot.replies import Answer, CloseForm, OpenForm
from bot.requests import platform_of
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, deliveries, people, places, rows, touchpoints
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

RHYTHMS = {
    "weekly:1": "Every week",
    "weekly:2": "Every other week",
    "weekly:3": "Every third week",
    "weekly:4": "Every fourth week",
    **{f"monthly:{nth}": f"Monthly, on the {name} such weekday" for nth, name in NTH_NAMES.items()},
}


def setup(turn: Turn, _argument: str) -> Replies:
    """The one form that sets everything up, or changes it."""
    if turn.where.direct:
        raise BadInput(
            "A touchpoint needs a home that both of you see.",
            "Run “setup” in the channel or group chat where CIO and CISO meet; add me to it first.",
        )
    may_set_up(turn, touchpoints.at_home(turn.record, turn.where.conversation))
    return [OpenForm(form=setup_form(turn, {}))]


def may_set_up(turn: Turn, existing: Touchpoint | None) -> None:
    """An admin, a principal of this very touchpoint, or the first to come. Raises `NotAllowed`."""
    if turn.may_run() or (existing and existing.seat_of(turn.asker.person_id)):
        return
    raise NotAllowed(
        "Only an admin can set a touchpoint up.", "Ask whoever runs Touchpoint here, or one of its principals."
    )


def setup_form(turn: Turn, _context: Mapping[str, str]) -> Form:
    """Filled in with what is known: the touchpoint that lives here, else this person's zone."""
    existing = touchpoints.at_home(turn.record, turn.where.conversation)
    rhythm, days = rhythm_of(existing.rule) if existing else ("weekly:2", ("TU",))
    return Form(
        form_id="setup",
        title="Set up a touchpoint",
        intro="Its home is this conversation. Agendas and minutes are posted here.",
        fields=(
            *chair_fields(turn, Seat.CIO, existing),
            *chair_fields(turn, Seat.CISO, existing),
            Choice(
                name="rhythm",
                label="How often",
                options=tuple(Option(value, label) for value, label in RHYTHMS.items()),
                value=rhythm,
            ),
            Choice(
                name="weekdays",
                label="On",
                options=tuple(Option(day, WEEKDAY_NAMES[day]) for day in WEEKDAYS),
                value=days,
                several=True,
                hint="One weekday for a monthly sync.",
            ),
            Time(name="at", label="At", value=f"{existing.at:%H:%M}" if existing else "09:30"),
            Text(
                name="zone",
                label="Time zone",
                value=existing.zone if existing else turn.asker.zone or turn.request.actor.zone or "UTC",
                placeholder="Europe/Zurich",
                limit=64,
            ),
        ),
        submit="Set up" if existing is None else "Save",
    )


def chair_fields(turn: Turn, seat: Seat, existing: Touchpoint | None) -> list[AnyField]:
    """The platform's own picker; and, where two platforms are joined, whoever is known only on the other."""
    platform = platform_of(turn.where.conversation)
    seated = people.accounts_of(turn.record, existing.principal(seat)) if existing else []
    here = next((account for account in seated if platform_of(account) == platform), "")
    elsewhere = [(p, a) for p, a in people.everybody(turn.record) if platform_of(a.address) != platform]
    local = {a.person_id for _p, a in people.everybody(turn.record) if platform_of(a.address) == platform}
    others = [(person, account) for person, account in elsewhere if account.person_id not in local]
    picker = Person(name=seat.value, label=seat.label, value=here, required=not others)
    if not others:
        return [picker]
    options = tuple(Option(account.address, person.called) for person, account in others[:100])
    chosen = next((account for account in seated if account in {o.value for o in options}), "")
    return [
        picker,
        Choice(
            name=f"{seat.value}_elsewhere",
            label=f"{seat.label}, if only on the other platform",
            options=options,
            value=chosen if not here else "",
            required=False,
        ),
    ]


def rhythm_of(rule: str) -> tuple[str, tuple[str, ...]]:
    """The form's values for a rule that the form made."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    days = parts["BYDAY"]
    if parts["FREQ"] == "MONTHLY":
        return f"monthly:{int(days[:-2])}", (days[-2:],)
    return f"weekly:{parts.get('INTERVAL', '1')}", tuple(days.split(","))


def cadence_in(submission: Submission, now: datetime) -> Cadence:
    """The cadence that was filled in. Raises `BadInput` beside every field that does not do."""
    wrong: dict[str, str] = {}
    rhythm, days, zone = submission.text("rhythm"), submission.several("weekdays"), submission.text("zone")
    if rhythm not in RHYTHMS:
        wrong["rhythm"] = "Choose one of the list."
    if not days or not set(days) <= set(WEEKDAYS):
        wrong["weekdays"] = "Choose at least one weekday."
    elif rhythm.startswith("monthly") and len(days) > 1:
        wrong["weekdays"] = "A monthly sync falls on one weekday; choose just one."
    if not is_zone(zone):
        wrong["zone"] = zone_hint(zone)
    at = time_of(submission.text("at"))
    if at is None:
        wrong["at"] = "Write it like 09:30."
    if wrong or at is None:
        raise BadInput("Please look at what is marked.", fields=wrong)
    kind, every = rhythm.split(":")
    local = now.astimezone(ZoneInfo(zone))
    today_counts = local.time().replace(tzinfo=None) < at
    since = (
        first_weekday(days, local.date())
        if today_counts
        else first_weekday(days, local.date().fromordinal(local.toordinal() + 1))
    )
    rule = weekly_rule(int(every), days) if kind == "weekly" else monthly_rule(int(every), days[0])
    return Cadence(rule=rule, since=since, at=at, zone=zone)


def time_of(typed: str) -> time | None:
    """A wall time as people write it, or nothing."""
    try:
        return time.fromisoformat(typed.zfill(5)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def zone_hint(typed: str) -> str:
    """The zones that were probably meant."""
    close = process.extract(typed, sorted(available_timezones()), limit=3, score_cutoff=60)
    names = ", ".join(match[0] for match in close) or "Europe/Zurich, America/New_York, Asia/Singapore"
    return f"Write an IANA name; perhaps {names}."


def principals_in(turn: Turn, submission: Submission) -> dict[Seat, people.Person]:
    """Who was chosen for the two chairs. Raises `BadInput` beside the field."""
    chosen, wrong = {}, {}
    described = {profile.account: profile for profile in submission.people}
    for seat in Seat:
        picked, known = submission.text(seat.value), submission.text(f"{seat.value}_elsewhere")
        account = picked or known
        profile = described.get(account)
        if not account:
            wrong[seat.value] = f"Choose the {seat.label}."
        elif profile and profile.outsider:
            wrong[seat.value] = "Choose a member of your organization: no guest, and no app."
        elif not reachable(turn, account, picked):
            wrong[seat.value] = "I do not know this person. Choose somebody of this workspace."
        else:
            name, zone = (profile.name, profile.zone) if profile else ("", "")
            chosen[seat] = people.meet(turn.record, account, name=name, zone=zone)
    if len(chosen) == 2 and chosen[Seat.CIO].id == chosen[Seat.CISO].id:
        wrong[Seat.CISO.value] = "CIO and CISO must be two people: each turns a key of their own."
    if wrong:
        raise BadInput("Please look at what is marked.", fields=wrong)
    return chosen


def reachable(turn: Turn, account: str, picked: str) -> bool:
    """An account of this organization: of a tenant of ours if it was picked, known already if it was chosen from the list."""
    ours = any(account.startswith(f"{tenant}/") for tenant in people.tenants(turn.record))
    return ours if picked else ours and people.account(turn.record, account) is not None


def set_up(turn: Turn, submission: Submission) -> Replies:
    """Keep it, plan the next sync, and say in one sentence what will happen and when."""
    existing = touchpoints.at_home(turn.record, turn.where.conversation)
    may_set_up(turn, existing)
    cadence = cadence_in(submission, turn.now)
    chairs = principals_in(turn, submission)
    if turn.may_run():
        turn.become_admin()
    touchpoint = existing or Touchpoint(
        organization_id=turn.record.organization_id,
        name=f"{chairs[Seat.CIO].called} and {chairs[Seat.CISO].called}"[:80],
        home=turn.where.conversation,
        created_at=turn.now,
        rule=cadence.rule,
        since=cadence.since,
        at=cadence.at,
        zone=cadence.zone,
        cio_id=chairs[Seat.CIO].key,
        ciso_id=chairs[Seat.CISO].key,
    )
    touchpoint.home_title = turn.where.title or touchpoint.home_title
    touchpoint.rule, touchpoint.since = cadence.rule, cadence.since
    touchpoint.at, touchpoint.zone = cadence.at, cadence.zone
    touchpoint.cio_id, touchpoint.ciso_id = chairs[Seat.CIO].key, chairs[Seat.CISO].key
    rows.add(turn.record, touchpoint)
    places.remember(turn.record, touchpoint.home, title=turn.where.title)
    turn.record.people_changed = True
    audit.append(turn.record, "touchpoint.changed" if existing else "touchpoint.added", touchpoint=touchpoint.key)
    for place in touchpoints.audience(turn.record, touchpoint):
        key = f"setup:{touchpoint.key}:{place}:{turn.request.id}"
        deliveries.post(turn.record, once=key, conversation=place, kind="setup", subject_id=touchpoint.key)
    planning.replan(turn.record, touchpoint)
    return [
        CloseForm(),
        Answer(card=note_card("Saved.", "What will happen, and when, is posted in the home conversation.")),
    ]


def draw_setup(record: Record, owed: Owed) -> Card | None:
    """What will happen and when, in one sentence."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    chairs = touchpoints.principals(record, touchpoint)
    upcoming = next_occurrences(touchpoint.cadence, record.now, 1)
    following = f" Next: {local_time(upcoming[0], touchpoint.zone)}." if upcoming else ""
    return card(
        "This touchpoint is set up",
        Paragraph(f"{describe(touchpoint.cadence)}.{following}", tone="strong"),
        Facts(tuple((seat.label, chairs[seat].called) for seat in Seat)),
        Paragraph(
            f"{days_ahead(touchpoint.prompt_days)} before, I ask both of you in private what you want to talk about. "
            f"{days_ahead(touchpoint.agenda_days)} before, the agenda is posted here."
        ),
        buttons=[
            Button(action="agenda", label="Show the agenda", value=str(touchpoint.key)),
            Button(action="setup", label="Change", opens_form=True),
        ],
    )


def days_ahead(days: int) -> str:
    """`One working day`."""
    return {1: "One working day", 2: "Two working days"}.get(days, f"{days} working days")


def draw_left(record: Record, owed: Owed) -> Card | None:
    """The other principal left the organization."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    seat = Seat(owed.detail)
    gone = touchpoints.principals(record, touchpoint)[seat]
    if gone.left_at is None:
        return None
    return card(
        f"{gone.called} ({seat.label}) has left",
        Paragraph(
            f"Nothing can be agreed without a {seat.label}. Run “setup” in the home conversation to name the new one."
        ),
    )


def draw_lost(record: Record, owed: Owed) -> Card | None:
    """The home conversation cannot be reached any more."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    title = touchpoint.home_title or "the home conversation"
    return card(
        f"I cannot post in {title} any more",
        Paragraph("Add me to it again, or run “setup” in another conversation. What was recorded is safe."),
        Note(f"The platform says: {owed.detail}"),
    )


NOUN = Noun(
    name="touchpoint",
    summary="Who meets, how often and where. Run it in the channel or group chat that is to be the home.",
    commands=(Command(words=("setup",), summary="Set a touchpoint up here, or change it", handle=setup),),
    buttons={"setup": Press(handle=setup)},
    forms={"setup": FormKind(build=setup_form, submit=set_up)},
    cards={"setup": draw_setup, "left": draw_left, "lost": draw_lost},
)
