"""Checks of the social graph's access matrix."""

from __future__ import annotations

from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check

# Which of ada's posts each sees; dan is blocked, modesty moderates.
POSTS_SEEN = {
    "visitor": {"public"},
    "stranger": {"public"},
    "ben": {"public", "followers"},
    "cleo": {"public", "followers", "mutuals"},
    "ada": {"public", "followers", "mutuals", "private"},
    "dan": set(),
    "modesty": {"public", "followers", "mutuals", "private"},
    "rooty": {"public", "followers", "mutuals", "private"},
}
EDGES = "select follower_id, followee_id from public.follows"


def seen(stage: Stage, name: str, author: str = "ada") -> set[str]:
    """The audiences (or `deleted`) of an author's posts that somebody sees."""
    rows = stage.actor(name).run(
        "select id from public.posts where author_id = %s", person_id(author)
    )
    ids = {row["id"] for row in rows}
    return {audience for audience, identity in stage.posts.items() if identity in ids}


@check("public.posts")
def each_sees_what_the_audience_includes_them_in(stage: Stage) -> None:
    for name, audiences in POSTS_SEEN.items():
        assert seen(stage, name) == audiences, name


@check("public.posts")
def a_block_hides_the_posts_of_both_sides(stage: Stage) -> None:
    assert seen(stage, "ada", "dan") == set()
    assert seen(stage, "ben", "dan") == {"dan's"}
    assert seen(stage, "modesty", "dan") == {"dan's"}


@check("public.posts")
def who_is_followed_back_without_following_is_no_mutual(stage: Stage) -> None:
    stage.ada.run("insert into public.follows (followee_id) values (%s)", person_id("stranger"))
    assert seen(stage, "stranger") == {"public"}


@check("public.posts")
def posts_of_a_leaving_author_are_for_themself_and_staff(stage: Stage) -> None:
    stage.hide("ada")
    for name in ("visitor", "ben", "cleo"):
        assert seen(stage, name) == set()
    for name in ("ada", "modesty"):
        assert seen(stage, name) == {"public", "followers", "mutuals", "private"}


@check("public.posts")
def a_private_profiles_public_post_is_for_followers(stage: Stage) -> None:
    stage.owner("update public.profiles set is_private = true where id = %s", person_id("ada"))
    assert seen(stage, "visitor") == seen(stage, "stranger") == set()
    assert seen(stage, "ben") == {"public", "followers"}


@check("public.likes")
def people_read_their_own_likes_alone(stage: Stage) -> None:
    assert stage.ben.run("select user_id from public.likes") == [{"user_id": person_id("ben")}]
    for name in ("ada", "stranger", "modesty", "rooty"):
        assert stage.actor(name).run("select user_id from public.likes") == []
    with forbidden():
        stage.visitor.run("select user_id from public.likes")


@check("public.reposts")
def people_read_their_own_reposts_alone(stage: Stage) -> None:
    assert stage.ben.run("select user_id from public.reposts") == [{"user_id": person_id("ben")}]
    for name in ("ada", "stranger", "modesty", "rooty"):
        assert stage.actor(name).run("select user_id from public.reposts") == []
    with forbidden():
        stage.visitor.run("select user_id from public.reposts")


@check("public.follow_requests")
def who_asks_and_who_is_asked_read_a_request(stage: Stage) -> None:
    for name, count in {"ben": 1, "dan": 1, "ada": 0, "modesty": 0, "rooty": 0}.items():
        rows = stage.actor(name).run("select target_id from public.follow_requests")
        assert len(rows) == count, name
    with forbidden():
        stage.visitor.run("select target_id from public.follow_requests")


@check("public.follows")
def people_read_the_follows_at_either_end_of_which_they_are(stage: Stage) -> None:
    for name, count in {"ada": 3, "ben": 1, "cleo": 2, "stranger": 0, "modesty": 0}.items():
        assert len(stage.actor(name).run(EDGES)) == count, name
    with forbidden():
        stage.visitor.run(EDGES)


@check("public.follows")
def people_follow_in_their_own_name_alone(stage: Stage) -> None:
    stage.stranger.run("insert into public.follows (followee_id) values (%s)", person_id("ben"))
    assert {row["follower_id"] for row in stage.stranger.run(EDGES)} == {person_id("stranger")}
    forged = "insert into public.follows (follower_id, followee_id) values (%s, %s)"
    with forbidden():
        stage.stranger.run(forged, person_id("cleo"), person_id("ben"))
    with forbidden():
        stage.visitor.run("insert into public.follows (followee_id) values (%s)", person_id("ben"))
    stage.owner("grant insert (follower_id) on public.follows to authenticated")
    with forbidden():
        stage.stranger.run(forged, person_id("cleo"), person_id("ben"))


@check("public.follows")
def nobody_follows_while_they_may_not_write(stage: Stage) -> None:
    # The trigger asks the same; without it the policy still does.
    stage.owner("alter table public.follows disable trigger _300_validate")
    follow = "insert into public.follows (followee_id) values (%s)"
    with stage.leaving("stranger"):
        stage.stranger.run(follow, person_id("cleo"))
    with stage.switched_off("social"):
        stage.ben.run(follow, person_id("cleo"))


@check("public.follows")
def people_take_their_own_follows_back_alone(stage: Stage) -> None:
    # A delete that reads nothing is judged by the policy for delete alone.
    for name, count in {"stranger": 0, "modesty": 0, "rooty": 0, "ada": 1, "ben": 1}.items():
        assert stage.actor(name).count("delete from public.follows") == count, name
    with forbidden():
        stage.visitor.run("delete from public.follows")


@check("public.follows")
def nobody_unfollows_while_they_may_not_write(stage: Stage) -> None:
    with stage.leaving("cleo"):
        stage.cleo.run("delete from public.follows")
    with stage.switched_off("social"):
        stage.ben.run("delete from public.follows")
