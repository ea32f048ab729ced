"""Slack's limits, each once and under the page that says it, and how a text is cut into pieces that keep to one.

A limit is reached by splitting and never by cutting something off. What only the code could exceed (a form of 101 blocks)
is a mistake in it, and raised as one.
"""

import json
from collections.abc import Iterator
from typing import Any

from adapters.signs import whole_signs

# https://docs.slack.dev/block-kit
BLOCKS_A_MESSAGE = 50
BLOCKS_A_VIEW = 100
# https://docs.slack.dev/reference/block-kit/blocks/header-block, …/section-block, …/context-block, …/actions-block
HEADER_TEXT = 150
SECTION_TEXT = 3000
CONTEXT_TEXT = 2000  # no page says it; a section's field and an input's label end there
BUTTONS_A_ROW = 5  # an actions block takes 25; more than five a row are wrapped by the client and read badly
# https://docs.slack.dev/reference/block-kit/blocks/input-block
LABEL_TEXT = 2000
HINT_TEXT = 2000
# https://docs.slack.dev/reference/block-kit/blocks/table-block; its 10,000 characters are more than a message's text takes
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLES_A_MESSAGE = 1
# https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
CHART_TITLE = 50
CHART_LABEL = 20
CHART_SERIES = 6
CHART_SEGMENTS = 6
CHART_CATEGORIES = 20
CHARTS_A_MESSAGE = 2
# https://docs.slack.dev/reference/block-kit/block-elements/button-element
BUTTON_LABEL = 75
BUTTON_VALUE = 2000
LINK_URL = 3000
ACTION_ID = 255
ACCESSIBILITY_LABEL = 75
# https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element: up to five options. That one is too few
# was documented for years, and one option is no menu anyway.
OPTIONS_IN_MENU = 5
LEAST_OPTIONS_IN_MENU = 2
# …/select-menu-element, …/checkboxes-element, …/radio-button-group-element, …/plain-text-input-element
OPTIONS_A_SELECT = 100
OPTIONS_AS_BOXES = 10
OPTIONS_AS_RADIO_BUTTONS = 5  # ten are allowed; more than five are a long way on a phone
INPUT_TEXT = 3000
PLACEHOLDER = 150
# https://docs.slack.dev/reference/block-kit/composition-objects/option-object, …/confirmation-dialog-object
OPTION_LABEL = 75
OPTION_VALUE = 150
CONFIRM_TEXT = 300
CONFIRM_LABEL = 30
# https://docs.slack.dev/reference/views/modal-views
VIEW_TITLE = 24
VIEW_SUBMIT = 24
VIEW_METADATA = 3000

# `msg_blocks_too_long` is documented without its number. Others measured it at about 13,200 characters of the blocks
# with their containers (slackapi/bolt-js issues 2509 and 2867), so a message of ours stays below, counted as JSON.
MESSAGE_JSON = 12_000
# A screen reader reads a message's `text` and none of its blocks (https://docs.slack.dev/reference/methods/chat.postMessage,
# "Accessibility considerations"), so it says all that they say. chat.update takes 4,000 of it, and counts bytes of what is
# escaped (gitlab-org/gitlab merge request 258898).
MESSAGE_TEXT = 3_900
DRAWN_TEXT = MESSAGE_TEXT - 100  # of one block, beside which a mark must fit
PIECE_TEXT = DRAWN_TEXT // 2  # of a piece of a long text: two share a message
# Rich text has no documented limit of its own; a block of ours keeps to a section's.
RICH_TEXT = 2_800
# Many short lines are little text and much JSON: what stands around a link's words is longer than most of them.
RICH_JSON = MESSAGE_JSON // 2

_ESCAPED = {"&": len("&amp;"), "<": len("&lt;"), ">": len("&gt;")}


def weight(text: str) -> int:
    """How long Slack may count this text to be: escaped, and a character outside the basic plane as two."""
    escapes = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    return units(text) + escapes


def spoken(text: str) -> int:
    """Bytes of it in a message's `text`, where it stands escaped."""
    escapes = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    return escapes + (len(text) if text.isascii() else len(text.encode(errors="surrogatepass")))


def units(text: str) -> int:
    """As browsers count it: in UTF-16, which is encoded ten times as fast as its characters are looked at."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def fits(text: str, limit: int) -> bool:
    """Most texts are far below their limit, and this is asked for each of them on the path of a request."""
    return len(text) * 5 <= limit or (weight(text) <= limit and spoken(text) <= DRAWN_TEXT)


def pieces(text: str, limit: int) -> Iterator[str]:
    """The whole text in pieces of at most `limit`, cut after a line if there is one in the second half, else a word."""
    while not fits(text, limit):
        cut = _longest(text, limit, PIECE_TEXT)
        for boundary in ("\n", " "):
            at = text.rfind(boundary, cut // 2, cut)
            if at >= 0:
                cut = at + 1
                break
        else:
            cut = whole_signs(text, cut)
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text


def line_pieces(text: str, limit: int) -> Iterator[str]:
    """Text whose lines count, in pieces of at most `limit`: between two of them a line feed is left out, since each is
    drawn on lines of its own. Only a line that is over the limit by itself is cut inside, between words."""
    while not fits(text, limit):
        cut = _longest(text, limit, DRAWN_TEXT)
        end = text.rfind("\n", 1, cut + 1)
        word = text.rfind(" ", cut // 2, cut) + 1 or whole_signs(text, cut)
        yield text[: end if end > 0 else word]
        text = text[end + 1 if end > 0 else word :]
    if text:
        yield text


def json_length(drawn: Any) -> int:
    """Of a block, or of several in a list."""
    return len(_encoded(drawn))


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def _longest(text: str, limit: int, room: int) -> int:
    total = said = 0
    for index, character in enumerate(text):
        if character < "\x80":
            counted = in_bytes = _ESCAPED.get(character, 1)
        else:
            counted = 1 + (character > "\uffff")
            in_bytes = 2 if character < "\u0800" else 2 + counted
        total += counted
        said += in_bytes
        if total > limit or said > room:
            return index
    return len(text)
