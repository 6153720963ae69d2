"""Plays pay artists: a month of a track once, exact to the millionth of a dollar, in shares."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalogue import make_song, make_upload
from tests.database import CAST, Actor, Connection, Database, actor, person_id, refused
from tests.ledger import balance
from tests.progression import pay
from tests.races import race, wait_until_blocked
from tests.schema.counters import commerce_earnings, commerce_orders, counter_laws
from tests.shop import Shop

MARCH = date(2026, 3, 1)
# A transaction that is rolled back serves all examples: each has a savepoint of its own.
IN_ONE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def open_march(db: Connection) -> None:
    """A place for the plays of that month."""
    db.execute(
        "create table private.plays_2026_03 partition of public.plays"
        " for values from ('2026-03-01 00:00+00') to ('2026-04-01 00:00+00')"
    )


def play(
    db: Connection, track: uuid.UUID, times: int, at: str = "2026-03-05", *, counts: bool = True
) -> None:
    """So many plays of a track at a moment."""
    db.execute(
        "insert into public.plays (track_id, listener_id, ms_played, is_counted, source, played_at)"
        " select %s, %s, 60000, %s, 'app', %s::timestamptz from generate_series(1, %s)",
        [track, person_id("ben"), counts, at, times],
    )


def accrue(db: Connection, month: date = MARCH) -> int:
    count = actor(db, "service").call("backend.accrue_royalties", month=month)
    assert isinstance(count, int)
    return count


def money_laws(db: Connection) -> list[str]:
    """Which laws of money do not hold; those of plays do not, as these were written by hand."""
    db.execute("set constraints all immediate")
    db.execute("set constraints all deferred")
    laws = {**commerce_orders.LAWS, **commerce_earnings.LAWS}
    return [law for law, query in laws.items() if db.execute(query.encode()).fetchone()]


def owed(db: Connection, name: str) -> int:
    """What somebody is owed, in cents."""
    return -balance(db, "payable", name)


def test_counted_plays_of_uploads_pay_and_no_others(db: Connection) -> None:
    open_march(db)
    track, other = make_upload(db, "ada"), make_song(db)
    play(db, track, 500, "2026-03-01 00:00+00")
    play(db, track, 500, "2026-03-31 23:59:59.999999+00")
    play(db, track, 700, counts=False)
    play(db, other, 900)
    play(db, track, 300, "now")
    assert accrue(db) == 1
    # 1000 plays at 8000 millionths are eight dollars.
    assert owed(db, "ada") == 800
    assert balance(db, "royalties") == 800
    assert money_laws(db) == []


def test_a_month_pays_once(db: Connection) -> None:
    open_march(db)
    track = make_upload(db, "ada")
    play(db, track, 1000)
    assert [accrue(db), accrue(db, date(2026, 3, 31)), accrue(db)] == [1, 0, 0]
    # A track that was not there is paid when it is asked again, the others are not.
    late = make_upload(db, "ada")
    play(db, late, 1000)
    play(db, track, 1000)
    assert accrue(db) == 1
    assert owed(db, "ada") == 1600
    assert money_laws(db) == []


def test_eight_at_once_pay_once(database: Database) -> None:
    with database.connect() as connection:
        open_march(connection)
        play(connection, make_upload(connection, "ada"), 1000)
    outcomes = race(database, [accrue] * 8)
    assert sorted(outcomes) == [0] * 7 + [1]
    with database.connect() as connection:
        assert owed(connection, "ada") == 800


def test_less_than_a_cent_is_carried_to_the_next_month(db: Connection) -> None:
    open_march(db)
    track = make_upload(db, "ada")
    play(db, track, 3)
    accrue(db)
    # 0.024: two cents, and 4000 millionths that are carried.
    assert owed(db, "ada") == 2
    db.execute(
        "create table private.plays_2026_04 partition of public.plays"
        " for values from ('2026-04-01 00:00+00') to ('2026-05-01 00:00+00')"
    )
    play(db, track, 2, "2026-04-10")
    accrue(db, date(2026, 4, 1))
    assert owed(db, "ada") == 4


@pytest.mark.parametrize("month", [None, date(2200, 1, 1), date.today()], ids=str)
def test_a_month_is_paid_when_it_is_over(month: date | None, db: Connection) -> None:
    with refused(422, "month_not_over"):
        actor(db, "service").call("backend.accrue_royalties", month=month)


def test_the_rate_is_that_of_the_month(db: Connection, admiral: Actor, ada: Actor) -> None:
    open_march(db)
    db.execute("insert into public.royalty_rates values ('2026-03-01', 5000), ('2026-04-01', 1)")
    play(db, make_upload(db, "ada"), 100)
    accrue(db)
    assert owed(db, "ada") == 50
    first = db.execute("select date_trunc('month', now(), 'UTC')::date as day").fetchone()
    assert first is not None
    told = admiral.call("set_royalty_rate", effective_from=first["day"], micro_usd=4000)
    assert told["micro_usd"] == 4000
    assert db.execute("select from private.audit_events where action = 'royalty_rate_set'").rowcount
    for day in (MARCH, date(2099, 1, 2), None):
        with refused(422, "month_invalid"):
            admiral.call("set_royalty_rate", effective_from=day, micro_usd=1)
    for micro in (-1, None, 10**9):
        with refused(422, "value_out_of_range"):
            admiral.call("set_royalty_rate", effective_from=date(2099, 1, 1), micro_usd=micro)
    with refused(403, "not_allowed"):
        ada.call("set_royalty_rate", effective_from=date(2099, 1, 1), micro_usd=1)


def split(somebody: Actor, track: uuid.UUID, **bps: int) -> Any:
    """Propose a split."""
    shares = [{"username": name, "bps": part} for name, part in bps.items()]
    return somebody.call("set_revenue_split", track_id=track, shares=as_json(shares))


def as_json(value: Any) -> str:
    """What goes into a parameter of jsonb."""
    return json.dumps(value)


def test_shares_are_what_can_be_transferred(
    db: Connection, ada: Actor, ben: Actor, admiral: Actor
) -> None:
    """Of three decimals Stripe moves multiples of ten alone; what is given back, too."""
    admiral.call("set_currency", code="KWD", is_enabled=True)
    shop = Shop(db)
    song = shop.track("ada", currency="KWD", price_minor=1010)
    shares = as_json([{"username": "ada", "bps": 5000}, {"username": "ben", "bps": 5000}])
    proposed = ada.call("set_revenue_split", product_id=song, shares=shares)["proposed"]
    ben.call("accept_revenue_split", split_id=proposed["id"])
    order = shop.buy("cleo", song)
    total = shop.row(order)["total_minor"]
    for refunded in (0, 10, 330, 340, 770, total):
        shop.event("charge.refunded", shop.charge(order, refunded))
        owed = [-balance(db, "payable", name, currency="KWD") for name in ("ada", "ben")]
        assert [each % 10 for each in owed] == [0, 0]
        assert balance(db, "stripe_clearing", currency="KWD") == total - refunded
    assert owed == [0, 0]


def test_a_split_holds_when_everybody_has_accepted(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, stranger: Actor
) -> None:
    open_march(db)
    track = make_upload(db, "ada")
    told = split(ada, track, ada=5000, ben=3000, cleo=2000)
    assert told["active"] is None
    proposed = told["proposed"]["id"]
    ben.call("accept_revenue_split", split_id=proposed)
    ben.call("accept_revenue_split", split_id=proposed)
    with refused(404, "split_not_found"):
        stranger.call("accept_revenue_split", split_id=proposed)
    play(db, track, 1000)
    accrue(db)
    assert [owed(db, name) for name in ("ada", "ben", "cleo")] == [800, 0, 0]
    told = cleo.call("accept_revenue_split", split_id=proposed)
    assert (told["active"]["id"], told["proposed"]) == (proposed, None)
    # As if it had been in March.
    db.execute("update private.revenue_splits set holds_from = '2026-03-20'")
    db.execute("delete from private.royalties")
    accrue(db)
    assert [owed(db, name) for name in ("ada", "ben", "cleo")] == [1200, 240, 160]
    assert (
        ben.call("my_earnings", from_day=MARCH, to_day=date(2199, 1, 1))["earned"][0]["source"]
        == "streams"
    )
    nothing = {"active": None, "proposed": None}
    assert stranger.call("revenue_split", track_id=track) == nothing
    # Another proposal changes nothing until it is accepted, and its own shares alone count then.
    split(ada, track, ada=1, ben=9999)
    assert ada.call("revenue_split", track_id=track)["active"]["id"] == proposed
    split(ada, track, ada=10_000)
    assert ada.call("revenue_split", track_id=track)["active"]["id"] != proposed
    assert money_laws(db) == []


@pytest.mark.parametrize(
    ("shares", "status", "token"),
    [
        ([{"username": "ada", "bps": 9999}], 422, "shares_do_not_add_up"),
        ([{"username": "ada", "bps": 5000}, {"username": "ben", "bps": 5001}], 422,
         "shares_do_not_add_up"),
        ([{"username": "ada", "bps": 5000}, {"username": " ADA", "bps": 5000}], 422,
         "shares_invalid"),
        ([{"username": "ada", "bps": 0}, {"username": "ben", "bps": 10000}], 422,
         "shares_invalid"),
        ([{"username": "ada", "bps": 10000.5}], 422, "shares_invalid"),
        ([{"username": "nobody", "bps": 10000}], 404, "profile_not_found"),
        ([{"username": 7, "bps": 10000}], 422, "shares_invalid"),
        ([], 422, "shares_invalid"), ({}, 422, "shares_invalid"), (["ada"], 422, "shares_invalid"),
    ],
)  # fmt: skip
def test_a_split_is_of_ten_thousand_parts(
    shares: Any, status: int, token: str, db: Connection, ada: Actor, ben: Actor
) -> None:
    track = make_upload(db, "ada")
    with refused(status, token):
        ada.call("set_revenue_split", track_id=track, shares=as_json(shares))
    mine = as_json([{"username": "ben", "bps": 10000}])
    with refused(404, "track_not_found"):
        ben.call("set_revenue_split", track_id=track, shares=mine)
    with refused(404, "product_not_found"):
        ben.call("set_revenue_split", product_id=Shop(db).track("ada"), shares=mine)
    for targets in ({}, {"track_id": track, "product_id": track}):
        with refused(422, "split_target_invalid"):
            ada.call("set_revenue_split", shares=mine, **targets)


def test_who_is_to_share_is_told_and_asked_once(db: Connection, ada: Actor, ben: Actor) -> None:
    track = make_upload(db, "ada")
    told = split(ada, track, ada=5000, ben=5000)
    pay(db)
    (asked,) = [each for each in ben.rows("my_notifications") if each["kind"] == "split_proposed"]
    assert asked["data"] == {"split_id": told["proposed"]["id"]}
    assert [each for each in ada.rows("my_notifications") if each["kind"] == "split_proposed"] == []


def test_a_product_is_shared_by_its_own_split_before_that_of_its_track(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    shop = Shop(db)
    song, thing = shop.track("ada", price_minor=1000), shop.offer("ada", price_minor=1000)
    found = db.execute("select track_ids[1] as id from public.products where id = %s", [song])
    (track,) = (row["id"] for row in found)
    shop.buy("ben", thing)
    assert owed(db, "ada") == 1000
    told = split(ada, track, ada=5000, cleo=5000)
    cleo.call("accept_revenue_split", split_id=told["proposed"]["id"])
    shop.buy("ben", song)
    assert (owed(db, "ada"), owed(db, "cleo")) == (1500, 500)
    for product in (song, thing):
        shares = as_json([{"username": "cleo", "bps": 10000}])
        told = ada.call("set_revenue_split", product_id=product, shares=shares)
        accepted = cleo.call("accept_revenue_split", split_id=told["proposed"]["id"])
        assert accepted == cleo.call("revenue_split", product_id=product)
        assert accepted["active"]["id"] == told["proposed"]["id"]
    assert ben.call("revenue_split", product_id=song) == {"active": None, "proposed": None}
    shop.buy("eve", song, thing)
    assert (owed(db, "ada"), owed(db, "cleo")) == (1500, 2500)
    # What the track earns by being heard is shared as before.
    assert ada.call("revenue_split", track_id=track)["active"]["shares"][0]["bps"] == 5000
    pay(db)
    assert counter_laws(db) == []


def give_split(
    db: Connection, track: uuid.UUID, parts: dict[str, int], since: str = "2026-01-01"
) -> None:
    """A split that holds."""
    db.execute(
        "with split as (insert into private.revenue_splits (track_id, owner_id, holds_from)"
        " values (%s, %s, %s) returning id)"
        " insert into private.split_shares (split_id, payee_id, bps, accepted_at)"
        " select split.id, payee::uuid, bps, now()"
        " from split, unnest(%s::text[], %s::int[]) as share (payee, bps)",
        [
            track, person_id("ada"), since, [str(person_id(name)) for name in parts],
            list(parts.values()),
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("since", "has"),
    [
        # Who shared in a month has their share, whatever the owner decides before it is paid.
        (["2026-01-01", "2026-04-01 00:00+00"], "ben"),
        (["2026-01-01", "2026-03-31"], "ben"),
        # From the first moment of the next month on it is the other one's.
        (["2026-01-01", "2026-03-01 00:00+00"], "cleo"),
        # A track that is new in a month is shared from its first day on, by what was agreed first.
        (["2026-03-17", "2026-03-18"], "ben"),
        (["2026-04-01 00:00+00", "2026-04-02"], "ada"),
    ],
    ids=str,
)
def test_what_is_heard_is_shared_by_the_split_that_held_first_in_its_month(
    since: list[str], has: str, db: Connection
) -> None:
    open_march(db)
    track = make_upload(db, "ada")
    former, later = since
    give_split(db, track, {"ben": 10_000}, former)
    db.execute("update private.revenue_splits set holds_until = %s", [later])
    give_split(db, track, {"cleo": 10_000}, later)
    play(db, track, 1000)
    accrue(db)
    assert {name: owed(db, name) for name in ("ada", "ben", "cleo")} == {
        **{"ada": 0, "ben": 0, "cleo": 0}, has: 800,
    }  # fmt: skip
    assert money_laws(db) == []


def test_an_owner_takes_nothing_back_of_what_was_heard_before_it_is_paid(
    db: Connection, ada: Actor
) -> None:
    open_march(db)
    track = make_upload(db, "ada")
    give_split(db, track, {"ada": 5000, "ben": 5000})
    play(db, track, 1000)
    told = split(ada, track, ada=10_000)
    assert [each["bps"] for each in told["active"]["shares"]] == [10_000]
    accrue(db)
    assert (owed(db, "ada"), owed(db, "ben")) == (400, 400)


def test_who_has_no_share_any_more_is_told(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    track = make_upload(db, "ada")
    give_split(db, track, {"ada": 2000, "ben": 5000, "cleo": 3000})
    former = ada.call("revenue_split", track_id=track)["active"]["id"]
    # Even by somebody they do not want to hear of.
    ben.call("mute", username="ada")
    told = split(ada, track, ada=9000, cleo=1000)

    def ended(somebody: Actor) -> list[Any]:
        pay(db)
        told = somebody.rows("my_notifications")
        return [each["data"] for each in told if each["kind"] == "split_ended"]

    assert ended(ben) == []
    cleo.call("accept_revenue_split", split_id=told["proposed"]["id"])
    assert ended(ben) == [{"split_id": former, "track_id": str(track)}]
    # Who is in the new one has accepted it, and the owner has proposed it.
    assert (ended(ada), ended(cleo)) == ([], [])
    nothing = {"active": None, "proposed": None}
    assert ben.call("revenue_split", track_id=track) == nothing
    # What has ended is accepted by nobody again.
    shown = ada.call("revenue_split", track_id=track)
    ben.call("accept_revenue_split", split_id=former)
    assert ada.call("revenue_split", track_id=track) == shown
    assert (shown["active"]["id"], shown["proposed"]) == (told["proposed"]["id"], None)


def lapsed(owner: Actor) -> list[Any]:
    """Which proposals somebody was told have lapsed."""
    return [
        each["data"] for each in owner.rows("my_notifications") if each["kind"] == "split_lapsed"
    ]


def test_a_split_that_waits_for_somebody_who_is_erased_lapses(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    open_march(db)
    track = make_upload(db, "ada")
    give_split(db, track, {"ada": 4000, "ben": 6000})
    play(db, track, 1000)
    held = ada.call("revenue_split", track_id=track)["active"]
    proposed = split(ada, track, ada=5000, ben=3000, cleo=2000)["proposed"]["id"]
    ben.call("accept_revenue_split", split_id=proposed)
    db.execute("select private.erase_account(%s)", [cleo.id])
    pay(db)
    # What held before goes on, and all of it is somebody's.
    assert ada.call("revenue_split", track_id=track) == {"active": held, "proposed": None}
    assert lapsed(ada) == [{"split_id": proposed, "track_id": str(track)}]
    assert lapsed(ben) == []
    with refused(404, "split_not_found"):
        ben.call("accept_revenue_split", split_id=proposed)
    accrue(db)
    assert (owed(db, "ada"), owed(db, "ben")) == (320, 480)
    assert money_laws(db) == []
    # The owner proposes another.
    told = split(ada, track, ada=1000, ben=9000)
    ben.call("accept_revenue_split", split_id=told["proposed"]["id"])
    assert ada.call("revenue_split", track_id=track)["active"]["id"] == told["proposed"]["id"]


def test_a_split_goes_on_without_somebody_erased_who_had_accepted(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    open_march(db)
    track = make_upload(db, "ada")
    play(db, track, 1000)
    proposed = split(ada, track, ada=5000, ben=3000, cleo=2000)["proposed"]["id"]
    cleo.call("accept_revenue_split", split_id=proposed)
    db.execute("select private.erase_account(%s)", [cleo.id])
    ben.call("accept_revenue_split", split_id=proposed)
    pay(db)
    assert ada.call("revenue_split", track_id=track)["active"]["id"] == proposed
    assert lapsed(ada) == []
    db.execute("update private.revenue_splits set holds_from = '2026-03-01'")
    accrue(db)
    # Her part is the owner's.
    assert (owed(db, "ada"), owed(db, "ben"), owed(db, "cleo")) == (560, 240, 0)


def test_a_split_taken_back_has_not_lapsed(db: Connection, ada: Actor, cleo: Actor) -> None:
    track = make_upload(db, "ada")
    split(ada, track, ada=5000, cleo=5000)
    told = split(ada, track, ada=4000, cleo=6000)
    pay(db)
    assert lapsed(ada) == []
    assert cleo.call("revenue_split", track_id=track)["proposed"] == told["proposed"]


def test_who_proposes_anew_waits_for_an_erasure_that_lets_the_former_lapse(
    database: Database,
) -> None:
    with database.connect() as watcher:
        track = make_upload(watcher, "ada")
        split(actor(watcher, "ada"), track, ada=5000, cleo=5000)
        cleo = person_id("cleo")
        with database.connect() as erasing, database.connect() as other:
            erasing.execute("begin")
            erasing.execute("select private.lock_ties(array[%s]::uuid[])", [cleo])
            with ThreadPoolExecutor(1) as pool:
                told = pool.submit(split, actor(other, "ada"), track, ada=1000, ben=9000)
                wait_until_blocked(watcher, other)
                erasing.execute("select private.erase_account(%s)", [cleo])
                erasing.execute("commit")
                proposed = told.result(timeout=60)["proposed"]
        assert [each["bps"] for each in proposed["shares"]] == [9000, 1000]
        assert watcher.execute("select from private.revenue_splits").rowcount == 1


def test_a_month_that_was_missed_is_named_until_it_is_paid(db: Connection) -> None:
    open_march(db)
    db.execute(
        "create table private.plays_2026_04 partition of public.plays"
        " for values from ('2026-04-01 00:00+00') to ('2026-05-01 00:00+00')"
    )
    play(db, make_upload(db, "ada"), 1000)

    def missed() -> list[date]:
        found = actor(db, "service").call("backend.months_to_accrue")
        assert isinstance(found, list)
        return found

    april = date(2026, 4, 1)
    assert missed()[:2] == [MARCH, april]
    # Nobody pays for what is still going on.
    assert date.today().replace(day=1) not in missed()
    # One in which nothing was heard is paid as well.
    assert accrue(db, april) == 0
    assert (MARCH in missed(), april in missed()) == (True, False)
    assert accrue(db) == 1
    assert MARCH not in missed()


@st.composite
def shares(draw: st.DrawFn) -> dict[str, int]:
    """Some of the cast with parts that come to ten thousand, or, when somebody left, to less."""
    names = draw(st.lists(st.sampled_from(list(CAST)), min_size=1, max_size=8, unique=True))
    cuts = sorted(draw(st.sets(st.integers(1, 9999), min_size=len(names), max_size=len(names))))
    return {name: high - low for name, low, high in zip(names, [0, *cuts], cuts, strict=False)}


@IN_ONE
@given(parts=shares(), amount=st.integers(-(10**12), 10**12))
def test_parts_of_any_split_sum_to_what_is_split(
    db: Connection, parts: dict[str, int], amount: int
) -> None:
    with db.transaction(force_rollback=True):
        track = make_upload(db, "ada")
        give_split(db, track, parts)
        rows = db.execute(
            "select * from private.split_of(%s, %s, %s)", [track, person_id("ada"), amount]
        ).fetchall()
        assert sum(row["amount_minor"] for row in rows) == amount
        assert all(row["amount_minor"] * amount > 0 for row in rows)
        wanted = {person_id(name): bps for name, bps in parts.items()}
        wanted[person_id("ada")] = wanted.get(person_id("ada"), 0) + 10_000 - sum(parts.values())
        for row in rows:
            exact = amount * wanted[row["payee_id"]] / 10_000
            assert abs(row["amount_minor"] - exact) <= 1


@IN_ONE
@given(
    plays=st.lists(st.integers(1, 40), min_size=1, max_size=4),
    parts=shares(),
    rate=st.integers(0, 20_000),
)
def test_royalties_of_any_plays_are_exact_but_for_what_is_carried(
    db: Connection, plays: list[int], parts: dict[str, int], rate: int
) -> None:
    with db.transaction(force_rollback=True):
        open_march(db)
        db.execute("insert into public.royalty_rates values ('2026-03-01', %s)", [rate])
        for number, times in enumerate(plays):
            track = make_upload(db, "ada")
            if number % 2:
                give_split(db, track, parts)
            play(db, track, times)
        assert accrue(db) == len(plays)
        row = db.execute(
            "select coalesce(sum(posted_minor), 0)::bigint as posted,"
            " coalesce(sum(accrued_micro), 0)::bigint as accrued from private.royalty_remainders"
        ).fetchone()
        assert row is not None
        assert row["accrued"] == sum(plays) * rate
        assert balance(db, "royalties") == row["posted"]
        assert money_laws(db) == []
