"""Checks of the access matrices of plans and earnings: rules for everybody, money for its own."""

from __future__ import annotations

from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check


@check("public.plan_limits")
@check("public.plan_resources")
def everybody_reads_what_plans_give(stage: Stage) -> None:
    for name in ("visitor", "ben", "modesty", "service"):
        assert len(stage.actor(name).run("select code from public.plan_resources")) == 6
        assert len(stage.actor(name).run("select plan from public.plan_limits")) == 18


@check("public.royalty_rates")
def everybody_reads_what_plays_pay(stage: Stage) -> None:
    for name in ("visitor", "ben", "modesty", "service"):
        assert stage.actor(name).run("select micro_usd from public.royalty_rates") != []


def _only_ones_own(stage: Stage, table: str, column: str) -> None:
    for name in ("ada", "ben", "stranger", "modesty", "rooty"):
        rows = stage.actor(name).run(f"select {column} as whose from {table}")
        own = [{"whose": person_id(name)}] if name in ("ada", "ben") else []
        assert rows == own, name
    with forbidden():
        stage.visitor.run(f"select {column} from {table}")


@check("public.subscriptions")
def people_read_their_own_subscriptions_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.owner(
            "insert into public.subscriptions"
            " (id, user_id, plan, status, started_at, period_start, period_end, version)"
            " values (%s, %s, 'pro', 'active', now(), now(), now() + interval '1 day', '[]')",
            f"sub_{name}",
            person_id(name),
        )
    _only_ones_own(stage, "public.subscriptions", "user_id")


@check("public.invoices")
def people_read_their_own_invoices_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.owner(
            "insert into public.invoices (id, user_id, subscription_id, status, amount_minor,"
            " paid_minor, currency, created_at, version)"
            " values (%s, %s, 'sub_1', 'open', 999, 0, 'USD', now(), '[]')",
            f"in_{name}",
            person_id(name),
        )
    _only_ones_own(stage, "public.invoices", "user_id")


@check("public.payouts")
def people_read_their_own_payouts_alone(stage: Stage) -> None:
    for name in ("ada", "ben"):
        stage.owner(
            "insert into public.payouts (seller_id, currency, amount_minor, is_requested)"
            " values (%s, 'USD', 2000, true)",
            person_id(name),
        )
    _only_ones_own(stage, "public.payouts", "seller_id")
