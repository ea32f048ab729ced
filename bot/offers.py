"""A private answer offers only what its reader may do: a button that would be refused is left out.

This is courtesy and no protection. Whoever presses is asked again (`Turn.require`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.access import Asker, Chair
from bot.cards import Block, Button, Card, Item, ItemList, LinkButton
from bot.replies import Answer, Reply
from bot.turns import Press


def offered(reply: Reply, asker: Asker, conversation: str, presses: Mapping[str, Press]) -> Reply:
    """The reply, as this asker sees it in this conversation. Whoever has no role is shown only what is their own."""
    chairs = asker.chairs_at(conversation)

    def may(button: Button | LinkButton) -> bool:
        press = presses.get(button.action) if isinstance(button, Button) else None
        return press is None or press.right is None or not chairs or any(allows(chair, press) for chair in chairs)

    return replace(reply, card=without(reply.card, may)) if isinstance(reply, Answer) else reply


def allows(chair: Chair, press: Press) -> bool:
    """May who has this role press it, and has that touchpoint switched on what it belongs to?"""
    switched_on = press.conversation is None or press.conversation in chair.conversations
    return switched_on and (press.right is None or chair.role.may(press.right))


def without(card: Card, may: Callable[[Button | LinkButton], bool]) -> Card:
    """The card with these buttons alone."""
    return replace(
        card,
        blocks=tuple(block_of(block, may) for block in card.blocks),
        buttons=tuple(button for button in card.buttons if may(button)),
    )


def block_of(block: Block, may: Callable[[Button | LinkButton], bool]) -> Block:
    """The same, for the buttons of a list's lines."""
    return (
        replace(block, items=tuple(item_of(item, may) for item in block.items))
        if isinstance(block, ItemList)
        else block
    )


def item_of(item: Item, may: Callable[[Button | LinkButton], bool]) -> Item:
    """The same, for one line."""
    return replace(item, buttons=tuple(button for button in item.buttons if may(button))) if item.buttons else item
