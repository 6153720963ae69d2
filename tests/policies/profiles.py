"""Checks of the foundation's and the profiles' access matrices."""

from __future__ import annotations

import uuid

from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check

EVERYBODY = ("visitor", "ada", "ben", "modesty")


@check("public.feature_flags")
def everybody_reads_which_features_are_on(stage: Stage) -> None:
    for name in EVERYBODY:
        assert stage.actor(name).run("select name from public.feature_flags") != []


@check("public.genres")
def everybody_reads_the_genres(stage: Stage) -> None:
    for name in EVERYBODY:
        assert len(stage.actor(name).run("select slug from public.genres")) > 40


def seen(stage: Stage, name: str, table: str = "profiles", column: str = "id") -> set[uuid.UUID]:
    """The ids of the profiles that somebody sees."""
    rows = stage.actor(name).run(f"select {column} as id from public.{table}")
    return {row["id"] for row in rows}


@check("public.profiles")
def people_and_visitors_see_profiles(stage: Stage) -> None:
    everyone = {person_id(name) for name in ("ada", "ben", "cleo", "dan", "stranger")}
    for name in ("visitor", "ben", "stranger"):
        assert everyone <= seen(stage, name)


@check("public.profiles")
def a_block_hides_both_sides(stage: Stage) -> None:
    assert person_id("dan") not in seen(stage, "ada")
    assert person_id("ada") not in seen(stage, "dan")
    assert person_id("ada") in seen(stage, "ada")


@check("public.profiles")
def a_moderator_sees_across_a_block(stage: Stage) -> None:
    stage.owner(
        "insert into public.blocks (blocker_id, blocked_id) values (%s, %s)",
        person_id("ada"),
        person_id("modesty"),
    )
    assert person_id("ada") in seen(stage, "modesty")


@check("public.profiles")
def a_leaving_profile_is_hidden_from_all_but_itself_and_staff(stage: Stage) -> None:
    stage.hide("stranger")
    for name in ("visitor", "ada"):
        assert person_id("stranger") not in seen(stage, name)
    for name in ("stranger", "modesty"):
        assert person_id("stranger") in seen(stage, name)


@check("public.profiles")
def people_describe_themselves_and_nobody_else(stage: Stage) -> None:
    for name in ("ada", "modesty", "rooty"):
        assert stage.actor(name).count("update public.profiles set bio = %s", name) == 1
        assert stage.value("select bio from public.profiles where id = %s", person_id(name)) == name
    assert stage.value("select bio from public.profiles where id = %s", person_id("ben")) == ""


@check("public.profiles")
def nobody_describes_themselves_while_they_may_not_write(stage: Stage) -> None:
    with stage.leaving("ben"):
        stage.ben.run("update public.profiles set bio = 'x'")
    with stage.switched_off("profiles"):
        stage.ada.run("update public.profiles set bio = 'x'")


@check("public.profiles")
def a_profile_stays_with_its_person_even_if_its_id_were_granted(stage: Stage) -> None:
    stage.owner("grant update (id) on public.profiles to authenticated")
    with forbidden():
        stage.ada.run("update public.profiles set id = %s", uuid.uuid4())


@check("public.artist_profiles")
def people_and_visitors_see_artists(stage: Stage) -> None:
    for name in ("visitor", "ben", "ada"):
        assert seen(stage, name, "artist_profiles", "profile_id") == {person_id("ada")}


@check("public.artist_profiles")
def a_block_hides_the_artist(stage: Stage) -> None:
    assert seen(stage, "dan", "artist_profiles", "profile_id") == set()


@check("public.artist_profiles")
def a_leaving_artist_is_hidden_from_all_but_themself_and_staff(stage: Stage) -> None:
    stage.hide("ada")
    for name in ("visitor", "ben"):
        assert seen(stage, name, "artist_profiles", "profile_id") == set()
    for name in ("ada", "modesty"):
        assert seen(stage, name, "artist_profiles", "profile_id") == {person_id("ada")}


@check("public.artist_profiles")
def artists_change_their_own_links_alone(stage: Stage) -> None:
    change = "update public.artist_profiles set links = '{https://ada.example}'"
    for name in ("ben", "modesty", "rooty"):
        assert stage.actor(name).count(change) == 0
    assert stage.ada.count(change) == 1
    with forbidden():
        stage.ada.run("update public.artist_profiles set is_verified = true")


@check("public.artist_profiles")
def no_artist_changes_links_while_they_may_not_write(stage: Stage) -> None:
    with stage.switched_off("profiles"):
        stage.ada.run("update public.artist_profiles set links = '{}'")


@check("public.artist_profiles")
def an_artist_profile_stays_with_its_artist_even_if_its_id_were_granted(stage: Stage) -> None:
    stage.owner("grant update (profile_id) on public.artist_profiles to authenticated")
    with forbidden():
        stage.ada.run("update public.artist_profiles set profile_id = %s", person_id("ben"))


@check("public.blocks")
def people_read_their_own_blocks_alone(stage: Stage) -> None:
    assert stage.ada.run("select blocked_id from public.blocks") == [
        {"blocked_id": person_id("dan")}
    ]
    for name in ("dan", "stranger", "modesty", "rooty"):
        assert stage.actor(name).run("select blocked_id from public.blocks") == []
    with forbidden():
        stage.visitor.run("select blocked_id from public.blocks")


@check("public.mutes")
def people_read_their_own_mutes_alone(stage: Stage) -> None:
    assert stage.ada.run("select muted_id from public.mutes") == [{"muted_id": person_id("ben")}]
    for name in ("ben", "stranger", "modesty", "rooty"):
        assert stage.actor(name).run("select muted_id from public.mutes") == []
    with forbidden():
        stage.visitor.run("select muted_id from public.mutes")
