"""What an ask costs and what it saves, in words that are understood in five seconds; and where each figure comes from."""

from agenda.asks import AskFields, ExposureFields, in_often
from agenda.items import TITLE_LIMIT
from agenda.money import in_money, rounded
from agenda.simulation import Exceedance, Result, Spread
from agenda.themes import Theme
from bot.asks import counted, reduced
from bot.cards import Chart, Item, ItemList
from storage import policies
from storage.asks import Ask
from storage.unit_of_work import Record

UNPRICED = "known once its cost is said"
ROUGH = 2  # significant digits of what was simulated: it is no more exact
QUOTED = ("One year in 20", "Return, first year", "Waiting a quarter", "Worth at most")  # in a decision
DEFINITIONS = (
    ("How often", "Events of a year are Poisson, with the number a year that you said."),
    ("How much", "The cost of each is lognormal: 1 in 20 costs less than your least, 1 in 20 more than your most."),
    ("Today and after", "The same 100,000 years, once without it and once with it. Risks do not cause each other."),
    ("On average", "Exact: how often, times what one costs on average. Everything else is read off the years."),
    (
        "8 of 10 years",
        "1 year in 10 stays below the first (P10), 9 in 10 below the second (P90); half of all below P50.",
    ),
    ("Return", "What the first year avoids, less the whole first cost and a yearly one, as a share of these."),
    (
        "Pays back",
        "So often, 1 year or 3 avoid at least the first cost and as many yearly ones. Nothing is discounted.",
    ),
    ("Waiting a quarter", "A quarter of what a year avoids on average, less a quarter of the yearly cost."),
    ("Worth at most", "The first cost that 3 years still pay back on average, the yearly costs paid too."),
    ("Chart", "In how many years of 100 all risks together cost more than that."),
)


def costs(ask: AskFields, currency: str) -> str:
    """`CHF 250k, then CHF 40k a year`, `CHF 40k a year`, `cost not said yet`."""
    once = in_money(ask.one_off, currency) if ask.one_off else ""
    yearly = f"{in_money(ask.yearly, currency)} a year" if ask.yearly else ""
    return ", then ".join(filter(None, (once, yearly))) or "cost not said yet"


def summary(ask: AskFields, result: Result | None, currency: str) -> str:
    """Three sentences: what it costs, what is lost today and with it, and how likely it is worth it."""
    paid = f"Costs {costs(ask, currency)}." if ask.first_year else "What it costs is not said yet."
    if result is None:
        return paid
    today, after = (in_money(one.mean, currency, ROUGH) for one in (result.today, result.after))
    back = f" Pays back within 3 years in {cases(result.pays_back[1])}." if ask.first_year else ""
    return f"{paid} Its risks cost {today} a year on average today, {after} with it.{back}"


def cases(chance: float) -> str:
    """`84 of 100 cases`; a chance that is not quite none or all says so."""
    of = round(chance * 100)
    if 0 < chance < 1 and of in (0, 100):
        return "fewer than 1 of 100 cases" if of == 0 else "more than 99 of 100 cases"
    return f"{of} of 100 cases"


def figures(result: Result, currency: str, appetite: int | None) -> list[tuple[str, str]]:
    """All that is known, a line each."""
    return [
        ("Loss a year today", spread(result.today, currency)),
        ("Loss a year after", spread(result.after, currency)),
        ("One year in 20", one_in_twenty(result, currency, appetite)),
        ("Return, first year", returned(result.returned)),
        ("Pays back", paying_back(result)),
        ("Waiting a quarter", waiting(result, currency)),
        ("Worth at most", worth(result, currency)),
    ]


def spread(one: Spread, currency: str) -> str:
    """`CHF 1.1m on average · 8 of 10 years between 98k and 2.5m · half of all years below 460k`."""
    p10, p50, p90 = (in_money(value, "", ROUGH) for value in (one.p10, one.p50, one.p90))
    mean = f"{in_money(one.mean, currency, ROUGH)} on average"
    if not one.p90:
        return f"{mean} · 9 of 10 years cost nothing"
    half = f"half of all years below {p50}" if one.p50 else "half of all years cost nothing"
    return f"{mean} · 8 of 10 years between {p10} and {p90} · {half}"


def one_in_twenty(result: Result, currency: str, appetite: int | None) -> str:
    """`costs more than CHF 3.9m today, CHF 1.1m with it; your limit is CHF 2m`."""
    today, after = (in_money(one.p95, currency, ROUGH) for one in (result.today, result.after))
    limit = f"; your limit is {in_money(appetite, currency)}" if appetite is not None else ""
    return f"costs more than {today} today, {after} with it{limit}"


def paying_back(result: Result) -> str:
    """`within 1 year in 46 of 100 cases, within 3 in 83 of 100 cases`."""
    one, three = map(cases, result.pays_back)
    return f"within 1 year in {one}, within 3 in {three}" if result.returned else UNPRICED


def returned(one: Spread | None) -> str:
    """`160 % on average · 8 of 10 years between −85 % and 510 % · half of all years below −2 %`."""
    if one is None:
        return UNPRICED
    mean, p10, p50, p90 = (percent(value) for value in (one.mean, one.p10, one.p50, one.p90))
    return f"{mean} on average · 8 of 10 years between {p10} and {p90} · half of all years below {p50}"


def percent(share: float) -> str:
    """`−85 %`, `510 %`, `1,200 %`."""
    whole = rounded(abs(share) * 100, ROUGH)
    return f"{'−' if share < 0 and whole else ''}{whole:,} %"


def waiting(result: Result, currency: str) -> str:
    """Costs or saves."""
    amount = in_money(abs(result.waiting), currency, ROUGH)
    return f"{'saves' if result.waiting < 0 else 'costs'} {amount} on average"


def worth(result: Result, currency: str) -> str:
    """F10."""
    if not result.worth:
        return "nothing: what it avoids in 3 years does not pay its yearly cost"
    return f"a first cost of {in_money(result.worth, currency, ROUGH)}"


def numbers(one: ExposureFields, currency: str) -> str:
    """`twice a year, CHF 20k to 400k; with it once a year, CHF 20k to 200k`."""
    if not one.is_said:
        return "no numbers yet"
    today, after = one.losses.today, one.losses.after
    with_it = in_often(after.often)
    if after.often:
        with_it += f", {between(after.least, after.most, currency)}"
    worse = "; worse with it than without" if after.mean > today.mean else ""
    return f"{in_often(today.often)}, {between(today.least, today.most, currency)}; with it {with_it}{worse}"


def between(least: int, most: int, currency: str) -> str:
    """`CHF 20k to 400k`, `CHF 20k`."""
    return in_money(least, currency) + (f" to {in_money(most)}" if most > least else "")


def curve(result: Result, currency: str, appetite: int | None) -> Chart:
    """Before, after, and how likely a year may cost that much: a year in twenty at most, from the appetite on."""
    unit = f", in {currency}" if currency else ""
    series = [("Today", chances(result.curve, "today")), ("With it", chances(result.curve, "after"))]
    if appetite is not None:
        series.append(("Your limit", tuple(5.0 if point.amount >= appetite else 100.0 for point in result.curve)))
    return Chart(
        title=f"Years in 100 that cost more{unit}",
        kind="line",
        categories=tuple(in_money(point.amount) for point in result.curve),
        series=tuple(series),
    )


def chances(points: tuple[Exceedance, ...], name: str) -> tuple[float, ...]:
    """Years in 100, in whole ones from one on."""
    return tuple(float(round(of, 0 if of >= 1 else 1)) for of in (getattr(point, name) * 100 for point in points))


def decision_on(record: Record, ask: Ask) -> dict[str, str | Theme]:
    """What a decision about it says before anybody changes a word: the question, both ways, and the figures as the reason."""
    policy, result = policies.of(record), counted(record, ask)
    said = [summary(ask, result, policy.currency)]
    if result:
        known = figures(result, policy.currency, policy.loss_appetite)
        said += [f"{name}: {value}." for name, value in known if name in QUOTED]
    wait = f"\n- A quarter of waiting {waiting(result, policy.currency)}" if result else ""
    title = f"We pay for {ask.title}"
    return {
        "title": title if len(title) <= TITLE_LIMIT else ask.title,
        "question": f"Do we pay for {ask.ref} {ask.title}?",
        "options": f"Pay for it: {costs(ask, policy.currency)}\nWait{wait}",
        "rationale": "\n".join([*said, *([ask.detail] if ask.detail else [])]),
        "concerns": ", ".join(risk.ref for _one, risk in reduced(record, ask)),
        "theme": ask.theme,
        "owner": ask.owner,
    }


def definitions() -> ItemList:
    """Where each figure comes from."""
    return ItemList(tuple(Item(title=name, detail=says) for name, says in DEFINITIONS), "How this is counted")
