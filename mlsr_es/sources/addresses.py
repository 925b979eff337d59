"""Which internet addresses an image may be fetched from: those that everybody on the internet can reach, and no others.

A document may name any host, and a name may resolve to any address: to this machine, to the network behind it, to the
service from which a cloud's machines get their credentials. None of these is on the open internet.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that has been given out for hosts on the internet."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""An IPv4 address in the last 32 bits, reached through a translator."""

_V4_COMPATIBLE = IPv6Network("::/96")
"""The same, of a form that is no longer used and still understood by some."""

_CLOSED = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocols' own; in Oracle's cloud its metadata service
            "192.88.99.0/24",  # relays of 6to4 once
            "168.63.129.16/32",  # looks like everybody's; in Azure's cloud a service of the machine's host
            "2001::/23",  # protocols' own, Teredo's tunnels among them
            "3fff::/20",  # documentation
        ),
    )
)
"""What the standard library takes for public, in one of its versions or another, and is not."""


def is_public(address: str) -> bool:
    """Whether an address is global unicast, by itself and by every IPv4 address that it has inside.

    Args:
        address: As a resolver gives it: ``93.184.215.14``, ``2606:2800::1``, ``fe80::1%eth0``.
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
    """The IPv4 address that an IPv6 one leads to."""
    if address in _NAT64 or address in _V4_COMPATIBLE:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour
