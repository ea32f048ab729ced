"""Tables as files and back, exactly; and what a row of one would change."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agenda import madr
from agenda.cells import as_csv, as_json, guarded, read_csv, read_json, unguarded
from agenda.decisions import DecisionFields, DecisionState
from agenda.errors import BadInput
from agenda.registered import DECISIONS, PROMISES, REGISTERS, RESPONSIBILITIES, RISKS
from agenda.registers import Act, Plan, Planned, Present, Register, Standing, plan
from agenda.risks import RiskFields
from agenda.values import Kind, written

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")) | st.text("'=+-@\t\r\n ;,\"＝ü")
DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1", "＝1", "'=1", "''=1")


@given(TEXTS)
@example("'")
@example("'=1")
@example("''''-1")
def test_a_guarded_cell_is_read_as_it_was(text: str):
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("cell", DANGEROUS)
def test_what_a_spreadsheet_would_calculate_is_text_to_it(cell: str):
    (_heads, (said,)) = csv.reader(io.StringIO(as_csv(["a"], [[cell]]).removeprefix("\ufeff"), newline=""))
    assert said == f"'{cell}"


@pytest.mark.parametrize("cell", ["it's", "'quoted'", "a=b", "7", "2031-03-03", "R-7"])
def test_everything_else_stays_as_it_is(cell: str):
    assert guarded(cell) == cell == unguarded(cell)


@given(st.lists(st.tuples(TEXTS.filter(str.strip), TEXTS), max_size=4))
def test_a_table_is_read_as_it_was_written(rows: list[tuple[str, str]]):
    for written_as, read in ((as_csv, read_csv), (as_json, read_json)):
        sheet = read(written_as(["title", "review_on"], rows))
        assert [(line.cells["title"], line.cells["review_on"]) for line in sheet.lines] == rows
        assert sheet.errors == ()


def test_excel_is_told_that_it_is_utf_8():
    assert as_csv(["a"], []).encode().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separators_of_every_country_are_understood(separator: str):
    sheet = read_csv(
        separator.join(("REF", "Review on", "Title")) + "\r\n" + separator.join(("R-1", "2031-03-03", "a b"))
    )
    assert sheet.heads == ("ref", "review_on", "title")
    assert sheet.lines[0].cells == {"ref": "R-1", "review_on": "2031-03-03", "title": "a b"}


def test_a_row_that_was_cut_apart_is_said_by_its_number_and_empty_ones_are_nothing():
    sheet = read_csv("title,owner\n,\nVPN, old,Sam\n\nBackup,Sam\n")
    assert [line.number for line in sheet.lines] == [5]
    assert sheet.errors[0].startswith("row 3: 3 cells, and 2 heads.")


@pytest.mark.parametrize("text", ['title\n"open', 'title\n"a"b', "title,Title\na,b"])
def test_what_is_no_table_is_refused(text: str):
    with pytest.raises(BadInput):
        read_csv(text)


@pytest.mark.parametrize("text", ["{", '{"title": "x"}', "[1]", "[" * 100_000])
def test_what_is_no_list_of_objects_is_refused(text: str):
    with pytest.raises(BadInput):
        read_json(text)


def test_json_takes_numbers_and_says_where_there_is_neither_number_nor_text():
    sheet = read_json(json.dumps([{"Title": "a", "Likelihood": 4, "owner": None}, {"title": ["b"]}]))
    assert sheet.lines[0].cells == {"title": "a", "likelihood": "4", "owner": ""}
    assert sheet.errors == ("row 2, title: neither a text nor a number. Write a text.",)


# ── what a row would change ───────────────────────────────────────────────────────────────────────────────────────────────


def planned(register: Register, table: str, present: Present | None = None) -> Plan:
    return plan(register, read_csv(table), present or Present())


def only(found: Plan) -> Planned:
    (one,) = found.rows
    return one


def a_risk(**changes: object) -> Standing:
    risk = RiskFields(title="Old VPN", raised_at=datetime(2031, 3, 3, tzinfo=UTC))
    values = {column.name: getattr(risk, column.name) for column in RISKS.taken}
    return Standing(**{"ref": "R-7", "state": "open", "values": values, **changes})  # type: ignore[arg-type]


HERE = Present(rows={"r-7": a_risk()})
CLOSED = Present(rows={"r-7": a_risk(state="closed", fixed="is closed")})


def test_a_row_without_a_ref_is_new_and_one_with_an_unknown_ref_too():
    assert only(planned(RISKS, "title,likelihood\nOld VPN,4\n")).values == {"title": "Old VPN", "likelihood": 4}
    assert only(planned(RISKS, "ref,title\nR-99,Old VPN\n", HERE)).act is Act.NEW


def test_of_one_that_stands_only_what_differs_is_changed():
    changed = only(planned(RISKS, "Ref,Title,Impact,Owner\nr-7,Old VPN,5,Sam\n", HERE))
    assert (changed.act, changed.ref, changed.values) == (Act.CHANGED, "R-7", {"impact": 5, "owner": "Sam"})
    assert only(planned(RISKS, "ref,title,state\nR-7,Old VPN,open\n", HERE)).act is Act.UNCHANGED


def test_an_empty_cell_empties_a_text_or_a_day_and_leaves_the_rest():
    there = a_risk(values={**a_risk().values, "owner": "Sam", "review_on": date(2031, 5, 1)})
    found = planned(RISKS, "ref,owner,review_on,likelihood,theme\nR-7,,,,\n", Present(rows={"r-7": there}))
    assert only(found).values == {"owner": "", "review_on": None}


def test_what_is_settled_stays_as_it_is_and_a_state_never_changes():
    assert planned(RISKS, "ref,title\nR-7,New\n", CLOSED).errors == (
        "row 2, title: R-7 is closed, and stays as it is. Take the row out.",
    )
    assert only(planned(RISKS, "ref,title,state\nR-7,Old VPN,closed\n", CLOSED)).act is Act.UNCHANGED
    assert planned(RISKS, "ref,state\nR-7,closed\n", HERE).errors[0].startswith("row 2, state: R-7 is open here")


def test_what_needs_keys_comes_in_without_and_says_so():
    risk = only(planned(RISKS, "title,state,treatment\nOld VPN,Accepted,mitigate\n"))
    assert (risk.values["state"], risk.values["treatment"]) == ("open", "accept")
    assert "two keys are needed" in risk.said[0]
    decision = only(planned(DECISIONS, "title,state\nMove,agreed\n"))
    assert decision.values["state"] == "proposed"
    assert "asked for their keys" in decision.said[0]
    assert only(planned(DECISIONS, "title,state\nMove,rejected\n")).act is Act.LEFT_OUT


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ("title,likelihood\nx,6", "row 2, likelihood: “6” is no step. Write a whole number from 1 to 5."),
        ("title,likelihood\nx,٣", "row 2, likelihood: “٣” is no step. Write a whole number from 1 to 5."),
        ("title,review_on\nx,3/4/2031", "row 2, review_on: “3/4/2031” is no day. Write it as 2031-12-31."),
        ("title,review_on\nx,2031-02-30", "row 2, review_on: “2031-02-30” is no day. Write it as 2031-12-31."),
        ("title,review_on\nx,20310228", "row 2, review_on: “20310228” is no day. Write it as 2031-12-31."),
        ("title,owner\n,Sam", "row 2, title: is empty, and a risk needs it."),
        ("owner\nSam", "row 2, title: is empty, and a risk needs it."),
        (
            "title,links\nx,javascript://alert(1)",
            "row 2, links: “javascript://alert(1)” is not one https address. Write one a line, and let it begin with https://.",
        ),
        (
            "title,source link\nx,SEC-412",
            "row 2, source_link: “SEC-412” is no https address. Write https://…, and nothing else.",
        ),
        (
            "title,target impact\nx,3",
            "row 2, target_likelihood: a level has two halves. Write both, or neither.",
        ),
        ("title,state\nx,gone", "row 2, state: “gone” is none. Write open or accepted or closed, or nothing."),
        ('title\n"a\nb"', "row 2, title: it has several lines. Write one; the rest belongs into another column."),
        ("title\na\x00b", "row 2, title: it holds a character that cannot be kept. Take out what shows as a box."),
    ],
)
def test_a_wrong_cell_is_said_by_row_and_column_with_what_to_do(cells: str, error: str):
    assert planned(RISKS, cells + "\n").errors == (error,)


def test_all_that_is_wrong_with_a_row_is_said_at_once():
    found = planned(RISKS, "title,likelihood,state\n,6,gone\nx,6,\n")
    assert [error.split(":")[0] for error in found.errors] == [
        "row 2, title",
        "row 2, state",
        "row 2, likelihood",
        "row 3, likelihood",
    ]


def test_a_text_that_is_too_long_is_refused_and_not_cut():
    (title,) = planned(RISKS, f"title\n{'x' * 201}\n").errors
    assert title == "row 2, title: it has 201 characters; at most 200 can be kept. Make it shorter."
    (text,) = planned(RISKS, f"title,description\nx,{'x' * 40_001}\n").errors
    assert "40,001" in text


def test_the_same_ref_twice_is_no_riddle():
    found = planned(RISKS, "ref,title\nR-7,a\nr-7,b\n", HERE)
    assert found.errors == ("row 3, ref: stands in row 2 too. Keep one.",)


def test_a_promise_needs_somebody_who_is_there():
    people = {"sam": {1}, "kim": {2, 3}, "slack:t1/u3": {3}}
    owners = ("SAM", "Slack:T1/U3", "Kim", "Mo")
    table = "title,owner,due_on\n" + "".join(f"x,{owner},2031-03-03\n" for owner in owners)
    found = planned(PROMISES, table, Present(people=people))
    assert [one.values.get("owner") for one in found.rows] == [1, 3, None, None]
    assert [error.split(".")[0] for error in found.errors] == [
        "row 4, owner: 2 people are called “Kim”",
        "row 5, owner: Nobody here is called “Mo”",
    ]


def test_an_area_is_known_by_its_name():
    there = Present(rows={"vendor risk": Standing(ref="Vendor risk", values={"area": "Vendor risk", "category": ""})})
    found = planned(RESPONSIBILITIES, "area,category\nVendor risk,gv.sc\n", there)
    assert only(found).values == {"category": "GV.SC"}


def test_columns_that_nobody_knows_and_those_only_exported_are_named():
    found = planned(RISKS, "title,Colour,Level,raised by\nx,red,9,Sam\n")
    assert (found.unknown, found.kept_out) == (("colour",), ("level", "raised_by"))
    with pytest.raises(BadInput, match="None of its columns"):
        planned(RISKS, "a,b\n1,2\n")


def test_every_register_has_its_key_and_every_list_its_words():
    for register in REGISTERS.values():
        if register.taken:
            assert register.key in {column.name for column in register.columns}
            assert [column.name for column in register.taken if column.kind is Kind.WORD and not column.words] == []


def test_values_are_written_in_utc_and_in_words():
    assert written(datetime(2031, 3, 3, 8, 0, tzinfo=UTC)) == "2031-03-03T08:00:00Z"
    assert [written(value) for value in (None, True, False, 7, date(2031, 3, 3))] == [
        "",
        "yes",
        "no",
        "7",
        "2031-03-03",
    ]


def test_a_ticket_is_a_link_too_and_the_other_half_of_a_level_may_stand_already():
    assert (
        only(planned(RISKS, 'title,links\nx,"SEC-412\nhttps://a.example/b"\n')).values["links"]
        == "SEC-412\nhttps://a.example/b"
    )
    half = Present(rows={"r-7": a_risk(values={**a_risk().values, "target_impact": 2, "target_likelihood": 2})})
    assert only(planned(RISKS, "ref,target_impact\nR-7,1\n", half)).values == {"target_impact": 1}
    assert planned(RISKS, "ref,target_impact\nR-7,\n", half).errors != ()


# ── a decision as a Markdown record ───────────────────────────────────────────────────────────────────────────────────────


def a_decision(**texts: object) -> DecisionFields:
    said = {
        "title": "Move the VPN",
        "question": "Where does the VPN run?",
        "options": "Cloud\n+ cheap\n- slow\nCellar\n- damp",
        "outcome": "Cloud",
        "rationale": "It is cheaper.",
        "consulted": "Kim, Mo",
        "review_on": date(2032, 3, 3),
    }
    return DecisionFields(recorded_at=datetime(2031, 3, 3, tzinfo=UTC), **(said | texts))


def markdown(decision: DecisionFields) -> str:
    paper = madr.Paper(
        number=12,
        text=decision,
        changed_on=date(2031, 3, 4),
        deciders=("Sam (CIO)", "Dana (CISO)"),
        facts={"Keys": "CIO Sam on 2031-03-03"},
    )
    return madr.record(paper)


def test_a_record_has_the_layout_of_madr_4():
    assert (
        markdown(a_decision(state=DecisionState.AGREED))
        == """---
status: "accepted"
date: "2031-03-04"
decision-makers: ["Sam (CIO)", "Dana (CISO)"]
consulted: ["Kim", "Mo"]
---

# Move the VPN

## Context and Problem Statement

Where does the VPN run?

## Considered Options

* Cloud
* Cellar

## Decision Outcome

Chosen option: "Cloud", because It is cheaper.

### Consequences

* Good, because cheap
* Bad, because slow

### Confirmation

To be reviewed on 2032-03-03.

## Pros and Cons of the Options

### Cloud

* Good, because cheap
* Bad, because slow

### Cellar

* Bad, because damp

## More Information

* Keys: CIO Sam on 2031-03-03
"""
    )


def test_one_that_was_replaced_names_its_successor():
    assert 'status: "superseded by ADR-0013"' in markdown(a_decision(state=DecisionState.SUPERSEDED, replaced_by=13))


def test_nothing_typed_becomes_a_part_of_the_record():
    attack = "---\nstatus: x\n# Decision\n## Decision Outcome\n<script>\n```"
    said = markdown(a_decision(title="# a\n## b", question=attack, options="", outcome=attack, rationale=attack))
    heads = [line for line in said.splitlines() if line.startswith(("#", "---", "<", "```"))]
    assert heads == [
        "---",
        "---",
        "# \\# a ## b",
        "## Context and Problem Statement",
        "## Considered Options",
        "## Decision Outcome",
        "### Confirmation",
        "## More Information",
    ]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Move the VPN", "0012-move-the-vpn.md"),
        ("Über/../../etc", "0012-uber-etc.md"),
        ("日本", "0012.md"),
        ("x" * 200, f"0012-{'x' * 60}.md"),
    ],
)
def test_a_file_is_named_by_number_and_title(title: str, name: str):
    assert madr.file_name(12, title) == name
