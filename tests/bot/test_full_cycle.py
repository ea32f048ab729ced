"""The first full cycle, told once from setting up to finding the decision again."""

from sqlalchemy import Engine

from tests.bot.room import HOME, Room


def test_from_setup_to_finding_the_decision_again(engine: Engine) -> None:
    room = Room(engine=engine)
    sam, dana = room.set_up()
    setup_card = str(room.in_(HOME)[0])
    assert "Every other Tuesday at 09:30, Europe/Zurich. Next: Tue 4 March, 09:30." in setup_card

    # The first sync is tomorrow, so its prompts are due at once.
    prompt = room.in_(sam.account)[0]
    assert "What should we talk about?" in str(prompt)
    assert "Noted for Tue 4 March, 09:30" in sam.says("threats: the old VPN")
    dana.presses("Add points", on=room.in_(dana.account)[0])
    dana.fills(hygiene="Passkeys for the board\nPhishing drill")
    assert "2 on the agenda" in dana.text

    room.wait(minutes=31)
    agenda = next(p for p in room.in_(HOME) if p.owed.kind == "agenda")
    assert "the old VPN (9 min · raised by Sam)" in str(agenda)
    assert "Passkeys for the board" in sam.types("agenda")
    assert "You raised\nthe old VPN" in str(room.in_(sam.account)[0])

    reminder = next(p for p in room.wait(days=1) if p.owed.kind == "start")
    assert set(reminder.card.notify) == {sam.account, dana.account}
    sam.presses("Start", on=reminder)
    live = next(p for p in room.settle() if p.owed.kind == "sync")
    assert "Sync in progress: 1 of 3" in str(live)

    dana.presses("Record decision", on=live)
    assert dana.form
    assert dana.form.fields[0].value == "the old VPN"
    dana.fills(title="Switch the old VPN off by June", rationale="Three findings, no owner.", owner="Robin")
    assert "waits for the CIO’s key" in dana.text
    room.settle()
    key = next(p for p in room.in_(sam.account) if p.owed.kind == "key")
    sam.presses("Turn my key", on=key)
    assert "agreed by both" in sam.text

    live = next(p for p in room.settle() if p.owed.kind == "sync")
    assert "2 of 3" in str(live)
    dana.presses("Defer", on=live)
    live = next(p for p in room.settle() if p.owed.kind == "sync")
    dana.presses("Discussed", on=live)
    live = next(p for p in room.settle() if p.owed.kind == "sync")
    assert "Everything is settled." in str(live)
    dana.presses("Close", on=live)
    minutes = next(p for p in room.settle() if p.owed.kind == "minutes")
    assert "D-1 Switch the old VPN off by June (agreed by both)" in str(minutes)
    assert "Carried over\nPasskeys for the board" in str(minutes)
    assert "Next: Tue 18 March, 09:30." in str(minutes)

    assert "Passkeys for the board (10 min · carried over 1× · raised by Dana)" in sam.types("agenda")
    assert "D-1 Switch the old VPN off by June" in sam.types("decision find vpn")
    assert "Three findings, no owner." in sam.types("decision show d1")
