"""What is drawn, as a tree: a tag, its attributes, its children. The page grows it out of text nodes, and a picture is taken of
it as HTML; so nothing that anybody typed can become markup in either.

`Strange` is the mirror's one error: a platform was sent something that the mirror cannot draw. It is never drawn as nothing.
"""

import html
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, TypeGuard
from urllib.parse import urlsplit

Json: TypeAlias = dict[str, Any]
Node: TypeAlias = tuple[str, Mapping[str, str], tuple["Node | str", ...]]
Child: TypeAlias = "Node | str | None"
Children: TypeAlias = "Child | Iterable[Children]"
Attributes: TypeAlias = Mapping[str, str | bool | None]

_VOID = frozenset({"br", "hr", "img", "input"})


class Strange(ValueError):
    """What it was that the mirror does not know."""


def el(tag: str, attributes: Attributes | str = "", *children: Children) -> Node:
    """An element; a bare text in the place of its attributes is its class. What is None or empty is left out."""
    named: Attributes = {"class": attributes} if isinstance(attributes, str) else attributes
    kept = {name: "" if value is True else str(value) for name, value in named.items() if value not in (None, False)}
    if kept.get("class") == "":
        del kept["class"]
    return tag, kept, tuple(_joined(_flat(children)))


def _joined(children: Iterable[Node | str]) -> list[Node | str]:
    """Texts beside each other are one."""
    joined: list[Node | str] = []
    for child in children:
        before = joined[-1] if joined else None
        if isinstance(child, str) and isinstance(before, str):
            joined[-1] = before + child
        else:
            joined.append(child)
    return joined


def _flat(children: Iterable[Children]) -> Iterable[Node | str]:
    for child in children:
        if child is None or child == "":
            continue
        if isinstance(child, str) or _is_node(child):
            yield child
        else:
            yield from _flat(child)


def _is_node(child: object) -> TypeGuard[Node]:
    return isinstance(child, tuple) and len(child) == 3 and isinstance(child[0], str) and isinstance(child[1], dict)


def logo(css: str) -> Node:
    """The app's, in the place that the platform has for it."""
    return el("span", css, el("img", {"src": "/page/mark.svg", "alt": "", "width": "20", "height": "15"}))


def markup(node: Node | str) -> str:
    """As HTML, everything escaped."""
    if isinstance(node, str):
        return html.escape(node, quote=False)
    tag, attributes, children = node
    named = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    if tag in _VOID:
        return f"<{tag}{named}>"
    return f"<{tag}{named}>{''.join(map(markup, children))}</{tag}>"


def texts(node: Node | str) -> Iterable[str]:
    """Whatever can be read in it, in order."""
    if isinstance(node, str):
        yield node
        return
    for child in node[2]:
        yield from texts(child)


def only(part: Mapping[str, Any], *known: str) -> None:
    """Raises `Strange` for a property that the drawing would leave out."""
    if unknown := part.keys() - {"type", *known}:
        raise Strange(f"{part.get('type', 'something')} with {', '.join(sorted(unknown))}")


def web_address(url: str) -> str | None:
    """Only the web is opened: a `javascript:` address stays text."""
    return url if urlsplit(url).scheme in ("http", "https") else None


def classes(*names: str | bool | None) -> str:
    return " ".join(name for name in names if isinstance(name, str) and name)
