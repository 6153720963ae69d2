"""Checks of the access matrix of detections: artists read their own, moderators all of them."""

from __future__ import annotations

from tests.database import forbidden, person_id
from tests.detections import checked, decide, detection, proof
from tests.policies.checks import Stage, check

MODERATORS = ("modesty", "admiral", "rooty")


@check("public.detections")
@check("public.detection_proofs")
@check("public.detection_reviews")
@check("storage.objects")
def artists_read_their_own_detections_and_moderators_all(stage: Stage) -> None:
    db = stage.connection
    stage.owner("update private.rate_limit_rules set capacity = 100000")
    stage.ben.call("become_artist")
    submitted = {}
    for name in ("ada", "ben"):
        track = checked(db, 90, name)
        submitted[name], kept = proof(db, name), proof(db, name)
        given = {"detection_id": detection(db, track)["id"], "object_paths": [submitted[name]]}
        stage.actor(name).call("submit_proof", **given)
        assert kept != submitted[name]
        # Of the same name, in another bucket, it is no proof.
        stage.owner(
            "insert into storage.objects (bucket_id, name, owner)"
            f" values ('track-files', '{submitted[name]}', '{person_id(name)}')"
        )
        decide(db, track, "rejected", "modesty")
    for table in ("detections", "detection_proofs"):
        for name in ("ada", "ben"):
            rows = stage.actor(name).run(f"select artist_id from public.{table}")
            assert rows == [{"artist_id": person_id(name)}], name
        for name in MODERATORS:
            assert len(stage.actor(name).run(f"select id from public.{table}")) == 2, name
        assert stage.stranger.run(f"select id from public.{table}") == []
        with forbidden():
            stage.visitor.run(f"select id from public.{table}")
    for name, count in (("ada", 0), ("stranger", 0), *((name, 2) for name in MODERATORS)):
        rows = stage.actor(name).run("select id from public.detection_reviews")
        assert len(rows) == count, name
    files = "select name from storage.objects where bucket_id = 'proof-files'"
    for name in MODERATORS:
        assert {row["name"] for row in stage.actor(name).run(files)} == set(submitted.values())
        others = "select name from storage.objects where bucket_id = 'track-files'"
        assert stage.actor(name).run(others) == [], name
    assert stage.stranger.run(files) == []
    assert len(stage.ada.run(files)) == 2
    with forbidden():
        stage.ada.run("select evidence, reviewed_by, notes from public.detections")
