"""The registers that there are, column by column. `docs/registers.md` is written from here; `agenda.registers` reads them."""

from agenda.actions import ActionState
from agenda.decisions import DecisionState
from agenda.initiatives import GateKind, InitiativeState, Tier
from agenda.owners import AREA_LIMIT, NAMES_LIMIT, STARTER_SET
from agenda.registers import Entry, Register
from agenda.risks import RiskState, Treatment
from agenda.themes import Theme
from agenda.threats import NAME_LIMIT
from agenda.values import Column, Kind

CONTROLS_LIMIT = 2000  # What the forms take whole.
THEMES, TREATMENTS = tuple(map(str, Theme)), tuple(map(str, Treatment))
TIERS = tuple(map(str, Tier))
CATEGORIES = tuple(area.category for area in STARTER_SET)


def told(name: str, says: str, kind: Kind = Kind.LINE) -> Column:
    """A column that is only exported."""
    return Column(name=name, says=says, kind=kind, taken=False)


TOUCHPOINT = told("touchpoint", "the touchpoint's name")
THEME = Column(name="theme", says="what it is about; operations if left out", kind=Kind.WORD, words=THEMES, blank=False)
SOURCE = Column(name="source_link", says="where it was said first", kind=Kind.ADDRESS)
SOURCE_TOLD = told("source_link", "where it was said first")

RISKS = Register(
    name="risks",
    noun="risk",
    pairs=(("inherent_likelihood", "inherent_impact"), ("target_likelihood", "target_impact")),
    states={
        RiskState.OPEN: Entry(comes_in="open"),
        RiskState.ACCEPTED: Entry(
            comes_in="open",
            values={"treatment": Treatment.ACCEPT.value},
            note="comes in as open, to be accepted: two keys are needed (“risk accept R-…”).",
        ),
        RiskState.CLOSED: Entry(comes_in="closed"),
    },
    columns=(
        told("ref", "R-7; in an import, which risk of the touchpoint is meant"),
        TOUCHPOINT,
        Column(name="title", says="the risk in one line", needed=True),
        Column(name="description", says="the rest of it", kind=Kind.TEXT),
        THEME,
        Column(name="likelihood", says="as it is now; 3 if left out", kind=Kind.STEP, blank=False),
        Column(name="impact", says="as it is now; 3 if left out", kind=Kind.STEP, blank=False),
        told("level", "likelihood times impact, 1 to 25"),
        told("rating", "the level in a word: low, medium (from 6), high (from 12), critical (from 20)"),
        Column(name="inherent_likelihood", says="before any control", kind=Kind.STEP),
        Column(name="inherent_impact", says="before any control", kind=Kind.STEP),
        told("inherent_level", "1 to 25"),
        Column(name="target_likelihood", says="once the treatment is done", kind=Kind.STEP),
        Column(name="target_impact", says="once the treatment is done", kind=Kind.STEP),
        told("target_level", "1 to 25"),
        Column(name="treatment", says="mitigate if left out", kind=Kind.WORD, words=TREATMENTS, blank=False),
        Column(name="owner", says="who looks after it, as somebody wrote it"),
        Column(name="due_on", says="when the treatment is to be done", kind=Kind.DAY),
        Column(name="review_on", says="when it is looked at again", kind=Kind.DAY),
        Column(name="controls", says="what is in place", kind=Kind.TEXT, limit=CONTROLS_LIMIT),
        Column(name="links", says="tickets, documents", kind=Kind.LINKS, limit=CONTROLS_LIMIT),
        Column(name="source", says="where it comes from: an audit, a test"),
        SOURCE,
        told("state", "open, accepted or closed; a new risk may come in as open or closed", Kind.WORD),
        Column(name="closed_because", says="why it was closed", kind=Kind.TEXT),
        told("raised_by", "the name of whoever raised it"),
        told("raised_at", "when, in UTC"),
        told("accepted_until", "the last day of the acceptance that stands", Kind.DAY),
        told("closed_at", "when, in UTC"),
    ),
)
ACCEPTANCES = Register(
    name="acceptances",
    noun="acceptance",
    columns=(
        told("ref", "A-3"),
        TOUCHPOINT,
        told("risk", "the risk's ref"),
        told("risk_title", "the risk's title, as it was signed"),
        told("likelihood", "as it was signed", Kind.STEP),
        told("impact", "as it was signed", Kind.STEP),
        told("level", "the level that was signed, 1 to 25"),
        told("justification", "why the risk is lived with", Kind.TEXT),
        told("expires_on", "its last day", Kind.DAY),
        told("state", "proposed, accepted, rejected, withdrawn, expired, renewed, revoked or ended", Kind.WORD),
        told("keys", "who turned a key on this text, and when", Kind.TEXT),
        told("requested_by", "the name of whoever asked for it"),
        told("requested_at", "when, in UTC"),
        told("accepted_at", "when both keys were turned, in UTC"),
        told("settled_at", "when it was refused or ended, in UTC"),
        told("because", "why it was rejected, withdrawn or revoked", Kind.TEXT),
        told("renews", "the acceptance that it continues"),
    ),
)
DECISIONS = Register(
    name="decisions",
    noun="decision",
    states={
        DecisionState.PROPOSED: Entry(comes_in="proposed"),
        DecisionState.AGREED: Entry(
            comes_in="proposed", note="comes in as proposed: both are asked for their keys here."
        ),
        DecisionState.REJECTED: Entry(note="was rejected, and is left out: only what both may still sign comes in."),
        DecisionState.WITHDRAWN: Entry(note="was withdrawn, and is left out: only what both may still sign comes in."),
        DecisionState.SUPERSEDED: Entry(note="was replaced, and is left out: only what both may still sign comes in."),
    },
    columns=(
        told("ref", "D-12; in an import, which decision of the touchpoint is meant"),
        TOUCHPOINT,
        Column(name="title", says="what is decided, in one line", needed=True),
        Column(name="question", says="what had to be decided", kind=Kind.TEXT),
        Column(name="options", says="a line each; below it its pros (`+ …`) and cons (`- …`)", kind=Kind.TEXT),
        Column(name="outcome", says="what is decided, at length", kind=Kind.TEXT),
        Column(name="rationale", says="why", kind=Kind.TEXT),
        THEME,
        Column(name="owner", says="who carries it out, as somebody wrote it"),
        Column(name="consulted", says="names, with commas between"),
        Column(name="informed", says="names, with commas between"),
        Column(name="effective_on", says="from when it holds", kind=Kind.DAY),
        Column(name="review_on", says="when it is looked at again", kind=Kind.DAY),
        Column(name="links", says="tickets, documents", kind=Kind.LINKS),
        SOURCE,
        told("concerns", "the risks and initiatives that it is about: R-7, I-3"),
        told("one_key", "yes, where the policy let one key do"),
        told("state", "proposed, agreed, rejected, withdrawn or superseded; a new one comes in as proposed", Kind.WORD),
        told("keys", "who turned a key on this text, when, and with which dissent", Kind.TEXT),
        told("dissent", "yes, where it was agreed with dissent"),
        told("recorded_by", "the name of whoever recorded it"),
        told("recorded_at", "when, in UTC"),
        told("agreed_at", "when the last key was turned, in UTC"),
        told("settled_at", "when it ended, in UTC"),
        told("because", "why it was rejected or withdrawn", Kind.TEXT),
        told("replaces", "the decision that it replaces or ends"),
        told("replaced_by", "the decision that replaced or ended it"),
        told("next_review_on", "when it is looked at next", Kind.DAY),
    ),
)
PROMISES = Register(
    name="promises",
    noun="promise",
    states={
        ActionState.OPEN: Entry(comes_in="open"),
        ActionState.DONE: Entry(comes_in="done"),
        ActionState.DROPPED: Entry(comes_in="dropped"),
    },
    columns=(
        told("ref", "P-7; in an import, which promise of the touchpoint is meant"),
        TOUCHPOINT,
        Column(name="title", says="what is promised, in one line", needed=True),
        Column(name="detail", says="the rest of it", kind=Kind.TEXT),
        THEME,
        Column(name="owner", says="whose promise it is", kind=Kind.PERSON, needed=True, limit=300),
        Column(name="due_on", says="by when it is kept", kind=Kind.DAY, needed=True),
        SOURCE,
        told("state", "open, done or dropped; a new one may come in as any", Kind.WORD),
        Column(name="because", says="why it was dropped", kind=Kind.TEXT),
        told("moves", "how often its day was moved"),
        told("promised_by", "the name of whoever recorded it"),
        told("promised_at", "when, in UTC"),
        told("settled_at", "when it was kept or dropped, in UTC"),
        told("from", "the decision or the risk that it comes from"),
    ),
)
RESPONSIBILITIES = Register(
    name="responsibilities",
    noun="responsibility",
    key="area",
    columns=(
        TOUCHPOINT,
        Column(
            name="area",
            says="the area; in an import, which one of the touchpoint is meant",
            needed=True,
            limit=AREA_LIMIT,
        ),
        Column(name="synonyms", says="other words for it, with commas between", limit=NAMES_LIMIT),
        Column(name="category", says="of NIST CSF 2.0, such as GV.SC", kind=Kind.WORD, words=CATEGORIES),
        Column(name="accountable", says="exactly one; `CIO` and `CISO` are whoever sits there", limit=NAMES_LIMIT),
        Column(name="responsible", says="names, with commas between", limit=NAMES_LIMIT),
        Column(name="consulted", says="names, with commas between", limit=NAMES_LIMIT),
        Column(name="informed", says="names, with commas between", limit=NAMES_LIMIT),
        told("gap", "what is wrong with who is accountable, if anything is"),
        told("confirmed_by", "the name of whoever confirmed it last"),
        told("confirmed_at", "when, in UTC"),
    ),
)
PRODUCTS = Register(
    name="products",
    noun="product",
    key="product",
    columns=(
        TOUCHPOINT,
        Column(
            name="product",
            says="as you call it; in an import, which one of the touchpoint is meant",
            needed=True,
            limit=NAME_LIMIT,
        ),
        Column(name="vendor", says="whose it is; it may stand before the product instead", limit=NAME_LIMIT),
        Column(name="area", says="the area of responsibilities whose owner answers for it", kind=Kind.AREA),
        told("watched_by", "the name of whoever added it"),
        told("watched_at", "when, in UTC"),
    ),
)
ASKS = Register(
    name="asks",
    noun="ask",
    columns=(
        told("ref", "ASK-7"),
        TOUCHPOINT,
        told("title", "the measure in one line"),
        told("detail", "what for", Kind.TEXT),
        told("theme", "what it is about", Kind.WORD),
        told("owner", "who looks after it, as somebody wrote it"),
        told("one_off", "what it costs once, in whole units of the organization's currency"),
        told("yearly", "what it costs every year, in the same"),
        told(
            "reduces", "a risk a line: how often a year, and from what to what each time; today, and after", Kind.TEXT
        ),
        told("state", "open, proposed, funded, declined, spent, checked or withdrawn", Kind.WORD),
        told("decision", "the decision about it"),
        told("asked_by", "the name of whoever asked"),
        told("asked_at", "when, in UTC"),
        told("lost_today", "the average loss of a year today, as it was counted last"),
        told("lost_after", "the average loss of a year with it"),
        told("formula", "the version of the formula by which that was counted"),
        told("spent", "what was spent"),
        told("spent_on", "when it was spent", Kind.DAY),
        told("check_on", "when it is looked at what came of it", Kind.DAY),
        told("happened", "how often its risks happened since"),
        told("lost", "what that cost in all"),
        told("found", "what else came of it", Kind.TEXT),
        told("checked_at", "when that was said, in UTC"),
        told("settled_at", "when it was declined or withdrawn, in UTC"),
        told("because", "why it was withdrawn", Kind.TEXT),
        SOURCE_TOLD,
    ),
)
INITIATIVES = Register(
    name="initiatives",
    noun="initiative",
    tracker="tracker_key",
    forward=(("starts_on", "ends_on"), tuple(f"{kind}_on" for kind in GateKind)),
    columns=(
        told("ref", "I-3; in an import, which initiative of the touchpoint is meant, unless its tracker key says so"),
        TOUCHPOINT,
        Column(name="title", says="the IT project in one line", needed=True),
        Column(name="detail", says="the rest of it", kind=Kind.TEXT),
        Column(name="sponsor", says="on the CIO's side, as somebody wrote it"),
        Column(name="partner", says="on the CISO's side; whoever is named there has joined"),
        Column(
            name="tier", says="how much could go wrong; medium if left out", kind=Kind.WORD, words=TIERS, blank=False
        ),
        Column(name="starts_on", says="its first day", kind=Kind.DAY),
        Column(name="ends_on", says="its last day, the launch", kind=Kind.DAY),
        *(
            Column(name=f"{kind}_on", says=f"by when the {kind.label} gate is passed", kind=Kind.DAY)
            for kind in GateKind
        ),
        Column(
            name="passed",
            says="the last gate that was passed; those before it are passed with it, and a passed one stays so",
            kind=Kind.WORD,
            words=tuple(map(str, GateKind)),
            blank=False,
            onward=True,
        ),
        Column(name="links", says="tickets, documents", kind=Kind.LINKS, limit=CONTROLS_LIMIT),
        Column(name="tracker_key", says="what a tracker calls it; in an import, which one is meant"),
        Column(
            name="state",
            says="active if left out; unlike other registers', a state is taken from a file",
            kind=Kind.WORD,
            words=tuple(map(str, InitiativeState)),
            blank=False,
        ),
        Column(name="because", says="why it was stopped", kind=Kind.TEXT),
        told("joined_gate", "the gate at which security joined"),
        told("joined_at", "when, in UTC"),
        told("added_by", "the name of whoever added it, or of the CISO, if a tracker did"),
        told("added_at", "when, in UTC"),
        told("settled_at", "when it was done or stopped, in UTC"),
    ),
)
ITEMS = Register(
    name="agenda_items",
    noun="agenda item",
    columns=(
        TOUCHPOINT,
        told("sync", "when its sync starts, in UTC"),
        told("title", "the line"),
        told("detail", "the rest of it", Kind.TEXT),
        told("theme", "what it is about", Kind.WORD),
        told("outcome", "open, discussed, deferred, dropped or escalated", Kind.WORD),
        told("deferrals", "how often it was carried over"),
        told("raised_by", "the name of whoever raised it"),
        told("raised_at", "when, in UTC"),
        told("settled_at", "when, in UTC"),
        told("source", "what in the record put it there, where nobody did", Kind.WORD),
        told("source_link", "where it was said first"),
    ),
)
SYNCS = Register(
    name="syncs",
    noun="sync",
    columns=(
        TOUCHPOINT,
        told("starts_at", "in UTC"),
        told("started_at", "when somebody started it, in UTC"),
        told("closed_at", "when somebody closed it, in UTC"),
        told("skipped_at", "when it was left out, in UTC"),
    ),
)
MEMBERS = Register(
    name="members",
    noun="member",
    columns=(
        TOUCHPOINT,
        told("name", "what cards call them"),
        told("role", "principal, delegate, member or viewer", Kind.WORD),
        told("seat", "cio or ciso, where they sit or stand in there", Kind.WORD),
        told("since", "when it was given, in UTC; empty for a principal"),
        told("until", "a delegate's last day", Kind.DAY),
    ),
)
REGISTERS = {
    one.name: one
    for one in (
        RISKS,
        ACCEPTANCES,
        DECISIONS,
        PROMISES,
        RESPONSIBILITIES,
        PRODUCTS,
        ASKS,
        INITIATIVES,
        ITEMS,
        SYNCS,
        MEMBERS,
    )
}
IMPORTED = {name: one for name, one in REGISTERS.items() if one.taken}
