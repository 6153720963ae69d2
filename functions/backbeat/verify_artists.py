"""verify-artists: looks for the codes of artists who ask to be verified on the pages they name."""

import time
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import DatabaseRefusedError
from backbeat.logs import logger
from backbeat.public_pages import PageRefusedError, PublicPages

# Leaves the pages of the last request room within the schedule's time limit.
BUDGET_SECONDS = 180.0


class VerificationRequest(BaseModel):
    """Pages, and the code that should be on one of them."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: UUID
    urls: tuple[str, ...]
    code: str


REQUESTS = TypeAdapter(list[VerificationRequest])
STATUS = TypeAdapter(str)


def verify_artists(
    database: Database, pages: PublicPages, budget_seconds: float = BUDGET_SECONDS
) -> dict[str, int]:
    """Look at the pages of each request that is due and return `{requests, found}`: how many.

    Whatever is wrong with a page is a finding; the staff decides. Requests are claimed one at a
    time, as the lease of a claimed one counts while it waits behind slow pages.
    """
    counts = {"requests": 0, "found": 0}
    deadline = time.monotonic() + budget_seconds
    while time.monotonic() < deadline:
        claimed = database.call("claim_verifications", {"size": 1}, REQUESTS)
        if not claimed:
            break
        for request in claimed:
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
