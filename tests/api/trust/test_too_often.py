"""Whoever reports, appeals, hands in or decides too often is slowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.foundation.test_too_often import waits
from tests.catalogue import make_upload
from tests.database import Connection, actor, person_id
from tests.detections import checked, detection, proof
from tests.trust import case_of, impose, proven, report

Arguments = dict[str, Any]


def case(db: Connection) -> Arguments:
    """A case about a post of ben's."""
    report(proven(db), "post", post := actor(db, "ben").post())
    return {"case_id": case_of(db, post)["id"]}


def decided(db: Connection) -> Arguments:
    """One that rooty has decided."""
    found = case(db)
    actor(db, "rooty").call("decide_case", **found, action="warn")
    return found


def appealed(db: Connection) -> Arguments:
    """A ban of ben's, against which he appeals."""
    sanction = {"sanction_id": impose(db, "ben")}
    actor(db, "ben").call("appeal", **sanction, text="no")
    return sanction


def held(db: Connection) -> Arguments:
    """An upload of ada's that is held."""
    return {"detection_id": detection(db, checked(db, 90))["id"]}


def claimed(db: Connection) -> Arguments:
    """A claim on an upload of ada's that was upheld."""
    (row,) = db.execute(
        "insert into private.claims"
        " (track_id, artist_id, claimant, kind, contact, statement, status, decided_at)"
        " values (%s, %s, 'Carol', 'other', 'carol@example.com', 'Mine.', 'upheld', now())"
        " returning id",
        [make_upload(db), person_id("ada")],
    ).fetchall()
    return {"claim_id": row["id"]}


# What is done, by whom, by which rule it is slowed, and of what.
DEEDS: dict[str, tuple[str, str, Callable[[Connection], Arguments]]] = {
    "report": ("ada", "report", lambda db: {
        "target_kind": "post", "target_id": actor(db, "ben").post(), "reason": "spam",
    }),
    "appeal": ("ben", "appeal", lambda db: {"sanction_id": impose(db, "ben"), "text": "no"}),
    "submit_proof": ("ada", "submit_proof", lambda db: {**held(db), "object_paths": [proof(db)]}),
    "appeal_detection": ("ada", "appeal_detection", lambda db: {**held(db), "appeal": "no"}),
    "counter_notice": ("ada", "counter_notice", lambda db: {**claimed(db), "statement": "no"}),
    "set_license": ("ada", "set_license", lambda db: {
        "track_id": make_upload(db), "name": "Film", "terms": "Once", "price_minor": 0,
    }),
    "claim_case": ("modesty", "moderate", case),
    "decide_case": ("modesty", "moderate", lambda db: {**case(db), "action": "warn"}),
    "reopen_case": ("modesty", "moderate", decided),
    "decide_appeal": ("modesty", "moderate", lambda db: {**appealed(db), "uphold": True}),
}  # fmt: skip


@pytest.mark.parametrize("function", DEEDS)
def test_who_has_no_token_left_waits(db: Connection, function: str) -> None:
    name, action, make = DEEDS[function]
    waits(actor(db, name), action, function, make(db))
