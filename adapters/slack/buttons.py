"""Buttons as Slack draws them, and what a press on one of them says.

What is usual stands in rows; what is rare stands together behind one “…” at their end, Slack's overflow menu
(https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element). It can ask no question for one of its
options alone, has little room for a value, and takes five, so a rare button that does not fit is drawn like any other:
nobody could tell two “…” apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, assert_never

from adapters.slack import limits
from adapters.slack.messages import Drawn
from adapters.slack.texts import Block, context, plain, unescaped
from bot.cards import Button, LinkButton

LINK_ACTION = "link"  # Slack reports presses of link buttons too; nothing is to be done about them
_MENU_ACTION = "menu"  # what was chosen says which action it is
_SAYABLE = 300  # characters of an address
_FORM = "f"  # stands before the action where its answer is a form, so that a press says so itself

Menu: TypeAlias = tuple[Button, ...]
Control: TypeAlias = Button | LinkButton | Menu
Names: TypeAlias = Mapping[Button, str]
NAMELESS: Names = {}


def rows(buttons: Iterable[Button | LinkButton], key: str, names: Names = NAMELESS) -> Iterator[Drawn]:
    """Rows of buttons. A label or a question that is too long for its button stands in full above the row."""
    for row in _rows(list(enumerate(_controls(list(buttons))))):
        for text in _said_above(control for _, control in row):
            yield from (Drawn(context(piece), piece) for piece in limits.pieces(text, limits.CONTEXT_TEXT))
        elements = [_element(control, f"{key}.{at}", names) for at, control in row if not _only_text(control)]
        if elements:
            yield Drawn({"type": "actions", "elements": elements}, _links(control for _, control in row))


def _links(row: Iterable[Control]) -> str:
    """Where its links lead, for who hears the message. A long address tells nothing to anybody."""
    links = (control for control in row if isinstance(control, LinkButton) and not _only_text(control))
    return "\n".join(f"{one.label}: {one.url}" if len(one.url) <= _SAYABLE else one.label for one in links)


def lone_menu(buttons: Sequence[Button], key: str) -> Block | None:
    """The menu that these buttons are, if they are one and nothing beside it."""
    match _controls(buttons):
        case [tuple() as menu]:
            return _element(menu, f"{key}.0", NAMELESS)
        case _:
            return None


def pressed(element: Mapping[str, Any]) -> tuple[str, str]:
    """The action and the value of a press, be it on a button or on an option of a menu."""
    if chosen := element.get("selected_option"):
        action, _, value = unescaped(chosen["value"]).partition("|")[2].partition("|")
        return action, value
    return action_of(element["action_id"]), unescaped(element.get("value") or "")


def opens_form(element: Mapping[str, Any]) -> bool:
    """Does it say of a press that a form is its answer?"""
    chosen = element.get("selected_option")
    return str(chosen["value"] if chosen else element["action_id"]).partition("|")[0].endswith(_FORM)


def action_of(action_id: str) -> str:
    return action_id.partition("|")[2]


def _controls(buttons: Sequence[Button | LinkButton]) -> list[Control]:
    """What is usual, in order, and after it what is rare, the last of it in one menu."""
    rare = [(at, one) for at, one in enumerate(buttons) if isinstance(one, Button) and _fits_into_menu(one)]
    menu = dict(rare[-limits.OPTIONS_IN_MENU :])
    if len(menu) < limits.LEAST_OPTIONS_IN_MENU:
        return list(buttons)
    return [*(one for at, one in enumerate(buttons) if at not in menu), tuple(menu.values())]


def _fits_into_menu(button: Button) -> bool:
    return (
        button.rare
        and not button.confirm
        and limits.fits(button.label, limits.OPTION_LABEL)
        and limits.fits(_option_value(button, limits.OPTIONS_IN_MENU), limits.OPTION_VALUE)
    )


def _rows(controls: list[tuple[int, Control]]) -> list[list[tuple[int, Control]]]:
    """A menu is small: one alone does not begin a row of its own."""
    width = limits.BUTTONS_A_ROW
    made = [controls[start : start + width] for start in range(0, len(controls), width)]
    if len(made) > 1 and len(made[-1]) == 1 and isinstance(made[-1][0][1], tuple):
        made[-2:] = [made[-2] + made[-1]]
    return made


def _said_above(row: Iterable[Control]) -> Iterator[str]:
    for control in row:
        match control:
            case LinkButton() if _only_text(control):
                yield f"{control.label}: {control.url}"
            case LinkButton() | Button():
                if not limits.fits(control.label, limits.BUTTON_LABEL):
                    yield f"{_short(control.label)} = {control.label}"
        if isinstance(control, Button) and control.confirm and not limits.fits(control.confirm, limits.CONFIRM_TEXT):
            yield f"{_short(control.label)}: {control.confirm}"


def _only_text(control: Control) -> bool:
    return isinstance(control, LinkButton) and len(control.url) > limits.LINK_URL


def _short(label: str) -> str:
    if limits.fits(label, limits.BUTTON_LABEL):
        return label
    return next(limits.pieces(label, limits.BUTTON_LABEL - 1)).rstrip() + "…"


def _element(control: Control, key: str, names: Names) -> Block:
    """`action_id` must be unique in a message, so the action stands behind a key; `action_of` takes it off again."""
    match control:
        case LinkButton():
            address = {"action_id": f"{key}|{LINK_ACTION}", "url": control.url}
            return {"type": "button", "text": plain(_short(control.label)), **address}
        case Button():
            name = names.get(control)
            return {**_button(control, key), **({"accessibility_label": name} if name else {})}
        case tuple():
            options = [
                {"text": plain(button.label), "value": _option_value(button, at)} for at, button in enumerate(control)
            ]
            return {"type": "overflow", "action_id": f"{key}|{_MENU_ACTION}", "options": options}
        case _:
            assert_never(control)


def _option_value(button: Button, at: int) -> str:
    """Its place in the menu stands first, since no two options may have the same value."""
    return f"{at}{_FORM if button.opens_form else ''}|{button.action}|{button.value}"


def _button(button: Button, key: str) -> Block:
    named = f"{key}{_FORM if button.opens_form else ''}|{button.action}"
    drawn: Block = {"type": "button", "text": plain(_short(button.label)), "action_id": named}
    if len(button.value) > limits.BUTTON_VALUE or len(named) > limits.ACTION_ID:
        raise ValueError(f"the button {button.action} carries more than Slack takes")
    if button.value:
        drawn["value"] = button.value
    if button.style != "default":
        drawn["style"] = button.style
    if button.confirm:
        drawn["confirm"] = _confirm(button, button.confirm)
    return drawn


def _confirm(button: Button, question: str) -> Block:
    """Whoever presses reads what they do a second time, where its name is short enough."""
    text = (
        question
        if limits.fits(question, limits.CONFIRM_TEXT)
        else "Are you sure? The question stands above the button."
    )
    style = {"style": button.style} if button.style != "default" else {}
    yes = button.label if limits.fits(button.label, limits.CONFIRM_LABEL) else "Yes"
    return {"title": plain("Are you sure?"), "text": plain(text), "confirm": plain(yes), "deny": plain("No"), **style}
