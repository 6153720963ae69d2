"""Checks of the access matrix of comments: each person's own, by table; the rest is by RPC."""

from __future__ import annotations

from tests.database import forbidden
from tests.policies.checks import Stage, check


@check("public.comments")
def people_read_their_own_standing_comments(stage: Stage) -> None:
    own = {"ada": 1, "ben": 3, "cleo": 0, "modesty": 0, "rooty": 0}
    for name, count in own.items():
        ids = {row["id"] for row in stage.actor(name).run("select id from public.comments")}
        seen = {key for key, identity in stage.comments.items() if identity in ids}
        assert len(seen) == count
        assert all(key.startswith(f"{name}'s") for key in seen)
    with forbidden():
        stage.visitor.run("select id from public.comments")


@check("public.comment_mentions")
def people_read_where_they_are_named(stage: Stage) -> None:
    # stranger is named where stranger does not see it, ben and cleo beside each other.
    said = {
        visibility: stage.ada.call(
            "create_comment", target_kind="post", target_id=stage.posts[visibility], body=body
        )["id"]
        for visibility, body in (("private", "@stranger"), ("public", "@ben @cleo"))
    }
    expected = {
        "ben": {(said["public"], "ben")},
        "cleo": {(said["public"], "cleo"), (stage.comments["ben's"], "cleo")},
    }
    for name in ("ada", "ben", "cleo", "stranger", "modesty"):
        rows = stage.actor(name).run("select comment_id, username from public.comment_mentions")
        assert {(row["comment_id"], row["username"]) for row in rows} == expected.get(name, set())


@check("public.comment_reactions")
def people_read_their_own_reactions(stage: Stage) -> None:
    for name, count in {"ada": 1, "ben": 0, "cleo": 1, "stranger": 0, "modesty": 0}.items():
        assert len(stage.actor(name).run("select * from public.comment_reactions")) == count, name


@check("public.reaction_emoji")
def everybody_reads_the_emoji(stage: Stage) -> None:
    for name in ("visitor", "stranger", "modesty"):
        assert len(stage.actor(name).run("select emoji from public.reaction_emoji")) == 40, name
