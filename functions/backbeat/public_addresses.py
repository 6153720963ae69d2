"""Which addresses are anybody's to reach, and which addresses a name has."""

import queue
import socket
import threading
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_network

from backbeat.timed_streams import TimeIsOverError

Address = IPv4Address | IPv6Address
# Host and how many seconds it may take; the addresses as text.
Resolve = Callable[[str, float], list[str]]

PORT = 443
# IANA's special-purpose registries, and what clouds answer their own machines at.
NOT_PUBLIC_4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "168.63.129.16/32",
        ),
    )
)  # fmt: skip
# Of IPv6 only this is handed out to be reached; mapped, NAT64, unique local and link-local
# addresses, loopback and multicast lie outside. Of it, all that holds another address in it.
PUBLIC_6 = ip_network("2000::/3")
NOT_PUBLIC_6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_public(address: Address) -> bool:
    """Whether an address is one that anybody on the Internet may have a page at."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    return address in PUBLIC_6 and not any(address in network for network in NOT_PUBLIC_6)


def resolve_name(host: str, seconds: float) -> list[str]:
    """Ask the system for the addresses of a name, none where there are none.

    Raises TimeIsOverError after so many seconds.
    """
    answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            # Absolute, so that no domain of ours is put behind it.
            found = socket.getaddrinfo(f"{host}.", PORT, type=socket.SOCK_STREAM)
            answers.put([str(entry[4][0]) for entry in found])
        except (OSError, UnicodeError):
            answers.put([])

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeIsOverError from None
