"""Checks of the access matrix of points and credits: one's own, and rules for everybody."""

from __future__ import annotations

from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check


def _only_for_ben(stage: Stage, table: str) -> None:
    found = stage.ben.run(f"select distinct user_id from {table}")
    assert found == [{"user_id": person_id("ben")}]
    for name in ("stranger", "modesty", "rooty"):
        rows = stage.actor(name).run(f"select distinct user_id from {table}")
        assert {row["user_id"] for row in rows} <= {person_id(name)}, name
    with forbidden():
        stage.visitor.run(f"select user_id from {table}")


@check("public.progression")
def people_read_their_own_progression_alone(stage: Stage) -> None:
    _only_for_ben(stage, "public.progression")


@check("public.point_events")
def people_read_their_own_points_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.owner("select private.award(%s, 'post_created', 'x')", person_id(name))
    _only_for_ben(stage, "public.point_events")


@check("public.credit_entries")
def people_read_their_own_credits_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.owner(
            "select private.grant_credits(%s, 'earned_level_up', 10, 'level:2')", person_id(name)
        )
    _only_for_ben(stage, "public.credit_entries")


@check("public.season_results")
def people_read_their_own_results_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.owner(
            "insert into public.season_results (user_id, season, rank, score, tier, credits)"
            " select %s, code, 1, 30, 'gold', 500 from public.seasons where status = 'active'",
            person_id(name),
        )
    _only_for_ben(stage, "public.season_results")


@check("public.seasons")
@check("public.leaderboards")
def everybody_reads_which_seasons_and_boards_there_are(stage: Stage) -> None:
    for name in ("visitor", "ben", "modesty", "service"):
        seasons = stage.actor(name).run("select status from public.seasons order by starts_at")
        assert [row["status"] for row in seasons] == ["active", "upcoming"]
        assert len(stage.actor(name).run("select code from public.leaderboards")) > 10


@check("public.entitlement_grants")
def people_read_their_own_entitlements_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.owner("select private.grant_entitlement(%s, 'pro', 'staff', 1)", person_id(name))
    _only_for_ben(stage, "public.entitlement_grants")


@check("public.plans")
def everybody_reads_what_plans_there_are(stage: Stage) -> None:
    for name in ("visitor", "ben", "modesty", "service"):
        assert len(stage.actor(name).run("select code from public.plans")) == 3


@check("public.streaks")
def people_read_their_own_streaks_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.owner("select private.keep_streak(%s, 'login', now())", person_id(name))
    _only_for_ben(stage, "public.streaks")


@check("public.badge_awards")
def people_read_their_own_badges_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.modesty.call("award_badge", username=name, badge_code="early_bird")
    _only_for_ben(stage, "public.badge_awards")


@check("public.quest_claims")
def people_read_what_they_claimed_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.owner(
            "insert into public.quest_claims (quest_id, user_id, period_key, points, credits)"
            " select id, %s, 'x', 1, 1 from public.quests limit 1",
            person_id(name),
        )
    _only_for_ben(stage, "public.quest_claims")


@check("public.quests")
def staff_alone_read_every_quest(stage: Stage) -> None:
    for name in ("ben", "ada", "stranger"):
        assert stage.actor(name).run("select id from public.quests") == []
    assert stage.modesty.run("select id from public.quests") != []
    with forbidden():
        stage.visitor.run("select id from public.quests")


@check("public.badges")
@check("public.point_rules")
@check("public.levels")
def everybody_reads_what_earns_points(stage: Stage) -> None:
    for name in ("visitor", "ben", "modesty", "service"):
        assert stage.actor(name).run("select name from public.point_rules") != []
        assert len(stage.actor(name).run("select level from public.levels")) == 100
        assert stage.actor(name).run("select code from public.badges") != []
