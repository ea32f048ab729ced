"""The watch list: which products we run, and who answers for each."""

from collections.abc import Mapping, Sequence

from agenda.brief import called
from agenda.conversations import Conversation
from agenda.errors import BadInput, NotFound
from agenda.matching import nearest_vendor, split_vendor, vendor_key
from agenda.owners import find
from agenda.roles import Right
from agenda.threats import NAME_LIMIT
from bot import threats as rules
from bot.cards import Block, Button, Card, Item, ItemList, Note, card
from bot.forms import Form, Text
from bot.handlers.threats.cards import Reader, counted, empty_card, owner_of, reader_of
from bot.reading import PAGE, key_in, still_there, turned, turning
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, owners, rows, threats, watching
from storage.owners import Responsibility
from storage.threats import WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_AT_ONCE, MOST_WATCHED = 50, 2_000
LINES_LIMIT = 3_000


def listing(turn: Turn, _typed: str = "", page: int = 0) -> Replies:
    """Each with its owner, and how many known attacks concern it."""
    touchpoint = turn.touchpoint()
    found = watching.products(turn.record, [touchpoint.key])
    if not found:
        return [Answer(card=empty_card(touchpoint))]
    page = still_there(page, len(found))
    met, reader = watching.counted(turn.record, touchpoint.key), reader_of(turn.record, touchpoint)
    lines = tuple(item(turn, reader, one, met.get(one.key, 0)) for one in found[page * PAGE : (page + 1) * PAGE])
    pages = turning(page, (len(found) - 1) // PAGE, action="watch.list", value="")
    return [
        Answer(card=card(f"What we run ({len(found):,})", ItemList(lines), buttons=[*pages, *adding(turn, touchpoint)]))
    ]


def adding(turn: Turn, touchpoint: Touchpoint) -> list[Button]:
    """For those who may."""
    add = Button(action="watch.add", label="Add products", value=str(touchpoint.key), opens_form=True)
    return [add] if turn.asker.may(Right.RUN, touchpoint.key) else []


def item(turn: Turn, reader: Reader, product: WatchedProduct, met: int) -> Item:
    """`Microsoft Exchange Server`, and below that whose it is."""
    area, owner = rules.area_of(turn.record, product), owner_of(reader, product)
    whose = f"{area.area}: {owner or 'nobody is accountable'}" if area else "no area"
    drop = Button(
        action="watch.drop",
        label="Drop",
        value=str(product.key),
        confirm="Stop watching it? What was done about its threats stays.",
        rare=True,
    )
    known = counted(met, "known attack") if met else "no known attack"
    may = turn.asker.may(Right.RUN, product.touchpoint_id)
    return Item(title=name_of(product), detail=f"{whose} · {known}", buttons=(drop,) if may else ())


def name_of(product: WatchedProduct) -> str:
    """As it was typed."""
    return called(product.vendor, product.product)


def add(turn: Turn, typed: str) -> Replies:
    """`watch add Microsoft Exchange Server`; without one, the form opens."""
    touchpoint = turn.touchpoint()
    if not typed:
        return [OpenForm(form=add_form(turn, {"touchpoint": str(touchpoint.key)}))]
    return added(turn, touchpoint, watched_in(turn, touchpoint, typed.splitlines(), "Say it in a line."))


def add_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """A line each."""
    touchpoint = chosen(turn, context)
    areas = [area.area for area in owners.areas(turn.record, [touchpoint.key])]
    example = f"Microsoft Exchange Server; {areas[0] if areas else 'E-mail'}"
    return Form(
        form_id="watch",
        title="Which products do you run?",
        fields=(
            Text(
                name="products",
                label="Products, a line each",
                placeholder=f"{example}\nCisco ASA\nLog4j",
                hint="Behind a semicolon: the area of “owners” whose owner answers for it. It may be left out.",
                multiline=True,
                limit=LINES_LIMIT,
            ),
        ),
        submit="Watch",
        context=context,
    )


def chosen(turn: Turn, context: Mapping[str, str]) -> Touchpoint:
    """The touchpoint that the form is about. Raises `NotAllowed`."""
    return turn.require(key_in(context["touchpoint"])) if "touchpoint" in context else turn.touchpoint()


def submitted(turn: Turn, submission: Submission) -> Replies:
    """All lines, or what is wrong with one of them."""
    touchpoint = chosen(turn, submission.context)
    try:
        found = watched_in(turn, touchpoint, submission.text("products").splitlines(), "Write a product a line.")
    except BadInput as wrong:
        raise BadInput(wrong.what, wrong.mend, fields={"products": str(wrong)}) from wrong
    return [CloseForm(), *added(turn, touchpoint, found)]


def watched_in(turn: Turn, touchpoint: Touchpoint, lines: Sequence[str], mend: str) -> list[WatchedProduct]:
    """Each line as a product, what is watched already left out. Raises `BadInput`."""
    told = [line.strip() for line in lines if line.strip(" ;")]
    standing = {key_of(one) for one in watching.products(turn.record, [touchpoint.key])}
    if not told:
        raise BadInput("There is no product.", mend)
    if len(told) > MOST_AT_ONCE or len(standing) + len(told) > MOST_WATCHED:
        most = f"{MOST_AT_ONCE} at once, {MOST_WATCHED:,} in all"
        raise BadInput(
            f"That is too many: {most}.", "Name those that matter most, or import a file: “touchpoint import”."
        )
    vendors = threats.vendors(turn.record)
    keys = {vendor_key(vendor): vendor for vendor in vendors}
    areas = owners.areas(turn.record, [touchpoint.key])
    found = {key_of(one): one for one in (product_in(turn, touchpoint, line, keys, areas) for line in told)}
    return [one for key, one in found.items() if key not in standing]


def product_in(
    turn: Turn, touchpoint: Touchpoint, line: str, vendors: Mapping[str, str], areas: Sequence[Responsibility]
) -> WatchedProduct:
    """`Exchange Server`, `Microsoft Exchange Server; e-mail` or `Microsoft; Exchange Server; e-mail`. Raises `BadInput`."""
    parts = [" ".join(part.split()) for part in line.split(";")]
    if len(parts) > 3:
        raise BadInput(f"“{line[:60]}” has too many semicolons.", "Write: vendor; product; area.")
    if len(parts) == 3:
        vendor, product, area = parts
    else:
        (vendor, product), area = split_vendor(parts[0], vendors), parts[1] if len(parts) == 2 else ""
    if not vendor and not product:
        raise BadInput(f"“{line[:60]}” names no product.", "Write: vendor; product; area.")
    if len(vendor) > NAME_LIMIT or len(product) > NAME_LIMIT:
        raise BadInput(f"“{line[:60]}…” is too long.", f"At most {NAME_LIMIT} characters a name.")
    return WatchedProduct(
        organization_id=touchpoint.organization_id,
        touchpoint_id=touchpoint.key,
        vendor=vendor,
        product=product,
        responsibility_id=area_in(area, areas),
        watched_at=turn.now,
        watched_by_id=turn.asker.person_id,
    )


def area_in(typed: str, areas: Sequence[Responsibility]) -> int | None:
    """The area of that name. Raises `BadInput` where there is none, or it could be several."""
    if not typed:
        return None
    found = find(typed, areas)
    if found.area is None:
        near = ", ".join(area.area for area in found.near[:3])
        raise BadInput(
            f"There is no area “{typed[:60]}”.", f"Did you mean {near}?" if near else "“owners” lists the areas."
        )
    return found.area.key


def key_of(product: WatchedProduct) -> tuple[str, str]:
    """Two lines that mean the same product."""
    return vendor_key(product.vendor), product.product.casefold()


def added(turn: Turn, touchpoint: Touchpoint, found: Sequence[WatchedProduct]) -> Replies:
    """Watched from now on; what is known of them is matched at once."""
    for product in found:
        rows.add(turn.record, product)
        audit.append(turn.record, "product.watched", product=product.key, touchpoint=touchpoint.key)
    rules.watched(turn.record, touchpoint, found)
    return [Answer(card=added_card(turn, touchpoint, found))]


def added_card(turn: Turn, touchpoint: Touchpoint, found: Sequence[WatchedProduct]) -> Card:
    """What each matches, and which vendor was probably meant where none is known."""
    if not found:
        return card("All of this is watched already", buttons=[Button(action="watch", label="What we run")])
    met, reader = watching.counted(turn.record, touchpoint.key), reader_of(turn.record, touchpoint)
    lines = tuple(item(turn, reader, one, met.get(one.key, 0)) for one in found[:PAGE])
    more: list[Block] = [Note(f"And {len(found) - PAGE} more.")] if len(found) > PAGE else []
    return card(
        f"Watching {counted(len(found), 'more product')}",
        ItemList(lines),
        *more,
        *unknown(turn.record, found, met),
        buttons=[Button(action="threats.all", label="Threats to what we run", value="0|"), *adding(turn, touchpoint)],
    )


def unknown(record: Record, found: Sequence[WatchedProduct], met: Mapping[int, int]) -> list[Block]:
    """`Fortnet` is probably Fortinet."""
    vendors = threats.vendors(record)
    known = {vendor_key(vendor) for vendor in vendors}
    said = []
    for one in found:
        if not met.get(one.key) and vendor_key(one.vendor) not in known:
            near = nearest_vendor(one.vendor or one.product, vendors)
            if near:
                said.append(
                    f"Nobody in the list is called like “{name_of(one)}”. Did you mean {near}? Drop it, and add it anew."
                )
    return [Note("\n".join(said))] if said else []


def drop(turn: Turn, value: str) -> Replies:
    """T5."""
    product = rows.find(turn.record, WatchedProduct, key_in(value))
    touchpoint = turn.require(product.touchpoint_id) if product else None
    if product is None or touchpoint is None:
        raise NotFound("That product is not on the list.", "“watch” shows what is.")
    if product.dropped_at is None:
        product.dropped_at = turn.now
        turn.record.session.flush()
        audit.append(turn.record, "product.dropped", product=product.key, touchpoint=touchpoint.key)
        rules.redraw(turn.record, touchpoint)
    return [Answer(card=card(f"No longer watched: {name_of(product)}"))]


ADD = FormKind(build=add_form, submit=submitted)

NOUN = Noun(
    name="watch",
    summary="The products that you run: only what concerns them is told.",
    conversation=Conversation.THREATS,
    commands=(
        Command(
            words=("watch",),
            summary="Which products we run, and who answers for each",
            handle=listing,
            right=Right.READ,
        ),
        Command(
            words=("watch", "add"),
            argument="[product]",
            summary="Watch a product: “watch add Microsoft Exchange Server”",
            handle=add,
            writes=True,
            opens_form=True,
        ),
    ),
    buttons={
        "watch": Press(handle=listing, right=Right.READ),
        "watch.list": turned(listing),
        "watch.add": ADD.opened_by("touchpoint"),
        "watch.drop": Press(handle=drop, writes=True),
    },
    forms={"watch": ADD},
)
