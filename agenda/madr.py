"""A decision as a Markdown record in the layout of MADR 4 (https://adr.github.io/madr/), one file each.

What MADR has no place for (keys, links, risks, what it replaced) stands under More Information. Everything that people typed is
escaped, so it reads as it was typed and none of it becomes a heading of the record.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from agenda.decisions import DecisionFields, DecisionState, Option, options_in
from agenda.minutes import CLOSES_A_HEADING, escaped
from agenda.owners import names_in

LONGEST_NAME = 60  # characters of a file's name, number and ending not counted
# MADR's own words where it has one; `withdrawn` is none of them, and they are only examples.
STATUS = {
    DecisionState.PROPOSED: "proposed",
    DecisionState.AGREED: "accepted",
    DecisionState.REJECTED: "rejected",
    DecisionState.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One decision with what stands around it: `deciders` are the principals, `facts` go under More Information."""

    number: int
    text: DecisionFields
    changed_on: date
    deciders: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def file_name(number: int, title: str) -> str:
    """`0012-move-the-vpn.md`; a title without a letter that a file may have leaves the number alone."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_NAME].strip("-")
    return f"{number:04}{f'-{slug}' if slug else ''}.md"


def record(paper: Paper) -> str:
    """The whole file."""
    return "\n\n".join((front(paper), *body(paper))) + "\n"


def front(paper: Paper) -> str:
    """The metadata, as YAML: a JSON value is a YAML value."""
    said = {
        "status": status(paper.text),
        "date": paper.changed_on.isoformat(),
        "decision-makers": list(paper.deciders),
        "consulted": names_in(paper.text.consulted),
        "informed": names_in(paper.text.informed),
    }
    lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in said.items() if value)
    return "\n".join(("---", *lines, "---"))


def status(text: DecisionFields) -> str:
    """One that was replaced names which record took its place."""
    if text.state is DecisionState.SUPERSEDED:
        return f"superseded by ADR-{text.replaced_by or 0:04}"
    return STATUS[text.state]


def body(paper: Paper) -> Iterator[str]:
    """Title and sections, in MADR's order. A section of which nothing was said is left out, but for the three that it wants."""
    text, options = paper.text, options_in(paper.text.options)
    yield heading("#", text.title)
    yield "## Context and Problem Statement"
    yield said(text.question) or "Nothing was written down."
    yield "## Considered Options"
    yield "\n".join(f"* {escaped(option.title)}" for option in options if option.title) or "None was written down."
    yield "## Decision Outcome"
    yield from outcome(text, options)
    if text.review_on:
        yield "### Confirmation"
        yield f"To be reviewed on {text.review_on.isoformat()}."
    weighed = [option for option in options if option.pros or option.cons]
    if weighed:
        yield "## Pros and Cons of the Options"
        for option in weighed:
            yield heading("###", option.title or "In general")
            yield "\n".join(arguments(option))
    if paper.facts:
        yield "## More Information"
        yield "\n".join(f"* {name}: {said(value, indent=2)}" for name, value in paper.facts.items())


def outcome(text: DecisionFields, options: list[Option]) -> Iterator[str]:
    """What was chosen and why; and, where an option was chosen by its name, what follows from that."""
    chosen = [option for option in options if option.title and option.title == text.outcome.strip()]
    if not chosen:
        yield from filter(None, (said(text.outcome or text.title), said(text.rationale)))
        return
    why = f", because {said(text.rationale)}" if text.rationale.strip() else "."
    yield f'Chosen option: "{escaped(chosen[0].title)}"{why}'
    if chosen[0].pros or chosen[0].cons:
        yield "### Consequences"
        yield "\n".join(arguments(chosen[0]))


def arguments(option: Option) -> Iterator[str]:
    """For and against."""
    yield from (f"* Good, because {escaped(pro)}" for pro in option.pros)
    yield from (f"* Bad, because {escaped(con)}" for con in option.cons)


def heading(level: str, text: str) -> str:
    """One line, and all of it belongs to the heading."""
    return f"{level} " + CLOSES_A_HEADING.sub(r"\\\1", escaped(" ".join(text.split())))


def said(text: str, *, indent: int = 0) -> str:
    """As it was typed: its lines stay lines, its empty lines paragraphs."""
    lines = [escaped(line.strip()) for line in text.strip().splitlines()]
    broken = [line + ("\\" if line and after else "") for line, after in pairwise([*lines, ""])]
    return f"\n{' ' * indent}".join(broken)
