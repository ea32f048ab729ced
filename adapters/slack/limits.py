"""Slack's limits, each once, and how a text is cut into pieces that keep to one.

Sources: https://docs.slack.dev/reference/block-kit (blocks, elements, composition objects), and where it says nothing,
what was observed. A limit is reached by splitting and never by cutting something off.
"""

import json
from collections.abc import Iterator
from typing import Any

BLOCKS_A_MESSAGE = 50
BLOCKS_A_VIEW = 100
HEADER_TEXT = 150
SECTION_TEXT = 3000
CONTEXT_TEXT = 2000
BUTTON_LABEL = 75
BUTTON_VALUE = 2000
BUTTONS_A_ROW = 5  # an actions block takes 25; more than five a row are wrapped by the client and read badly
LINK_URL = 3000
ACTION_ID = 255
CONFIRM_TEXT = 300
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLES_A_MESSAGE = 1
TABLE_TEXT = 10_000
CHART_TITLE = 50
CHART_LABEL = 20
CHART_SERIES = 6
CHART_SEGMENTS = 6
CHART_CATEGORIES = 20
CHARTS_A_MESSAGE = 2
VIEW_TITLE = 24
VIEW_SUBMIT = 24
VIEW_METADATA = 3000
LABEL_TEXT = 2000
PLACEHOLDER = 150
INPUT_TEXT = 3000
OPTION_LABEL = 75
OPTION_VALUE = 150
OPTIONS_A_SELECT = 100
OPTIONS_AS_BOXES = 10
# Of an overflow menu. The upper bound is documented; the lower one was for years, and one option is no menu anyway.
OPTIONS_IN_MENU = 5
LEAST_OPTIONS_IN_MENU = 2

# `msg_blocks_too_long` is documented without its number. Others measured it at about 13,200 characters of the blocks
# with their containers (slackapi/bolt-js issues 2509 and 2867), so a message of ours stays below, counted as JSON.
MESSAGE_JSON = 12_000
# The fallback text: over 4,000 characters Slack may split a message or refuse it (`msg_too_long`).
MESSAGE_TEXT = 3_900
# Rich text has no documented limit of its own; a block of ours keeps to a section's.
RICH_TEXT = 2_800
# Many short lines are little text and much JSON: what stands around a link's words is longer than most of them.
RICH_JSON = MESSAGE_JSON // 2


def weight(text: str) -> int:
    """How long Slack may count this text to be: escaped, and a character outside the basic plane as two."""
    escapes = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    return len(text) + escapes + (0 if text.isascii() else sum(character > "\uffff" for character in text))


def fits(text: str, limit: int) -> bool:
    """Most texts are far below their limit, and this is asked for each of them on the path of a request."""
    return len(text) * 5 <= limit or weight(text) <= limit


def pieces(text: str, limit: int) -> Iterator[str]:
    """The whole text in pieces of at most `limit`, cut after a line if there is one in the second half, else a word."""
    while not fits(text, limit):
        cut = _longest(text, limit)
        for boundary in ("\n", " "):
            at = text.rfind(boundary, cut // 2, cut)
            if at >= 0:
                cut = at + 1
                break
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text


def line_pieces(text: str, limit: int) -> Iterator[str]:
    """Text whose lines count, in pieces of at most `limit`: between two of them a line feed is left out, since each is
    drawn on lines of its own. Only a line that is over the limit by itself is cut inside."""
    while not fits(text, limit):
        cut = _longest(text, limit)
        end = text.rfind("\n", 1, cut + 1)
        yield text[: end if end > 0 else cut]
        text = text[end + 1 if end > 0 else cut :]
    if text:
        yield text


def json_length(drawn: Any) -> int:
    """Of a block, or of several in a list."""
    return len(_encoded(drawn))


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def _longest(text: str, limit: int) -> int:
    total = 0
    for index, character in enumerate(text):
        total += weight(character)
        if total > limit:
            return index
    return len(text)
