"""verify-artists: looks for the codes of artists who ask to be verified on the pages they name."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.batches import claims
from backbeat.database import Database
from backbeat.errors import DatabaseRefusedError
from backbeat.logs import logger
from backbeat.public_pages import PageRefusedError, PublicPages


class VerificationRequest(BaseModel):
    """Pages, and the code that should be on one of them."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: UUID
    urls: tuple[str, ...]
    code: str


REQUESTS = TypeAdapter(list[VerificationRequest])
STATUS = TypeAdapter(str)


def verify_artists(database: Database, pages: PublicPages) -> dict[str, int]:
    """Look at the pages of each request that is due and return `{requests, found}`: how many.

    Whatever is wrong with a page is a finding; the staff decides.
    """
    counts = {"requests": 0, "found": 0}
    for request in claims(database, "claim_verifications", REQUESTS):
        findings = [look(pages, url, request.code) for url in request.urls]
        counts["requests"] += 1
        counts["found"] += any(finding["is_found"] for finding in findings)
        _record(database, request, findings)
    return counts


def look(pages: PublicPages, url: str, code: str) -> dict[str, object]:
    """Return `{url, final_url, outcome, is_found}`; final_url is None where nothing was read."""
    try:
        page = pages.read(url)
    except PageRefusedError as error:
        return {"url": url, "final_url": None, "outcome": error.outcome, "is_found": False}
    is_found = code.encode() in page.body
    outcome = "found" if is_found else "not_found"
    return {"url": url, "final_url": page.url, "outcome": outcome, "is_found": is_found}


def _record(
    database: Database, request: VerificationRequest, findings: list[dict[str, object]]
) -> None:
    arguments = {"request_id": str(request.id), "findings": findings}
    try:
        status = database.call("record_verification", arguments, STATUS, is_idempotent=True)
    except DatabaseRefusedError as error:
        if error.token != "verification_not_found":
            # The others are looked at all the same; what is never recorded is the staff's at last.
            logger().error("not_recorded", verification_id=str(request.id), token=error.token)
            return
        # A request goes with its account, even one that is looked at.
        status = "gone"
    outcomes = [finding["outcome"] for finding in findings]
    logger().info("verified", verification_id=str(request.id), status=status, outcomes=outcomes)
