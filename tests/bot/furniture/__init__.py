"""What each of the five conversations brings into the house and into the crowd: one file each.

`COMMANDS` are typed in both. `furnish` makes the house show each button and form of it, with the house's secret in every text;
`fill` makes the crowd's cards as long as they can be.
"""

from tests.bot.furniture import health, hygiene, initiatives, investment, threats

TALKS = (threats, investment, initiatives, hygiene, health)
COMMANDS = tuple(command for talk in TALKS for command in talk.COMMANDS)
