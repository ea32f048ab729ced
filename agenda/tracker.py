"""What a tracker sends about initiatives: JSON → the touchpoint that is meant, and a table that is planned as any file is.

    {"touchpoint": 1, "initiatives": [{"key": "CRM-1", "title": "New CRM", "sponsor": "Sam", "partner": "Dana", "tier": "high",
      "starts_on": "2031-03-03", "ends_on": "2031-09-30", "gates": {"design": "2031-04-01"}, "passed": ["idea"],
      "state": "active"}]}

Only `key` must be there, and `title` the first time; what is left out stays as it is. Errors name their place, like
`initiatives[0].tier`.
"""

import json
from collections.abc import Mapping
from typing import Any

from agenda.cells import Line, Sheet
from agenda.errors import BadInput
from agenda.initiatives import GATES
from agenda.registers import Act, Plan
from agenda.values import shown

MOST_SENT = 200  # initiatives
TEXTS = ("title", "detail", "sponsor", "partner", "tier", "starts_on", "ends_on", "links", "state", "because")
COLUMNS = {
    "key": "tracker_key",
    **{name: name for name in (*TEXTS, "passed")},
    **{f"gates.{kind}": f"{kind}_on" for kind in GATES},
}
FIELDS = {column: name for name, column in COLUMNS.items()}


def delivery_in(text: str) -> tuple[str, Sheet]:
    """The touchpoint's name or number, and a row for each initiative. Raises `BadInput` with every place that is wrong."""
    sent = object_in(text)
    wrong = {name: "Nobody knows this field." for name in sent if name not in ("touchpoint", "initiatives")}
    touchpoint = sent.get("touchpoint")
    if isinstance(touchpoint, bool) or not isinstance(touchpoint, str | int) or not str(touchpoint).strip():
        wrong["touchpoint"] = "Write the touchpoint's number or its name; “touchpoint doctor” shows both."
    listed = sent.get("initiatives")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_SENT:
        wrong["initiatives"] = f"Write a list of 1 to {MOST_SENT} initiatives."
        listed = []
    lines = [Line(number=number, cells=cells_of(one, number - 1, wrong)) for number, one in enumerate(listed, start=1)]
    if wrong:
        raise refused(wrong)
    heads = dict.fromkeys(name for line in lines for name in line.cells)
    return str(touchpoint), Sheet(heads=tuple(heads), lines=tuple(lines))


def object_in(text: str) -> dict[str, Any]:
    """Raises `BadInput` for what is no JSON, or no object."""
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise refused({"": "The body is no JSON object."})
    return sent


def cells_of(one: object, place: int, wrong: dict[str, str]) -> dict[str, str]:
    """One initiative as a row; what is wrong with it is added to `wrong`."""
    if not isinstance(one, dict):
        wrong[f"initiatives[{place}]"] = "Write an object: {“key”: …, “title”: …}."
        return {}
    cells: dict[str, str] = {}
    for name, value in flat(one).items():
        if name not in COLUMNS:
            wrong[f"initiatives[{place}].{shown(name)}"] = "Nobody knows this field."
        elif isinstance(value, bool) or not isinstance(value, str | int | None):
            wrong[f"initiatives[{place}].{name}"] = "Write a text."
        else:
            cells[COLUMNS[name]] = "" if value is None else str(value)
    if not cells.get("tracker_key", "").strip():
        wrong.setdefault(f"initiatives[{place}].key", "Write what the tracker calls it, the same each time.")
    return cells


def flat(one: Mapping[str, Any]) -> dict[str, object]:
    """`gates.design` for what stands in `gates`; of the gates that were `passed`, the last one, or one that there is not."""
    found: dict[str, object] = dict(one)
    if isinstance(found.get("gates"), dict):
        found |= {f"gates.{kind}": day for kind, day in found.pop("gates").items()}  # type: ignore[attr-defined]
    passed = found.get("passed")
    if isinstance(passed, list) and all(isinstance(kind, str) for kind in passed):
        unknown = [kind for kind in passed if kind not in set(GATES)]
        found["passed"] = (unknown or sorted(passed, key=GATES.index) or [None])[-1]
    return found


def wrong_in(plan: Plan) -> dict[str, str]:
    """Every error of a plan, at its place."""
    said = [(one.row, *text.partition(": ")[::2]) for one in plan.rows if one.act is Act.WRONG for text in one.said]
    return {f"initiatives[{row - 1}].{FIELDS.get(column, column)}": in_its_words(why) for row, column, why in said}


def in_its_words(why: str) -> str:
    """With the fields as the tracker calls them."""
    for column, name in FIELDS.items():
        why = why.replace(column, name)
    return why


def refused(wrong: Mapping[str, str]) -> BadInput:
    """Not one of them is taken in."""
    return BadInput("Nothing was taken in.", fields=wrong)
