"""A tenant joins another organization: what its people were shown and owed before comes along."""

from datetime import timedelta

from bot.requests import HomeOpened
from tests.bot.room import Room
from tests.bot.test_one_person import DAY, TUESDAY, code, joins


def test_a_home_that_was_opened_before_joining_follows_into_the_record():
    room = Room(now=TUESDAY - 6 * DAY)
    sam, _dana = room.set_up()
    teams, zoe = room.chair("Samuel", account="teams:x/sam"), room.chair("Zoe", account="teams:x/zoe")
    assert "It takes two minutes" in str(zoe.opens_home())
    looked = HomeOpened(id=room.new_id(), actor=teams.profile, where=teams.where("direct"))
    room.bot.dispatch(looked, room.now)
    teams.types(f"link {code(sam, 'Join this organization')}", place="direct")
    room.until(room.now + timedelta(minutes=1))
    assert "Ask Sam or Dana to let you in" in str(zoe.home), "there is a touchpoint now"
    assert teams.home, "what was owed at that moment is drawn from the record that they joined"
    joins(teams, sam)
    sam.types("risk add the old VPN")
    room.until(room.now + timedelta(minutes=1))
    assert "Next syncs" in str(teams.home)
    teams.opens_home(surface=None)
    room.until(room.now + timedelta(minutes=1))
    standing = [str(one) for one in room.in_(teams.account) if one.owed.kind == "home"]
    assert ["A newer one stands below" in one for one in standing] == [True, False], (
        "of the two in the chat the newest is current"
    )
