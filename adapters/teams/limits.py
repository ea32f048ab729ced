"""Teams' limits, each once and with the page that says it. Pages are Microsoft Learn's, by their titles.

A limit is reached by splitting and never by cutting something off; what is shortened stands whole beside it.
"""

# "Format your bot messages": about 100 KB now, and 80 of them safe; 40 and 28 for years, and still 28 for what a search
# inserts ("Build message extensions"). 25 KB are safe everywhere; the SDK adds addresses of its own to what is built here.
MESSAGE = 25 * 1024 - 1500
# Bytes of one element's text. It must fit a message beside title and buttons, with what is said of it, even if escaping
# makes it thrice as long.
TEXT = 3000
GRID = 6000  # of a table's JSON: two halves of a message, and what is said of it the other
CELL = 500  # bytes; a table of longer ones could not be cut between its rows
# A longer title stands whole in the body, and shortened above it, since every message repeats it.
TITLE = 400
SUMMARY = 300  # of a notification: what it says beyond is seen by nobody
# "Dialogs", TaskInfo: a longer one is cut. Ours then stands on the card instead, whole.
DIALOG_TITLE = 64
# "Adaptive Cards overflow menu": six in a row, those in its menu not counted.
BUTTONS_A_ROW = 6
SPOKEN_NAME = 100  # of a button, for who hears it; no page says more
TAP_TITLE = 100
CHOICES_SHOWN = 5  # beyond, they stand in a menu of their own
