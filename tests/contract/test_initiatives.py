"""IT projects on every platform: added by form, answered, passed, listed and shared; what is wrong is marked where it is."""

from tests.contract.stage import Chair
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]


async def test_from_the_form_to_a_passed_gate(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("initiative add")
    await sam.fills(title="New CRM", starts_on="2031-09-30", ends_on="2031-03-03", detail="For all of sales.")
    assert sam.form, "it must stay open"
    assert sam.form.errors["ends_on"] == "It ends before it starts. Choose a later day."
    assert sam.form.fields["detail"] == "For all of sales."
    await sam.fills(starts_on="2031-03-12", ends_on="2031-09-30", partner="Dana")
    assert "due Wed 12 March" in newest(sam, "I-1 New CRM").text
    await dana.types("agenda")
    assert "I-1 New CRM: idea gate" in newest(dana, "Agenda for").text
    await dana.types("initiative I-1")
    await dana.presses("Answer", on=newest(dana, "I-1 New CRM"))
    assert dana.form
    await dana.fills(**dict.fromkeys([name for name in dana.form.fields if name.startswith("q")], "It leaks."))
    assert "2 of 2 questions answered" in newest(dana, "I-1 New CRM").text
    await dana.presses("Pass gate", on=newest(dana, "I-1 New CRM"))
    assert "✓ idea" in newest(dana, "I-1 New CRM").text


async def test_gates_out_of_order_are_marked(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("initiative add New CRM")
    await sam.presses("Gates", on=newest(sam, "I-1 New CRM"))
    await sam.fills(design="2031-05-01", build="2031-04-01")
    assert sam.form, "it must stay open"
    assert sam.form.errors["build"] == "It comes before a gate in front of it. Choose a later day."
    await sam.fills(build="2031-06-01")
    assert "due Sun 1 June" in newest(sam, "I-1 New CRM").text


async def test_the_list_is_shared(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("initiative add New CRM")
    await dana.types("initiative list")
    listed = newest(dana, "Active initiatives (1)")
    assert "Security joined 0 of 1 at idea or design." in listed.text
    await dana.presses("Share here", on=listed)
    await here.settle()
    assert sees(sam, "Shared by Dana")


async def test_questions_of_ones_own(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("initiative questions high")
    await sam.presses("Change", on=newest(sam, "Questions of the high tier"))
    await sam.fills(idea="\n".join(f"Question {number}?" for number in range(11)))
    assert sam.form, "it must stay open"
    assert "At most 10 questions a gate" in sam.form.errors["idea"]
    await sam.fills(idea="Is it worth it?")
    assert "Is it worth it?" in newest(sam, "Questions of the high tier").text
