"""Looks up names, and leads nowhere into this network where a stranger chose the name.

What is found is what is connected to, so a name that means something else a moment later changes nothing.
"""

from collections.abc import Collection
from ipaddress import IPv6Address, ip_address
from socket import AF_INET, AddressFamily

from aiohttp import ThreadedResolver
from aiohttp.abc import ResolveResult


class Guarded(ThreadedResolver):
    """`strangers` are the names that a redirect led to. Raises `OSError` for one of them that is not on the public internet."""

    def __init__(self, strangers: Collection[str]) -> None:
        super().__init__()
        self._strangers = strangers

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        """Its addresses."""
        found = await super().resolve(host, port, family)
        if host.rstrip(".") in self._strangers and not all(is_public(one["host"]) for one in found):
            raise OSError(f"{host} lies in this network")
        return found


def is_public(address: str) -> bool:
    """Not this machine, not its network, not what a cloud tells its machines."""
    said = ip_address(address.partition("%")[0])
    inner = said.ipv4_mapped if isinstance(said, IPv6Address) else None
    return (inner or said).is_global and not said.is_multicast
