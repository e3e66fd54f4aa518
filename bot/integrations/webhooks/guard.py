"""Which addresses may be called: none inside, unless the operator allows it.

A name is resolved once, and the address that was judged is the one that is called: else a server of names
could answer something else the second time.
"""

import asyncio
import socket
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

from aiohttp.abc import AbstractResolver, ResolveResult

from bot.config.webhooks import Network

Address: TypeAlias = IPv4Address | IPv6Address
Lookup: TypeAlias = Callable[[str, int], Sequence[str]]

_NAT64 = ip_network("64:ff9b::/96")
_REFUSED = (
    ip_network("168.63.129.16/32"),  # Azure's own services, at a public address
    ip_network("192.0.0.0/24"),  # special uses, one of them Oracle's services
    ip_network("192.88.99.0/24"),  # relays of IPv6
    ip_network("64:ff9b:1::/48"),  # NAT64 inside a network
)


class Refused(Exception):
    """The address is one that must not be called."""


def lookup(host: str, port: int) -> Sequence[str]:
    """Ask the system which addresses a name has. It takes as long as it takes."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Guard:
    """Resolves the names of webhooks, in threads of their own: one that hangs holds up nothing else."""

    def __init__(self, look: Lookup = lookup) -> None:
        self._look = look
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="webhook")

    async def addresses(self, host: str, port: int, *, plain: bool, allow: Sequence[Network]) -> list[str]:
        """Return the addresses of a host that may be called; `plain` over HTTP only if allowed by name.

        Raises Refused, or OSError where the name is not known.
        """
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._look, host, port)
        usable = [one for one in found if may_call(ip_address(one.partition("%")[0]), allow, plain=plain)]
        if not usable:
            why = "plain http is for networks in `allow`" if plain else "it is inside, and not in `allow`"
            raise Refused(f"{host} must not be called: {why}")
        return usable

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def may_call(address: Address, allow: Collection[Network], *, plain: bool = False) -> bool:
    """Say whether an address may be called: one that is allowed, or over HTTPS any outside."""
    behind = embedded(address)
    if any(one in network for one in {address, behind} for network in allow):
        return True
    return not plain and _outside(address) and _outside(behind)


def embedded(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    if address.packed[:12] == bytes(12) and address.packed[12:] not in {bytes(4), bytes(3) + b"\x01"}:
        return IPv4Address(address.packed[-4:])  # an old form, which some systems still understand
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _outside(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (address in _NAT64 or address.ipv4_mapped):
        return True  # judged by what it stands for
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not special and not any(address in network for network in _REFUSED)


class Pinned(AbstractResolver):
    """Tells aiohttp the addresses that were judged, whatever it asks for."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for one in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""
