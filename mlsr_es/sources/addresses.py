"""Which addresses an image may be fetched from: only those that everybody on the internet can reach.

A document may name any host, and a name may resolve to any address: this machine, its private network, or the service
from which machines in a cloud get their credentials. None of these is on the open internet.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_UNICAST = IPv6Network("2000::/3")
"""All IPv6 addresses that are assigned to hosts on the internet."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv6 addresses with an IPv4 address in the last 32 bits, reached through a translator."""

_V4_COMPATIBLE = IPv6Network("::/96")
"""An older form with an IPv4 address in the last 32 bits, out of use but still understood by some systems."""

_CLOSED = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # for protocols; the metadata service of Oracle's cloud
            "192.88.99.0/24",  # formerly relays of 6to4
            "168.63.129.16/32",  # looks public; in Azure's cloud a service of the machine's host
            "2001::/23",  # for protocols, including Teredo's tunnels
            "3fff::/20",  # documentation
        ),
    )
)
"""Networks that are not public, although some versions of the standard library say so."""


def is_public(address: str) -> bool:
    """Whether an address, and any IPv4 address that it contains, is global unicast.

    Args:
        address: The address as a resolver gives it, such as ``93.184.215.14``, ``2606:2800::1`` or ``fe80::1%eth0``.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _v4_is_public(parsed)
    inner = _v4_inside(parsed)
    if inner is not None:
        return _v4_is_public(inner)
    return parsed in _UNICAST and parsed.is_global and not _is_closed(parsed)


def _v4_is_public(address: IPv4Address) -> bool:
    special = address.is_multicast or address.is_reserved or address.is_unspecified or _is_closed(address)
    return address.is_global and not special


def _is_closed(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in _CLOSED)


def _v4_inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address contains; None where it contains none."""
    if address in _NAT64 or address in _V4_COMPATIBLE:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour
