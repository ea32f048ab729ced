"""The contract suite's playground stage, tried on the scripted core."""

from adapters.playground.room import HOME
from bot.requests import CommandTyped, FormSubmitted, MessagePosted
from tests.adapters.playground.showroom import AGENDA, DECISION, ShowCore
from tests.contract.play_stage import play_stage
from tests.contract.stage import Chair, Stage


async def test_people_take_the_chairs_in_order_and_outsiders_are_marked() -> None:
    core = ShowCore()
    async with play_stage(core) as stage:
        spoken_of: Stage = stage
        ada: Chair = await spoken_of.seat("Ada")
        bo = await stage.seat("Bo")
        eve = await stage.seat("Eve Stranger", outsider=True)
        assert [ada.account, bo.account, eve.account] == [
            "play:local/cio",
            "play:local/ciso",
            "play:local/eve-stranger",
        ]
        await eve.types("agenda", where="other")
        (asked,) = core.asked
        assert isinstance(asked, CommandTyped)
        assert asked.actor.outsider
        assert asked.where.title == "#random"


async def test_a_form_by_command_with_an_error_and_then_right() -> None:
    core = ShowCore()
    async with play_stage(core) as stage:
        ada, bo = await stage.seat("Ada"), await stage.seat("Bo")
        await ada.types("risk add")
        assert ada.form
        assert ada.form.title == "Raise a risk"
        await ada.fills(title="VPN", notify=False, owner=bo.account)
        assert ada.form
        assert (ada.form.fields["title"], set(ada.form.errors)) == ("VPN", {"title"})
        await ada.fills(title="VPN reaches end of support")
        assert ada.form is None
        submitted = core.asked[-1]
        assert isinstance(submitted, FormSubmitted)
        assert (submitted.values["notify"], submitted.people[0].name) == ("", "Bo")
        (answer,) = ada.screen()
        assert (answer.private, answer.place) == (True, HOME)
        assert "VPN reaches end of support" in answer.text
        assert bo.screen() == []


async def test_deliveries_buttons_replies_and_redelivery() -> None:
    core = ShowCore()
    async with play_stage(core) as stage:
        core.edge = stage.edge
        ada, bo = await stage.seat("Ada"), await stage.seat("Bo")
        await stage.edge.post(conversation=HOME, card=AGENDA, delivery="a")
        await stage.edge.post(conversation=HOME, card=DECISION, delivery="d")
        agenda, decision = bo.screen()
        assert agenda.buttons[:2] == ("Discussed", "Defer")
        await bo.presses("Agree", on=decision)
        assert ada.screen()[-1].text.startswith("D-12 is agreed")
        said = await ada.says("The drill", to=agenda, where="home")
        await ada.edits(said, "The phishing drill")
        await ada.deletes(said)
        heard = [asked for asked in core.asked if isinstance(asked, MessagePosted)]
        assert [(one.text, one.edited, one.deleted) for one in heard] == [
            ("The drill", False, False),
            ("The phishing drill", True, False),
            ("", False, True),
        ]
        await ada.says("Once")
        await stage.redeliver()
        assert len({asked.id for asked in core.asked[-2:] if isinstance(asked, MessagePosted)}) == 1
        assert [seen.text for seen in ada.screen()].count("Once") == 1
