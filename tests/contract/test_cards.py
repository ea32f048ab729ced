"""What each platform makes of a heat map and of an excerpt: the same words, and nothing in them that becomes markup."""

from typing import Any

from bot.cards import HeatCell, HeatMap, Item, ItemList, Span, card
from tests.contract.stage import Chair, Seen, Stage
from tests.contract.world import World, newest

Chairs = tuple[Chair, Chair]
MATRIX = HeatMap(
    title="Open risks",
    down="Likelihood",
    across="Impact",
    rows=("very high", "low"),
    columns=("low", "very high"),
    cells=(
        (HeatCell("", "medium"), HeatCell("2", "critical", above=True)),
        (HeatCell("12", "low"), HeatCell("", "none")),
    ),
)
FOUND = Item(
    title="D-12 Close the *old* gateway",
    detail="decision · agreed",
    snippet=(Span("… the <b>"), Span("VPN", marked=True), Span("</b> and *its* {{DATE(2031)}} …")),
)
AS_TYPED = "… the <b>VPN</b> and *its* {{DATE(2031)}} …"


async def posted(stage: Stage, chair: Chair, *blocks: HeatMap | ItemList) -> Seen:
    await stage.edge.post(conversation=stage.home, card=card("What we know", *blocks), delivery="1")  # type: ignore[attr-defined]
    return newest(chair, "What we know")


async def test_a_heat_map_is_read_without_its_colours(stage: Stage, chairs: Chairs) -> None:
    """The letter of its heat and the mark of what is above appetite stand in the cell itself."""
    seen = await posted(stage, chairs[0], MATRIX)
    assert "Likelihood ↓ Impact → | low | very high" in seen.text
    [top] = [line for line in seen.text.splitlines() if line.startswith("very high |")]
    [bottom] = [line for line in seen.text.splitlines() if line.startswith("low |")]
    assert set("2C▲") <= set(top)
    assert "▲" not in bottom
    assert "12" in bottom
    assert top.split(" | ")[1] == "M", "a cell in which nothing stands says its heat alone"


def test_its_words_name_each_cell_in_which_something_stands() -> None:
    assert MATRIX.words == [
        "Likelihood very high, impact very high: 2 (critical, above appetite)",
        "Likelihood low, impact low: 12 (low)",
    ]


async def test_whoever_cannot_see_a_heat_map_hears_its_words(
    here: World, stage: Stage, chairs: Chairs, platform: str
) -> None:
    seen = await posted(stage, chairs[0], MATRIX)
    said = {"slack": spoken_by_slack, "teams": lambda seen: seen.text, "play": spoken_by_page}[platform](seen)
    for words in MATRIX.words:
        assert (words if platform != "play" else words.partition(": ")[2]) in said


def spoken_by_slack(seen: Seen) -> str:
    return str(seen.raw["text"])


def spoken_by_page(seen: Seen) -> str:
    """The page reads a cell's words behind the names of its row and column, which are the table's own headings."""
    [drawn] = [block for block in seen.raw["card"]["blocks"] if block["type"] == "heat_map"]
    return "\n".join(cell["words"] for row in drawn["cells"] for cell in row)


async def test_an_excerpt_stands_as_it_was_typed_with_what_was_looked_for_marked(
    stage: Stage, chairs: Chairs, platform: str
) -> None:
    seen = await posted(stage, chairs[0], ItemList((FOUND,)))
    assert AS_TYPED in seen.text
    assert marked_in(seen.raw, platform) == ["VPN"]
    assert seen.text.index("gateway") < seen.text.index("VPN") < seen.text.index("agreed")
    if platform == "slack":
        assert AS_TYPED in spoken_by_slack(seen).replace("&lt;", "<").replace("&gt;", ">")


def marked_in(raw: Any, platform: str) -> list[str]:
    """Whatever is bold, or marked, in an excerpt: the title's own bold stands alone in its run."""
    nodes = list(every_node(raw))
    match platform:
        case "slack":
            bold = [node["text"] for node in nodes if node.get("style") == {"bold": True}]
            return [text for text in bold if text != FOUND.title]
        case "teams":
            return [node["text"] for node in nodes if node.get("type") == "TextRun" and node.get("weight") == "Bolder"]
        case _:
            return [node["text"] for node in nodes if node.get("marked") is True]


def every_node(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [node for inner in part for node in every_node(inner)]
    if isinstance(part, dict):
        return [part, *(node for inner in part.values() for node in every_node(inner))]
    return []
