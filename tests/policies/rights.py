"""Checks of the access matrices of verification and rights."""

from __future__ import annotations

from tests.catalogue import declare
from tests.database import forbidden
from tests.policies.checks import Stage, check

PAGE = "https://ada.example.com/"


@check("public.verification_requests")
def artists_read_their_own_requests_and_not_who_decided(stage: Stage) -> None:
    for name in ("ben", "cleo"):
        stage.actor(name).call("become_artist")
    for name in ("ada", "ben", "cleo"):
        stage.actor(name).call("request_verification", urls=[PAGE])
    query = "select artist_id from public.verification_requests"
    for name in ("ada", "ben"):
        person = stage.actor(name)
        assert person.run(query) == [{"artist_id": person.id}]
        for column in ("decided_by", "crawl_count", "next_crawl_at", "leased_until"):
            with forbidden():
                person.run(f"select {column} from public.verification_requests")
    for name in ("stranger", "modesty"):
        assert stage.actor(name).run(query) == []
    assert len(stage.service.run("select * from public.verification_requests")) == 3
    with forbidden():
        stage.visitor.run(query)


@check("public.verification_requests")
@check("public.rights_declarations")
@check("public.licenses")
def nobody_writes_them_but_by_rpc(stage: Stage) -> None:
    track = stage.tracks["published"]
    for name in ("visitor", "ada", "modesty", "rooty", "service"):
        for statement in (
            "insert into public.verification_requests (urls) values ('{https://a.test/}')",
            "update public.verification_requests set status = 'approved'",
            "delete from public.verification_requests",
            f"insert into public.rights_declarations (track_id, kind) values ('{track}', 'cover')",
            "update public.rights_declarations set kind = 'original'",
            "delete from public.rights_declarations",
            f"insert into public.licenses (track_id, name) values ('{track}', 'x')",
            "update public.licenses set price_minor = 0",
            "delete from public.licenses",
        ):
            with forbidden():
                stage.actor(name).run(statement)


@check("public.rights_declarations")
def artists_and_staff_read_what_is_declared(stage: Stage) -> None:
    for name in ("published", "hidden", "dan's"):
        declare(stage.connection, stage.tracks[name])
    query = "select artist_id from public.rights_declarations"
    counts = {"ada": 2, "dan": 1, "ben": 0, "stranger": 0, "modesty": 3, "service": 3}
    for name, count in counts.items():
        assert len(stage.actor(name).run(query)) == count, name
    with forbidden():
        stage.visitor.run(query)


@check("public.licenses")
def licenses_are_read_with_their_track(stage: Stage) -> None:
    for name in ("published", "hidden", "draft", "dan's"):
        stage.owner(
            "insert into public.licenses (track_id, artist_id, name, terms, price_minor, currency)"
            " select id, artist_id, %s, 'x', 0, 'USD' from public.tracks where id = %s",
            name,
            stage.tracks[name],
        )
    seen = {
        "visitor": ["dan's", "published"],
        "ben": ["dan's", "published"],
        # Across ada's block.
        "dan": ["dan's"],
        "ada": ["draft", "hidden", "published"],
        "modesty": ["dan's", "draft", "hidden", "published"],
        "service": ["dan's", "draft", "hidden", "published"],
    }
    for name, expected in seen.items():
        rows = stage.actor(name).run("select name from public.licenses order by 1")
        assert [row["name"] for row in rows] == expected, name
