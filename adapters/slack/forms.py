"""A form as a Slack modal, and what was typed in it back again.

A field is an input block whose `block_id` is the field's name, so that Slack shows an error beside it.
`private_metadata` carries what the form was opened for and where, because a submission says neither. Nothing that was
typed is lost: Slack keeps the inputs of a rejected view, and an updated one is given the values again.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, assert_never

from adapters.slack import addresses, limits
from adapters.slack.shapes import NotUnderstood
from adapters.slack.texts import Block, plain, rich, run, section
from bot import forms
from bot.forms import AnyField, Form, Value, Values
from bot.requests import Where

_VALUE = "value"  # the action_id of every input
_CHECK = "check"  # … but a single check box, which comes back as `yes` or nothing
_MORE = "~"  # the second input of a long text is called `name~2`
_MODAL = "Touchpoint"
_SUBMIT = "Save"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What stood in a view when it was submitted."""

    form_id: str
    context: Mapping[str, str]
    where: Where
    values: Values = field(default_factory=dict)


def view(
    form: Form, where: Where, *, values: Values | None = None, errors: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The modal. `values` take the place of what the form itself says; `errors` stand where they belong."""
    short = limits.fits(form.title, limits.VIEW_TITLE)
    wrong = errors or {}
    blocks = [
        *([] if short else _text(form.title, bold=True)),
        *_complaint(wrong.get("", "")),
        *_text(form.intro),
        *(block for each in form.fields for block in _field(each, values or {}, wrong.get(each.name, ""))),
        *_text("" if limits.fits(form.submit, limits.VIEW_SUBMIT) else f"{_SUBMIT} = {form.submit}"),
    ]
    if len(blocks) > limits.BLOCKS_A_VIEW:
        raise ValueError(f"form {form.form_id} takes {len(blocks)} blocks; Slack shows {limits.BLOCKS_A_VIEW}")
    return {
        "type": "modal",
        "callback_id": "touchpoint",
        "title": plain(form.title if short and form.title else _MODAL),
        "submit": plain(form.submit if limits.fits(form.submit, limits.VIEW_SUBMIT) else _SUBMIT),
        "close": plain("Cancel"),
        "private_metadata": _metadata(form, where),
        "blocks": blocks,
    }


def field_errors(form: Form, errors: Mapping[str, str]) -> dict[str, str] | None:
    """The errors as Slack shows them beside inputs; None if one of them has no input, and a new view is needed."""
    drawn = {each.name for each in form.fields if not _is_empty_choice(each)}
    return dict(errors) if errors and set(errors) <= drawn else None


def _metadata(form: Form, where: Where) -> str:
    origin = [where.conversation, where.direct, where.title, where.thread]
    content = {"form": form.form_id, "context": dict(form.context), "where": origin}
    packed = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    if len(packed) > limits.VIEW_METADATA:
        raise ValueError(f"the context of form {form.form_id} has {len(packed)} characters; Slack takes 3,000")
    return packed


def _complaint(text: str) -> list[Block]:
    return _text(f"⚠ {text}", bold=True) if text else []


def _text(text: str, *, bold: bool = False) -> list[Block]:
    if bold:
        return [rich(run(piece, bold=True)) for piece in limits.pieces(text, limits.RICH_TEXT)]
    return [section(piece) for piece in limits.pieces(text, limits.SECTION_TEXT)]


def _field(each: AnyField, values: Values, error: str) -> Iterator[Block]:
    typed = values.get(each.name)
    yield from _complaint(f"{each.label}: {error}" if error else "")
    example = each.placeholder if isinstance(each, forms.Text) else ""
    told = ((each.label, limits.LABEL_TEXT), (each.hint, limits.HINT_TEXT), (example, limits.PLACEHOLDER))
    yield from _text("\n".join(text for text, limit in told if not limits.fits(text, limit)))
    match each:
        case forms.Text():
            yield from _texts(each, _one(typed, each.value))
        case forms.Date():
            yield _input(each, {"type": "datepicker", **_if_date(_one(typed, each.value))})
        case forms.Time():
            yield _input(each, {"type": "timepicker", **_if_time(_one(typed, each.value))})
        case forms.Number():
            yield _input(each, _number(each, _one(typed, each.value)))
        case forms.Choice():
            yield from _choice(each, each.value if typed is None else typed)
        case forms.Person():
            chosen = _one(typed, each.value)
            known = {"initial_user": addresses.last_of(chosen)} if addresses.is_ours(chosen) else {}
            yield _input(each, {"type": "users_select", **known})
        case forms.Check():
            yield _check(each, each.value if typed is None else bool(typed))
        case _:
            assert_never(each)


def _one(typed: Value | None, otherwise: str) -> str:
    return typed if isinstance(typed, str) else otherwise


def _input(each: AnyField, element: Block, *, name: str = "", label: str = "", optional: bool | None = None) -> Block:
    """Its label says whose it is, also to who hears it; a longer one than Slack takes stands in full above."""
    drawn: Block = {
        "type": "input",
        "block_id": name or each.name,
        "label": plain(_short(label or each.label or each.name, limits.LABEL_TEXT)),
        "element": {"action_id": _VALUE, **element},
        "optional": not each.required if optional is None else optional,
    }
    hinted = each.hint and not label and limits.fits(each.hint, limits.HINT_TEXT)
    return {**drawn, "hint": plain(each.hint)} if hinted else drawn


def _short(text: str, limit: int) -> str:
    return text if limits.fits(text, limit) else next(limits.pieces(text, limit - 1)).rstrip() + "…"


def _texts(each: forms.Text, value: str) -> Iterator[Block]:
    """Slack's input takes 3,000 characters. A field that allows more, or holds more, has several; they are joined."""
    written = _boxes(value)
    boxes = max(-(-each.limit // limits.INPUT_TEXT), len(written), 1)
    written += [""] * (boxes - len(written))
    for box, text in enumerate(written):
        room = min(each.limit - box * limits.INPUT_TEXT, limits.INPUT_TEXT)
        element: Block = {"type": "plain_text_input", "multiline": each.multiline or boxes > 1}
        element["max_length"] = max(room, limits.units(text), 1)
        if text:
            element["initial_value"] = text
        if each.placeholder and not box and limits.fits(each.placeholder, limits.PLACEHOLDER):
            element["placeholder"] = plain(each.placeholder)
        if box:
            label = f"{each.label} (continued, {box + 1} of {boxes})"
            yield _input(each, element, name=f"{each.name}{_MORE}{box + 1}", label=label, optional=True)
        else:
            yield _input(each, element)


def _boxes(value: str) -> list[str]:
    """As much in each as it takes, counted as browsers count."""
    cut: list[str] = []
    start = room = 0
    for at, character in enumerate(value):
        room -= limits.units(character)
        if room < 0:
            cut += [value[start:at]] if at else []
            start, room = at, limits.INPUT_TEXT - limits.units(character)
    return [*cut, value[start:]] if value else []


def _if_date(value: str) -> Block:
    with contextlib.suppress(ValueError):
        return {"initial_date": date.fromisoformat(value).isoformat()}
    return {}


def _if_time(value: str) -> Block:
    with contextlib.suppress(ValueError):
        return {"initial_time": time.fromisoformat(value).strftime("%H:%M")}
    return {}


def _number(each: forms.Number, value: str) -> Block:
    bounds = {"min_value": each.least, "max_value": each.most}
    element = {name: f"{bound:g}" for name, bound in bounds.items() if bound is not None}
    with contextlib.suppress(ValueError):
        float(value)
        element["initial_value"] = value
    return {"type": "number_input", "is_decimal_allowed": True, **element}


def _is_empty_choice(each: AnyField) -> bool:
    return isinstance(each, forms.Choice) and not each.options


def _choice(each: forms.Choice, value: Value) -> Iterator[Block]:
    """Boxes or radio buttons while they are few, else a menu. A radio button cannot be taken back, a menu can."""
    if _is_empty_choice(each):
        yield from _text(f"{each.label}: there is nothing to choose from yet.")
        return
    if len(each.options) > limits.OPTIONS_A_SELECT:
        raise ValueError(f"{each.name} has {len(each.options)} options; Slack shows {limits.OPTIONS_A_SELECT}")
    long = (option for option in each.options if not limits.fits(option.label, limits.OPTION_LABEL))
    yield from _text("\n".join(f"{_short(option.label, limits.OPTION_LABEL)} = {option.label}" for option in long))
    chosen = [_option(o) for o in each.options if o.value in ((value,) if isinstance(value, str) else value)]
    few = len(each.options) <= (limits.OPTIONS_AS_BOXES if each.several else limits.OPTIONS_AS_RADIO_BUTTONS)
    if each.several:
        kind = "checkboxes" if few else "multi_static_select"
        initial: Block = {"initial_options": chosen} if chosen else {}
    else:
        kind = "radio_buttons" if few and each.required else "static_select"
        initial = {"initial_option": chosen[0]} if chosen else {}
    yield _input(each, {"type": kind, "options": [_option(option) for option in each.options], **initial})


def _option(option: forms.Option) -> Block:
    if len(option.value) > limits.OPTION_VALUE:
        raise ValueError(f"an option carries {len(option.value)} characters; Slack takes {limits.OPTION_VALUE}")
    label = _short(option.label or option.value, limits.OPTION_LABEL)
    return {"text": plain(label), "value": option.value}


def _check(each: forms.Check, checked: bool) -> Block:
    yes: Block = {"text": plain("Yes"), "value": "yes"}
    element: Block = {"type": "checkboxes", "action_id": _CHECK, "options": [yes]}
    # Slack would insist on a required box being checked, and "no" is an answer
    return _input(each, {**element, "initial_options": [yes]} if checked else element, optional=True)


def submitted(body_view: Mapping[str, Any], team: str) -> Submitted:
    """A `view_submission`'s view, read back. Raises `NotUnderstood` for one that is none of ours."""
    values = _values((body_view.get("state") or {}).get("values") or {}, team)
    try:
        packed = json.loads(body_view["private_metadata"])
        conversation, direct, title, thread = packed["where"]
        where = Where(conversation=conversation, direct=direct, title=title, thread=thread)
        return Submitted(form_id=packed["form"], context=packed["context"], where=where, values=values)
    except (ValueError, LookupError, TypeError):
        raise NotUnderstood("private_metadata") from None


def _values(state: Mapping[str, Mapping[str, Any]], team: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for block_id in sorted(state, key=_box):
        name, more, _ = block_id.partition(_MORE)
        for action_id, element in state[block_id].items():
            value = _value(element, action_id, team)
            values[name] = _joined(str(values.get(name, "")), str(value)) if more else value
    return values


def _box(block_id: str) -> int:
    number = block_id.partition(_MORE)[2]
    return int(number) if number.isdecimal() else 1


def _joined(before: str, after: str) -> str:
    """A full input goes on in the next one mid-word; one that is not full ended there."""
    full = limits.units(before) % limits.INPUT_TEXT in {0, limits.INPUT_TEXT - 1}
    return before + ("\n" if before and after and not full else "") + after


def _value(element: Mapping[str, Any], action_id: str, team: str) -> Value:
    match element["type"]:
        case "datepicker":
            return element.get("selected_date") or ""
        case "timepicker":
            return element.get("selected_time") or ""
        case "static_select" | "radio_buttons":
            return str((element.get("selected_option") or {}).get("value") or "")
        case "users_select":
            user = element.get("selected_user")
            return addresses.account(team, user) if user else ""
        case "checkboxes" | "multi_static_select":
            chosen = tuple(_option_values(element.get("selected_options") or ()))
            return chosen if action_id != _CHECK else "".join(chosen)
        case _:
            return element.get("value") or ""


def _option_values(options: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (option["value"] for option in options)


def people_in(form: Submitted) -> list[str]:
    """The accounts that were picked."""
    return [value for value in form.values.values() if isinstance(value, str) and _looks_like_account(value)]


def _looks_like_account(value: str) -> bool:
    return addresses.is_ours(value) and addresses.is_account(value) and " " not in value
