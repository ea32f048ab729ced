"""Form ↔ dialog card. What Teams must bring back besides the answers travels hidden in the submit button, under `OURS`.

`OURS` also says what kind each field is, because Teams hands every answer back as bare text. A client that lies about
it only changes what it could have typed anyway: the core reads every value as a stranger's.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias, assert_never

from adapters.teams import limits
from adapters.teams.references import account_address, local_id, tenant_id
from adapters.teams.text import text_blocks
from bot.forms import AnyField, Check, Choice, Date, Form, Number, Person, Text, Time, Value, Values

Json: TypeAlias = dict[str, Any]

OURS = "touchpoint"
# Several choices come back joined by commas, so a comma inside a value must look like something else on the way.
_PACKED = (("%", "%25"), (",", "%2C"))


def form_card(form: Form, tenant: str, values: Values | None = None, errors: Mapping[str, str] | None = None) -> Json:
    """The dialog's card, filled with `values` where given and else with the form's own."""
    errors = errors or {}
    body: list[Json] = []
    if len(form.title) > limits.DIALOG_TITLE:
        body += text_blocks(form.title, weight="Bolder", style="heading")
    body += text_blocks(form.intro)
    body += _complaint(errors.get("", ""))
    for field in form.fields:
        body += _drawn(field, tenant, values, errors.get(field.name, ""))
    submit = {"type": "Action.Submit", "title": form.submit, "style": "positive", "data": {OURS: _hidden(form)}}
    return {"type": "AdaptiveCard", "version": "1.5", "fallbackText": form.title, "body": body, "actions": [submit]}


def dialog(card: Json, title: str) -> Json:
    """The answer to `task/fetch` or `task/submit` that shows this card."""
    shown = title if len(title) <= limits.DIALOG_TITLE else "Touchpoint"
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"task": {"type": "continue", "value": {"title": shown, "width": "medium", "card": attachment}}}


def request_data(form: Form) -> Json:
    """What a button carries that asks for this form: enough to build it again."""
    return {OURS: {"form": form.form_id, "context": dict(form.context)}}


def context_in(ours: Json) -> dict[str, str]:
    context = ours.get("context")
    pairs = context.items() if isinstance(context, dict) else ()
    return {key: value for key, value in pairs if isinstance(key, str) and isinstance(value, str)}


def values_in(data: Json, tenant: str) -> dict[str, Value]:
    """Every field of the form, also those that Teams left out because they are empty."""
    ours = data.get(OURS)
    kinds = ours.get("kinds") if isinstance(ours, dict) else None
    named = kinds.items() if isinstance(kinds, dict) else ()
    return {name: _value(data.get(name), kind, tenant) for name, kind in named if isinstance(name, str)}


def _value(typed: object, kind: object, tenant: str) -> Value:
    text = str(typed) if isinstance(typed, str | int | float) and not isinstance(typed, bool) else ""
    if isinstance(typed, bool):
        text = "yes" if typed else ""
    match kind:
        case "person":
            return account_address(tenant, text) if text and not text.startswith("teams:") else text
        case "several":
            return tuple(_unpacked(part) for part in text.split(",") if part)
        case "check":
            return "yes" if text in {"yes", "true"} else ""
        case _:
            return text


def _hidden(form: Form) -> Json:
    return {
        "form": form.form_id,
        "context": dict(form.context),
        "kinds": {field.name: _kind(field) for field in form.fields},
    }


def _kind(field: AnyField) -> str:
    match field:
        case Person():
            return "person"
        case Check():
            return "check"
        case Choice(several=True):
            return "several"
        case Text() | Date() | Time() | Number() | Choice():
            return "text"
        case _:
            assert_never(field)


def _drawn(field: AnyField, tenant: str, values: Values | None, error: str) -> list[Json]:
    """The input, its hint below it, and what is wrong with it below that.

    A label says by a word what may stay empty, as Slack does by itself.
    """
    insists = field.required and not isinstance(field, Check)  # a required toggle would have to be on
    label = field.label if insists or isinstance(field, Check) else f"{field.label} (optional)"
    element: Json = {"id": field.name, "label": label, **_input(field, tenant, _standing(field, values))}
    if insists:
        element |= {"isRequired": True, "errorMessage": f"{field.label} is needed"}
    hint = text_blocks(field.hint, isSubtle=True, size="Small", spacing="None")
    return [element, *hint, *_complaint(error and f"{field.label}: {error}")]


def _complaint(error: str) -> list[Json]:
    """Said by a mark and its field's name, and not by its colour alone."""
    return text_blocks(f"⚠ {error}", color="Attention", spacing="Small") if error else []


def _standing(field: AnyField, values: Values | None) -> Value:
    """What stands in the field: what was typed, else what the form brings."""
    if values is not None and field.name in values:
        return values[field.name]
    if isinstance(field, Check):
        return "yes" if field.value else ""
    return field.value


def _input(field: AnyField, tenant: str, standing: Value) -> Json:
    text = standing if isinstance(standing, str) else ",".join(standing)
    match field:
        case Text() | Date() | Time() | Number():
            return _typed(field, text)
        case Choice():
            return _choices(field, standing)
        case Person():
            return _picker(text, tenant)
        case Check():
            state = "yes" if text == "yes" else "no"
            return {"type": "Input.Toggle", "title": "Yes", "valueOn": "yes", "valueOff": "no", "value": state}
        case _:
            assert_never(field)


def _typed(field: Text | Date | Time | Number, text: str) -> Json:
    match field:
        case Text():
            shape = {"type": "Input.Text", "isMultiline": field.multiline, "maxLength": field.limit}
            return {**shape, **_given(value=text, placeholder=field.placeholder)}
        case Date():
            return {"type": "Input.Date", **_given(value=text)}
        case Time():
            return {"type": "Input.Time", **_given(value=text)}
        case Number():
            return {"type": "Input.Number", **_given(value=_number(text), min=field.least, max=field.most)}
        case _:
            assert_never(field)


def _choices(field: Choice, standing: Value) -> Json:
    pack = _packed if field.several else str
    chosen = [standing] if isinstance(standing, str) else list(standing)
    few = len(field.options) <= limits.CHOICES_SHOWN and field.several
    return {
        "type": "Input.ChoiceSet",
        "choices": [{"title": option.label or option.value, "value": pack(option.value)} for option in field.options],
        "isMultiSelect": field.several,
        "style": "expanded" if few else "compact",
        "wrap": True,
        **_given(value=",".join(pack(value) for value in chosen if value)),
    }


def _picker(account: str, tenant: str) -> Json:
    """Teams' own people picker, over the whole organization. It answers with an Entra object id ("People Picker")."""
    known = account.startswith("teams:") and tenant_id(account) == tenant
    return {
        "type": "Input.ChoiceSet",
        "choices": [],
        "choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"},
        "isMultiSelect": False,
        **_given(value=local_id(account) if known else ""),
    }


def _given(**parts: object) -> Json:
    return {name: value for name, value in parts.items() if value not in {None, ""}}


def _number(text: str) -> float | int | None:
    """Input.Number holds a number or nothing; whatever else was typed is named by the error beside it."""
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() else value


def _packed(value: str) -> str:
    for plain, safe in _PACKED:
        value = value.replace(plain, safe)
    return value


def _unpacked(value: str) -> str:
    for plain, safe in reversed(_PACKED):
        value = value.replace(safe, plain)
    return value
