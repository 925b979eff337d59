"""Which addresses are on the open internet."""

from __future__ import annotations

import pytest

from mlsr_es.sources.addresses import is_public


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "2606:2800:220:1::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"],
    ids=["IPv4", "IPv6", "mapped", "NAT64", "6to4"],
)
def test_what_everybody_reaches_is_public(address: str) -> None:
    """Public addresses are recognised, even an IPv4 address that is written as an IPv6 address."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),  # what clouds give credentials by
        *("100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254"),
        *("ff02::1", "ff0e::1", "2001:db8::1", "100::1", "4000::1", "3fff::1", "192.88.99.1"),
    ],
)
def test_what_is_private_reserved_or_for_many_is_not(address: str) -> None:
    """Loopback, private, link-local, metadata, multicast and documentation addresses are not public."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::1"],
    ids=["mapped", "mapped metadata", "compatible", "NAT64", "local NAT64", "6to4"],
)
def test_an_inner_address_of_ipv4_decides(address: str) -> None:
    """An IPv6 address with an IPv4 address in it is as public as the latter."""
    assert not is_public(address)


def test_a_tunnel_by_teredo_is_not_entered() -> None:
    """A Teredo address is not public."""
    assert not is_public("2001:0:5db8:d70e::1")


@pytest.mark.parametrize("address", ["", "localhost", "1.2.3", "0x7f.1", "2130706433"])
def test_what_is_no_address_is_not_public(address: str) -> None:
    """A text that is not an address is not public."""
    assert not is_public(address)
