"""
Addresses, as people write them.
"""

from __future__ import annotations

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address, UNIXAddress

from eliot._text import decode, safe_str


def describe_address(address: object) -> str:
    """
    Describe the end of a connection.  Never raises.

    :param address: an :class:`~twisted.internet.interfaces.IAddress`.
    :returns: such as ``192.0.2.1:80``, ``[2001:db8::1]:80``, ``unix:/run/office``; what it
        shows of itself if it is of another kind.
    """
    try:
        if isinstance(address, IPv4Address):
            return f"{address.host}:{address.port}"
        if isinstance(address, IPv6Address):
            return f"[{address.host}]:{address.port}"
        if isinstance(address, HostnameAddress):
            return f"{decode(address.hostname)}:{address.port}"
        if isinstance(address, UNIXAddress):
            # Most clients bind theirs to no name.
            name = address.name
            return f"unix:{'' if name is None else decode(name)}"
    except Exception:
        # One that was made of something else than its class wants.
        pass
    return safe_str(address)
