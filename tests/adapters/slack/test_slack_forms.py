"""Forms as modals: each field, each limit, and everything typed back again."""

from typing import Any

import pytest

from adapters.slack import forms
from bot.forms import AnyField, Check, Choice, Date, Form, Number, Option, Person, Text, Time
from bot.requests import Where
from tests.contract.slack_stage import payload
from tests.doubles import slack_blocks

WHERE = Where(conversation="slack:T0SLACK/C0HOME", title="#security-sync", thread="slack:T0SLACK/C0HOME/1.2")


def opened(*fields: AnyField, values: Any = None, errors: Any = None, **form: Any) -> dict[str, Any]:
    view = forms.view(
        Form(form_id="f", title=form.pop("title", "A form"), fields=fields, **form), WHERE, values=values, errors=errors
    )
    assert not slack_blocks.view_problems(view)
    return view


def element(view: dict[str, Any], at: int = 0) -> dict[str, Any]:
    inputs: list[dict[str, Any]] = [block["element"] for block in view["blocks"] if block["type"] == "input"]
    return inputs[at]


def options(count: int, label: str = "Option {}") -> tuple[Option, ...]:
    return tuple(Option(f"v{n}", label.format(n)) for n in range(count))


@pytest.mark.parametrize(
    ("field", "kind", "standing"),
    [
        (Text(name="a", label="A", value="typed", placeholder="p"), "plain_text_input", {"initial_value": "typed"}),
        (Date(name="a", label="A", value="2026-03-31"), "datepicker", {"initial_date": "2026-03-31"}),
        (Date(name="a", label="A", value="soon"), "datepicker", {}),
        (Time(name="a", label="A", value="09:30"), "timepicker", {"initial_time": "09:30"}),
        (
            Number(name="a", label="A", value="2.5", least=0, most=10),
            "number_input",
            {"min_value": "0", "max_value": "10"},
        ),
        (Person(name="a", label="A", value="slack:T0SLACK/U1"), "users_select", {"initial_user": "U1"}),
        (Person(name="a", label="A", value="teams:x/y"), "users_select", {}),
        (Check(name="a", label="A", value=True), "checkboxes", {"action_id": "check"}),
        (Choice(name="a", label="A", options=options(5), value="v1"), "radio_buttons", {}),
        (Choice(name="a", label="A", options=options(6), value="v1"), "static_select", {}),
        (Choice(name="a", label="A", options=options(3), required=False), "static_select", {}),
        (
            Choice(name="a", label="A", options=options(10), several=True, value=("v1",)),
            "checkboxes",
            {"action_id": "value"},
        ),
        (Choice(name="a", label="A", options=options(11), several=True), "multi_static_select", {}),
        (Choice(name="a", label="A", options=options(100)), "static_select", {}),
    ],
)
def test_each_field_is_the_input_that_slack_has_for_it(field: AnyField, kind: str, standing: dict[str, str]) -> None:
    drawn = element(opened(field))
    assert drawn["type"] == kind
    assert standing.items() <= drawn.items()


def test_a_choice_of_nothing_says_so() -> None:
    view = opened(Choice(name="a", label="Theme", options=()), Text(name="b", label="B"))
    assert "Theme: there is nothing to choose from yet." in slack_blocks.read(view["blocks"])


@pytest.mark.parametrize(("length", "headed"), [(24, False), (25, True)])
def test_a_title_too_long_for_a_modal_stands_in_it(length: int, headed: bool) -> None:
    view = opened(Text(name="a", label="A"), title="t" * length)
    assert ("t" * length in slack_blocks.read(view["blocks"])) is headed
    assert view["title"]["text"] == ("Touchpoint" if headed else "t" * length)


@pytest.mark.parametrize(
    ("limit", "boxes"), [(200, [200]), (3000, [3000]), (3001, [3000, 1]), (10_000, [3000, 3000, 3000, 1000])]
)
def test_a_text_longer_than_one_input_has_as_many_as_it_needs(limit: int, boxes: list[int]) -> None:
    view = opened(Text(name="a", label="A", limit=limit, multiline=True))
    assert [block["element"]["max_length"] for block in view["blocks"]] == boxes


def test_a_text_over_several_inputs_comes_back_as_it_was() -> None:
    text = "".join(f"{n} " for n in range(2000))
    view = opened(Text(name="a", label="A", limit=10_000, value=text))
    state = {
        block["block_id"]: {"value": {"type": "plain_text_input", "value": block["element"].get("initial_value")}}
        for block in reversed(view["blocks"])
    }
    assert forms.submitted(view | {"state": {"values": state}}, "T0SLACK").values == {"a": text}


def test_two_inputs_that_were_filled_by_hand_are_two_lines() -> None:
    view = opened(Text(name="a", label="A", limit=6000))
    typed = {name: {"value": {"type": "plain_text_input", "value": f"said in {name}"}} for name in ("a", "a~2")}
    assert forms.submitted(view | {"state": {"values": typed}}, "T0SLACK").values == {"a": "said in a\nsaid in a~2"}


def test_a_long_option_stands_in_full_above_its_choice() -> None:
    label = "o" * 76
    view = opened(Choice(name="a", label="A", options=(Option("v", label),)))
    assert label in slack_blocks.read(view["blocks"])


def test_a_rejected_form_has_what_was_typed_and_what_is_wrong() -> None:
    field, other = Text(name="a", label="Title"), Check(name="b", label="Binding", value=True)
    view = opened(field, other, values={"a": "mine", "b": ""}, errors={"": "Two keys are needed.", "a": "Too vague."})
    assert slack_blocks.read(view["blocks"]).startswith("⚠ Two keys are needed.\n⚠ Title: Too vague.\nTitle")
    assert element(view)["initial_value"] == "mine"
    assert "initial_options" not in element(view, 1)


def test_errors_stand_beside_their_fields_unless_one_has_none() -> None:
    form = Form(form_id="f", title="t", fields=(Text(name="a", label="A"), Choice(name="c", label="C", options=())))
    assert forms.field_errors(form, {"a": "no"}) == {"a": "no"}
    assert forms.field_errors(form, {"a": "no", "": "nor this"}) is None
    assert forms.field_errors(form, {"c": "choose"}) is None
    assert forms.field_errors(form, {}) is None


def test_a_submission_is_read_field_by_field() -> None:
    body = payload("view_submission")
    read = forms.submitted(body["view"], "T0SLACK")
    assert (read.form_id, read.context) == ("decision", {"touchpoint": "7"})
    assert read.where == Where(conversation="slack:T0SLACK/C0HOME", title="#security-sync")
    assert read.values == {
        "title": "Move to passkeys",
        "rationale": "",
        "owner": "slack:T0SLACK/U0RAVI",
        "due": "2026-03-31",
        "at": "09:30",
        "cost": "12.5",
        "theme": "strategy",
        "days": ("tue", "thu"),
        "binding": "yes",
    }
    assert forms.people_in(read) == ["slack:T0SLACK/U0RAVI"]


def test_where_a_form_was_opened_comes_back_with_it() -> None:
    view = opened(Text(name="a", label="A"), context={"once": "ü" * 1000, "x": '"' * 300})
    read = forms.submitted(view, "T0SLACK")
    assert read.where == WHERE
    assert read.context == {"once": "ü" * 1000, "x": '"' * 300}


def test_a_context_that_slack_cannot_carry_is_a_mistake_in_the_code() -> None:
    with pytest.raises(ValueError, match=r"form f has .* Slack takes 3,000"):
        opened(Text(name="a", label="A"), context={"x": "x" * 3000})
