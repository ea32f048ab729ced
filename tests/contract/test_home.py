"""Home on every platform: what is theirs in the place that it has for it, pressed there, and as current as the record."""

import pytest

from tests.contract.slack_stage import SlackChair, SlackStage
from tests.contract.stage import Chair, Seen, Stage
from tests.contract.world import World, newest

Chairs = tuple[Chair, Chair]
WAITS = "for you"


async def home_of(here: World, chair: Chair) -> Seen:
    """What stands there once all that is due is drawn."""
    await here.wait(seconds=3)
    return next(seen for seen in reversed(chair.screen()) if seen.text.splitlines()[0].endswith(WAITS))


async def test_what_waits_is_seen_and_done_from_there(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await dana.opens_home()
    await sam.types("decision add Switch off the VPN")
    home = await home_of(here, dana)
    assert "D-1 Switch off the VPN" in home.text
    await dana.presses("Read and sign", on=home)
    assert "Turn my key" in newest(dana, "D-1 Switch off the VPN").buttons
    await dana.presses("Turn my key")
    home = await home_of(here, dana)
    assert "Decided lately" in home.text
    assert "Read and sign" not in home.buttons


async def test_a_form_opens_from_there(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.opens_home()
    await sam.presses("Raise a point", on=await home_of(here, sam))
    assert sam.form
    await sam.fills(title="The VPN is old")
    assert sam.form is None
    await here.settle()
    await sam.types("agenda")
    assert "The VPN is old" in newest(sam, "Agenda for").text


async def test_who_is_new_reads_what_it_is(here: World, stage: Stage) -> None:
    sam = await stage.seat("Sam")
    await sam.opens_home()
    await here.settle()
    home = newest(sam, "Touchpoint keeps CIO and CISO in step")
    assert "Set up" in home.buttons
    await sam.presses("Set up", on=home)
    await here.settle()
    assert newest(sam, "Two steps, and we can begin")


async def test_a_guest_reads_one_line(here: World, stage: Stage, chairs: Chairs) -> None:
    guest = await stage.seat("Guest", outsider=True)
    await guest.opens_home()
    await here.settle()
    said = "\n".join(seen.text for seen in guest.screen())
    assert "Guests and people from outside" in said
    assert "Touchpoint keeps" not in said
    assert "Next syncs" not in said


@pytest.mark.parametrize("platform", ["slack"])
class TestSlack:
    async def test_it_is_published_and_no_message_is_sent(self, here: World, stage: SlackStage, chairs: Chairs) -> None:
        sam, _dana = chairs
        sent = len(stage.slack.called("chat.postMessage"))
        await sam.opens_home()
        await here.settle()
        await sam.opens_home()
        await here.settle()
        assert len(stage.slack.called("views.publish")) == 2
        assert len(stage.slack.called("chat.postMessage")) == sent

    async def test_what_looks_the_same_is_not_published_again(
        self, here: World, stage: SlackStage, chairs: Chairs
    ) -> None:
        sam, dana = chairs
        await dana.opens_home()
        await here.wait(seconds=3)
        before = len(stage.slack.called("views.publish"))
        await sam.types("promise add call the auditor by 20 March")
        await here.wait(seconds=3)
        assert len(stage.slack.called("views.publish")) == before
        await sam.types("decision add Switch off the VPN")
        await here.wait(seconds=3)
        assert len(stage.slack.called("views.publish")) == before + 1

    async def test_it_is_on_the_screen_within_a_second(self, here: World, stage: SlackStage, chairs: Chairs) -> None:
        sam, _dana = chairs
        assert here.deliverer
        here.deliverer.start()
        await sam.opens_home()
        await stage.slack.until(lambda: sam.account.rpartition("/")[2] in stage.slack.homes, within=1.0)
        await here.deliverer.stop()

    async def test_the_other_tab_is_left_alone(self, here: World, stage: SlackStage, chairs: Chairs) -> None:
        sam, _dana = chairs
        assert isinstance(sam, SlackChair)
        user = sam.account.rpartition("/")[2]
        await stage.event("app_home_opened", user=user, channel=stage.slack.direct(user).id, tab="messages")
        await here.settle()
        assert not stage.slack.called("views.publish")

    async def test_the_answer_stands_over_it_and_the_next_one_in_its_place(
        self, here: World, stage: SlackStage, chairs: Chairs
    ) -> None:
        sam, dana = chairs
        await sam.types("decision add Switch off the VPN")
        await dana.opens_home()
        home = await home_of(here, dana)
        said, opened = len(stage.slack.called("chat.postMessage")), len(stage.slack.called("views.open"))
        await dana.presses("Read and sign", on=home)
        window = dana.screen()[-1]
        assert window.raw["type"] == "modal"
        await dana.presses("Turn my key", on=window)
        window = dana.screen()[-1]
        assert "agreed by both" in window.text
        assert len(stage.slack.called("chat.postMessage")) == said, "nothing in the chat that they do not look at"
        await dana.presses("Promise", on=window)
        assert dana.form, "a form takes its place too"
        await dana.fills(title="Tell the team")
        assert dana.form is None
        assert len(stage.slack.called("views.open")) == opened + 1

    async def test_where_the_tab_is_off_nothing_breaks(self, here: World, stage: SlackStage, chairs: Chairs) -> None:
        sam, _dana = chairs
        stage.slack.foreseen.add("not_enabled")
        stage.slack.fail("views.publish", error="not_enabled")
        await sam.opens_home()
        await here.settle()
        await sam.types("agenda add the VPN", where="direct")
        assert "Noted for" in sam.screen()[-1].text
        await sam.opens_home()
        await here.settle()
        assert sam.screen()[0].raw["type"] == "home"
