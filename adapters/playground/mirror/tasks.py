"""Teams' dialogs: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/what-are-task-modules.

What is typed in one goes back as `task/submit` would carry it: every answer by its field, and what hid in the button.
"""

import json
from collections.abc import Mapping, Sequence

from adapters.playground.mirror import adaptive
from adapters.playground.mirror.nodes import Json, Node, Strange, classes, el, logo, only
from adapters.playground.mirror.views import Typed
from adapters.teams.forms import OURS, context_in, values_in
from bot.forms import Value


def dialog(answer: Json, people: Mapping[str, str]) -> Node:
    """The answer to `task/fetch`, opened."""
    value = answer["task"]["value"]
    only(value, "title", "card", "width", "height")
    content = dict(value["card"]["content"])
    submit = content.pop("actions")
    leave = el("button", {"type": "button", "class": "tm-close", "aria-label": "Close", "data-closes": True}, "✕")
    about = {"class": "tm-dialog", "novalidate": True, "aria-label": value["title"]}
    return el(
        "form",
        {**about, "data-by": "teams", "data-back": json.dumps(_only_one(submit)["data"])},
        el("header", "", logo("tm-app"), el("h2", "", value["title"]), leave),
        el("div", "tm-body", adaptive.card(content, people)),
        el("footer", "", [_submit(action) for action in submit]),
    )


def _only_one(actions: Sequence[Json]) -> Json:
    if len(actions) != 1:
        raise Strange(f"a dialog with {len(actions)} ways to submit it")
    return actions[0]


def _submit(action: Json) -> Node:
    only(action, "title", "data", "style", "tooltip", "conditionallyEnabled")
    if action["type"] != "Action.Submit":
        raise Strange(f"a dialog is submitted by {action['type']}")
    return el("button", {"type": "submit", "class": classes("tm-button", action.get("style"))}, action["title"])


def submitted(back: str, typed: Typed, tenant: str) -> tuple[str, dict[str, str], dict[str, Value]]:
    """The form's id, its context and its values, read as we read what Teams sends."""
    answers = {name: value if isinstance(value, str) else ",".join(value) for name, value in typed.items()}
    data = {**answers, **json.loads(back)}
    return data[OURS]["form"], context_in(data[OURS]), values_in(data, tenant)
