"""Threats on every platform: from one form to a brief, and one tap to do something about it."""

from datetime import timedelta
from pathlib import Path

import pytest

from agenda.catalog import Catalog, Headline, Malformed, exploited
from bot import threats
from storage import rows
from storage import threats as kept
from storage.unit_of_work import unit_of_work
from tests.conftest import MONDAY
from tests.contract.stage import Chair
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]
KEV = (Path(__file__).parent.parent / "payloads" / "kev" / "catalog.json").read_bytes()
DAY = timedelta(days=1)


async def read(here: World, catalog: Catalog, headlines: tuple[Headline, ...] = ()) -> None:
    """The scheduler has read the sources."""

    def take() -> None:
        with unit_of_work(here.core.bot.engine, organization_id=1, now=here.clock.now()) as record:
            threats.take(record, catalog, 0)
            threats.take(record, headlines, kept.of_files(record).key)

    await here.core.run(take)
    await here.settle()


def fresh() -> Catalog:
    """SharePoint was added yesterday."""
    from dataclasses import replace

    catalog, yesterday = exploited(KEV), MONDAY.date() - DAY
    entries = tuple(
        replace(one, added=yesterday, due=yesterday + 14 * DAY) if one.product == "SharePoint" else one
        for one in catalog.entries
    )
    return replace(catalog, entries=entries)


async def switched_on(here: World, sam: Chair) -> None:
    await sam.types("conversations")
    await sam.presses("Change", on=newest(sam, "Your conversations"))
    await sam.fills(on=("threats",))
    await here.settle()


async def test_from_one_form_to_a_brief_and_one_tap(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("threats")
    assert sees(sam, "not switched on here")
    await switched_on(here, sam)
    await sam.types("threats")
    await sam.presses("Add products", on=newest(sam, "Which products do you run?"))
    await sam.fills(products="MS Share Point\nLog4j; the moon")
    assert sam.form, "it must stay open"
    assert "There is no area “the moon”" in sam.form.errors["products"]
    assert sam.form.fields["products"] == "MS Share Point\nLog4j; the moon"
    await sam.fills(products="MS Share Point\nLog4j")
    assert sees(sam, "Watching 2 more products")
    await read(here, fresh(), (Headline(key="1", title="MS Share Point under attack", at=here.clock.now()),))
    await here.until(MONDAY + DAY)
    brief = newest(dana, "1 new threat to what we run")
    assert "Microsoft SharePoint lets attackers run their own programs on it" in brief.text
    assert "ours: MS Share Point" in brief.text
    assert "used by ransomware" in brief.text
    assert "In the news" in brief.text
    assert "New threats to what we run" in brief.text
    await dana.presses("Raise risk", on=brief)
    assert dana.form
    assert dana.form.fields["title"] == "Microsoft SharePoint lets attackers run their own programs on it"
    await dana.fills(impact="5")
    await here.settle()
    assert sees(dana, "R-1 Microsoft SharePoint lets attackers")
    assert "raised as R-1" in next(one for one in sam.screen() if one.message == brief.message).text


async def test_what_presses_comes_in_private_and_is_set_aside_with_a_reason(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await switched_on(here, sam)
    await sam.types("watch add SharePoint")
    await here.until(MONDAY + 2 * DAY)  # After the sync, long before the next brief.
    await read(here, fresh())
    await here.until(MONDAY + 3 * DAY)
    asked = newest(dana, "Microsoft SharePoint lets")
    await dana.presses("Not us", on=asked)
    await dana.fills(because="Ours runs in the cloud")
    await here.settle()
    await sam.types("threats aside")
    assert "set aside: Ours runs in the cloud" in newest(sam, "Set aside (1)").text
    await sam.presses("Concerns us after all", on=newest(sam, "Set aside (1)"))
    assert sees(sam, "This concerns us after all")


async def test_what_is_hostile_changes_nothing(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await switched_on(here, sam)
    await sam.types("watch add SharePoint")
    await read(here, fresh())
    for body in (b"{", b'{"vulnerabilities": []}', KEV.replace(b"cveID", b"cve")):
        with pytest.raises(Malformed):
            exploited(body)
    with unit_of_work(here.core.bot.engine, organization_id=1, now=here.clock.now(), writes=False) as record:
        assert len(rows.having(record, kept.Threat)) == 7
    await sam.types("threats")
    assert sees(sam, "1 new threat to what we run")
