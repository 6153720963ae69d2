"""rights-claim: somebody, with or without an account, says that a track is theirs."""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Annotated, Literal
from uuid import UUID

from flask import Request
from pydantic import Field, StringConstraints, TypeAdapter

from backbeat.body import RequestModel
from backbeat.database import Database
from backbeat.settings import Settings

# Whoever has one address of IPv6 has all of its network.
IPV6_NETWORK_BITS = 64

OUTCOME = TypeAdapter(str)


class RightsClaimRequest(RequestModel):
    """Who claims what of which track, and how to answer them."""

    track_id: UUID
    claimant: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["recording", "composition", "sample", "artwork", "trademark", "other"]
    contact: Annotated[
        str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    ]
    statement: Annotated[str, Field(min_length=1, max_length=5000)]


def from_anywhere(request: Request, settings: Settings) -> str:
    """Admit everybody, as the network they come from: it bounds how often they may.

    The last FORWARDED_HOPS entries of X-Forwarded-For were written by what stands before us; what
    comes before them is the caller's to invent.
    """
    entries = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",")]
    hops = settings.forwarded_hops
    given = entries[-hops] if 0 < hops <= len(entries) else ""
    return network_of(given or request.remote_addr or "")


def network_of(text: str) -> str:
    """An address of IPv4, the network of one of IPv6, or `unknown`."""
    try:
        address = ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), IPV6_NETWORK_BITS), strict=False))


def take_claim(database: Database, address: str, request: RightsClaimRequest) -> dict[str, object]:
    """Hand a claim to the staff and return `{received: true}`, whether or not the track is there.

    Errors are the database's: rate_limited (429), feature_disabled (403), and 422 for what does not
    fit, such as a name of blanks alone.
    """
    arguments = {
        "track_id": str(request.track_id),
        "claimant": request.claimant,
        "kind": request.kind,
        "contact": request.contact,
        "statement": request.statement,
        "address": address,
    }
    # Sent once: the first try may have taken its token.
    database.call("record_claim", arguments, OUTCOME)
    return {"received": True}
