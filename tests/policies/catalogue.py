"""Checks of the catalogue's access matrix."""

from __future__ import annotations

from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check

ALL = {"draft", "processing", "published", "hidden", "removed"}
# Which of ada's uploads each sees; dan is blocked, modesty moderates.
TRACKS_SEEN = {
    "visitor": {"published"},
    "stranger": {"published"},
    "ben": {"published"},
    "dan": set(),
    "ada": ALL,
    "modesty": ALL,
}
# Which of ada's crates the table shows to each; finn is a viewer of the private and the deleted.
CRATES_SEEN = {
    "visitor": {"public"},
    "stranger": {"public"},
    "ben": {"public", "followers"},
    "finn": {"public", "private"},
    "dan": set(),
    "ada": {"public", "unlisted", "followers", "private"},
    "modesty": {"public", "unlisted", "followers", "private"},
}


def tracks(stage: Stage, name: str, artist: str = "ada") -> set[str]:
    """The states of an artist's uploads that somebody sees."""
    rows = stage.actor(name).run(
        "select status from public.tracks where artist_id = %s", person_id(artist)
    )
    return {row["status"] for row in rows}


def crates(stage: Stage, name: str, owner: str = "ada") -> set[str]:
    """The audiences (or `deleted`) of an owner's crates that somebody sees."""
    rows = stage.actor(name).run(
        "select id from public.crates where owner_id = %s", person_id(owner)
    )
    ids = {row["id"] for row in rows}
    return {audience for audience, identity in stage.crates.items() if identity in ids}


def filled(stage: Stage, name: str) -> set[str]:
    """The audiences of the crates whose items somebody sees."""
    rows = stage.actor(name).run("select crate_id from public.crate_items")
    ids = {row["crate_id"] for row in rows}
    return {audience for audience, identity in stage.crates.items() if identity in ids}


@check("public.tracks")
def each_sees_what_is_published_and_their_own(stage: Stage) -> None:
    for name, states in TRACKS_SEEN.items():
        assert tracks(stage, name) == states, name


@check("public.tracks")
def everybody_sees_what_other_providers_have(stage: Stage) -> None:
    stage.hide("finn")
    songs = "select id from public.tracks where provider = 'deezer'"
    for name in TRACKS_SEEN:
        assert len(stage.actor(name).run(songs)) == 1, name
    stage.owner("update public.tracks set status = 'removed', removed_from = 'published'")
    for name in TRACKS_SEEN:
        assert len(stage.actor(name).run(songs)) == (name == "modesty"), name


@check("public.tracks")
def a_block_hides_the_tracks_of_both_sides(stage: Stage) -> None:
    assert tracks(stage, "ada", "dan") == set()
    assert tracks(stage, "ben", "dan") == {"published"}
    assert tracks(stage, "visitor", "dan") == {"published"}


@check("public.tracks")
def tracks_of_a_leaving_artist_are_for_themself_and_staff(stage: Stage) -> None:
    stage.hide("ada")
    for name in ("visitor", "ben", "stranger"):
        assert tracks(stage, name) == set()
    for name in ("ada", "modesty"):
        assert tracks(stage, name) == ALL


@check("public.crates")
def each_sees_the_crates_whose_audience_includes_them(stage: Stage) -> None:
    for name, audiences in CRATES_SEEN.items():
        assert crates(stage, name) == audiences, name


@check("public.crates")
def a_block_hides_the_crates_of_both_sides(stage: Stage) -> None:
    assert crates(stage, "ada", "dan") == set()
    assert crates(stage, "ben", "dan") == {"dan's"}
    assert crates(stage, "modesty", "dan") == {"dan's"}


@check("public.crates")
def crates_of_a_leaving_owner_are_for_themself_and_staff(stage: Stage) -> None:
    stage.hide("ada")
    for name in ("visitor", "ben", "finn"):
        assert crates(stage, name) == set()
    for name in ("ada", "modesty"):
        assert crates(stage, name) == CRATES_SEEN["ada"]


@check("public.crates")
def a_private_profiles_crates_are_for_followers(stage: Stage) -> None:
    stage.owner("update public.profiles set is_private = true where id = %s", person_id("ada"))
    assert crates(stage, "visitor") == crates(stage, "stranger") == set()
    assert crates(stage, "ben") == {"public", "followers"}
    assert crates(stage, "ada") == CRATES_SEEN["ada"]


@check("public.crate_items")
def each_sees_the_items_of_the_crates_they_see(stage: Stage) -> None:
    for name, audiences in CRATES_SEEN.items():
        seen = filled(stage, name)
        assert seen - {"dan's"} == audiences, name
        assert ("dan's" in seen) == (name != "ada"), name


@check("public.crate_items")
def nobody_reads_who_added_an_item_and_why_past_their_blocks(stage: Stage) -> None:
    for name in ("visitor", "dan", "ben", "ada"):
        for column in ("added_by", "note", "*"):
            with forbidden():
                stage.actor(name).run(f"select {column} from public.crate_items")


@check("public.crate_collaborators")
def collaborators_see_themselves_and_owners_see_all(stage: Stage) -> None:
    for name, count in {"ada": 2, "finn": 1, "cleo": 1, "ben": 0, "stranger": 0}.items():
        rows = stage.actor(name).run("select user_id from public.crate_collaborators")
        assert len(rows) == count, name
    with forbidden():
        stage.visitor.run("select user_id from public.crate_collaborators")


@check("public.plays")
def people_read_their_own_plays_alone(stage: Stage) -> None:
    for name, count in {"ben": 1, "ada": 0, "stranger": 0, "modesty": 0, "rooty": 0}.items():
        assert len(stage.actor(name).run("select id from public.plays")) == count, name
    with forbidden():
        stage.visitor.run("select id from public.plays")
