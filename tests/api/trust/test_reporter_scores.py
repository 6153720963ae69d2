"""What a report weighs, by how its reporter was right before; brigades of new accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.catalogue import make_upload
from tests.database import Actor, Connection, actor
from tests.detections import checked
from tests.detections import decide as review
from tests.trust import case_of, grow_up, loosen, newcomer, proven, report


def weights(db: Connection, somebody: Actor) -> Any:
    """What a report of somebody would weigh, and whether they are young."""
    row = db.execute("select * from private.report_weight(%s)", [somebody.id]).fetchone()
    assert row is not None
    return row["weight"], row["is_young"]


def scores(db: Connection, somebody: Actor) -> tuple[int, int]:
    """How often somebody was right and wrong."""
    row = db.execute(
        "select right_count, wrong_count from private.reporter_scores where user_id = %s",
        [somebody.id],
    ).fetchone()
    return (row["right_count"], row["wrong_count"]) if row else (0, 0)


@pytest.mark.parametrize(
    ("age", "right", "wrong", "weight", "is_young"),
    [
        ("0 days", 0, 0, "0.2", True),
        ("29 days", 0, 3, "0.2", True),
        ("31 days", 0, 0, "1.0", False),
        ("31 days", 0, 1, "0.6", False),
        ("31 days", 0, 9, "0.2", False),
        ("31 days", 2, 0, "2.0", False),
        ("31 days", 4, 0, "3.0", False),
        ("31 days", 99, 0, "3.0", False),
        ("31 days", 2, 1, "1.6", False),
        # Who was right stays young.
        ("1 day", 1, 0, "0.7", True),
        ("29 days", 99, 0, "3.0", True),
    ],
)
def test_a_report_weighs_by_how_one_was_right_before(
    db: Connection, age: str, right: int, wrong: int, weight: str, is_young: bool
) -> None:
    somebody = newcomer(db, age, right=right, wrong=wrong)
    assert weights(db, somebody) == (Decimal(weight), is_young)


def test_staff_weigh_the_most(db: Connection, modesty: Actor) -> None:
    assert weights(db, modesty) == (Decimal(3), False)


def test_thirty_young_accounts_weigh_less_than_three_proven_ones(db: Connection) -> None:
    loosen(db)
    # What is withheld nobody sees, to report it once more.
    db.execute("update private.settings set value = 901 where name = 'report_hide_weight'")
    first, second = actor(db, "ben").post("first"), actor(db, "ben").post("second")
    for _ in range(30):
        report(newcomer(db), "post", first)
    for _ in range(3):
        report(proven(db), "post", second)
    young, old = case_of(db, first), case_of(db, second)
    assert (young["report_count"], young["weight"]) == (30, Decimal(2))
    assert (old["report_count"], old["weight"]) == (3, Decimal(9))
    report(proven(db), "post", second)
    stranger = actor(db, "stranger")
    assert not is_gone(stranger, first)
    assert is_gone(stranger, second)


def is_gone(somebody: Actor, post: Any) -> bool:
    """Whether somebody does not see a post in the table."""
    return somebody.run("select id from public.posts where id = %s", post) == []


@pytest.mark.parametrize(
    "trust",
    [
        "update public.artist_profiles set is_verified = true, verified_at = now()"
        " where profile_id = %s",
        "update public.artist_profiles set is_trusted_uploader = true, trusted_since = now()"
        " where profile_id = %s",
        "insert into private.staff (user_id, role) values (%s, 'moderator')",
    ],
    ids=["verified", "trusted uploader", "staff"],
)
def test_a_hundred_new_accounts_hide_nothing_of_somebody_trusted(
    db: Connection, ada: Actor, trust: str
) -> None:
    loosen(db)
    db.execute(trust.encode(), [ada.id])
    post = ada.post()
    for _ in range(100):
        report(newcomer(db), "post", post)
    assert case_of(db, post)["weight"] == 0
    assert not is_gone(actor(db, "stranger"), post)
    # With one who was right before it is two reports short still.
    report(proven(db), "post", post)
    assert not is_gone(actor(db, "stranger"), post)
    report(proven(db), "post", post)
    assert is_gone(actor(db, "stranger"), post)


def test_a_hundred_new_accounts_hide_nothing_of_anybody(db: Connection, ben: Actor) -> None:
    loosen(db)
    post = ben.post()
    for _ in range(100):
        report(newcomer(db), "post", post)
    assert case_of(db, post)["weight"] == Decimal(2)
    assert not is_gone(actor(db, "stranger"), post)


@pytest.mark.parametrize(
    ("action", "counts", "status"),
    [("hide", (1, 0), "actioned"), ("warn", (1, 0), "actioned"), ("dismiss", (0, 1), "dismissed")],
)
def test_who_reports_is_right_or_wrong_by_what_is_decided(
    db: Connection, ben: Actor, action: str, counts: tuple[int, int], status: str
) -> None:
    grow_up(db, "ben")
    post = ben.post()
    somebody = newcomer(db, "31 days")
    report(somebody, "post", post)
    actor(db, "modesty").call("decide_case", case_id=case_of(db, post)["id"], action=action)
    assert scores(db, somebody) == counts
    (mine,) = somebody.run("select status, reviewed_at from public.reports")
    assert (mine["status"], mine["reviewed_at"] is not None) == (status, True)


@pytest.mark.parametrize(
    ("verdict", "counts", "status"),
    [("rejected", (1, 0), "actioned"), ("verified_human", (0, 1), "dismissed")],
)
def test_who_says_that_a_machine_made_it_is_right_or_wrong_by_the_review(
    db: Connection, verdict: str, counts: tuple[int, int], status: str
) -> None:
    loosen(db)
    grow_up(db, "ada")
    somebody, track = newcomer(db, "31 days"), checked(db, 5)
    for each in (somebody, proven(db), proven(db)):
        report(each, "track", track, "ai_generated")
    review(db, track, verdict, *["eve", "finn"][: 2 if verdict == "rejected" else 1])
    assert scores(db, somebody) == counts
    assert somebody.run("select status from public.reports") == [{"status": status}]
    assert case_of(db, track, "ai_generated")["status"] == "decided"


def test_nobody_is_wrong_to_fear_for_a_life(db: Connection, ben: Actor) -> None:
    post = ben.post()
    somebody = newcomer(db, "31 days")
    report(somebody, "post", post, "self_harm")
    actor(db, "modesty").call("decide_case", case_id=case_of(db, post)["id"], action="dismiss")
    assert scores(db, somebody) == (0, 0)
    assert somebody.run("select status from public.reports") == [{"status": "reviewed"}]


def decide(db: Connection, target: Any, action: str) -> Any:
    """Let a moderator decide the case of something; its id."""
    case = case_of(db, target)["id"]
    actor(db, "modesty").call("decide_case", case_id=case, action=action)
    return case


@pytest.mark.parametrize("mark", ["is_verified", None])
def test_a_brigade_does_not_prove_itself_on_a_puppet_of_its_own(
    db: Connection, ada: Actor, mark: str | None
) -> None:
    loosen(db)
    grow_up(db, "ada")
    if mark:
        db.execute("update public.artist_profiles set is_verified = true, verified_at = now()")
    puppet, brigade = newcomer(db), [newcomer(db) for _ in range(8)]
    for number in range(3):
        spam = puppet.post(f"spam {number}")
        for somebody in brigade:
            report(somebody, "post", spam)
        decide(db, spam, "hide")
    assert {scores(db, somebody) for somebody in brigade} == {(0, 0)}
    post = ada.post()
    for somebody in brigade:
        report(somebody, "post", post)
    assert not is_gone(actor(db, "stranger"), post)
    # Nor on somebody who has been here for long, while they are young themselves.
    spam = actor(db, "ada").post("an old account of theirs")
    for somebody in brigade:
        report(somebody, "post", spam)
    decide(db, spam, "warn")
    assert {scores(db, somebody) for somebody in brigade} == {(1, 0)}
    another = ada.post()
    for somebody in brigade:
        report(somebody, "post", another)
    assert not is_gone(actor(db, "stranger"), another)


def test_one_is_right_once_about_the_same_person(db: Connection, ben: Actor) -> None:
    loosen(db)
    grow_up(db, "ben", "cleo")
    somebody = newcomer(db, "31 days")
    for author in (ben, ben, actor(db, "cleo"), ben):
        report(somebody, "post", post := author.post())
        decide(db, post, "hide")
    assert scores(db, somebody) == (2, 0)
    # Wrong one is as often as one is.
    for _ in range(2):
        report(somebody, "post", post := ben.post())
        decide(db, post, "dismiss")
    assert scores(db, somebody) == (2, 2)


@pytest.mark.parametrize(
    ("first", "second", "counts"), [("hide", "dismiss", (0, 1)), ("dismiss", "warn", (1, 0))]
)
def test_what_is_decided_otherwise_is_scored_otherwise(
    db: Connection, ben: Actor, first: str, second: str, counts: tuple[int, int]
) -> None:
    grow_up(db, "ben")
    somebody, careful = newcomer(db, "31 days"), newcomer(db, "31 days")
    report(somebody, "post", post := ben.post())
    report(careful, "post", post, "self_harm")
    modesty = actor(db, "modesty")
    case = decide(db, post, first)
    reopened = modesty.call("reopen_case", case_id=case)
    assert scores(db, somebody) == scores(db, careful) == (0, 0)
    assert {each["status"] for each in reopened["reports"]} == {"pending"}
    assert Decimal(reopened["weight"]) == Decimal(2)
    decide(db, post, second)
    assert scores(db, somebody) == counts
    assert scores(db, careful) == (counts[0], 0)


def test_of_two_reports_of_a_thing_one_is_open(db: Connection) -> None:
    grow_up(db, "ada")
    somebody, track = newcomer(db, "31 days"), make_upload(db)
    report(somebody, "track", track)
    case = decide(db, track, "dismiss")
    report(somebody, "track", track, "ai_generated")
    actor(db, "modesty").call("reopen_case", case_id=case)
    assert scores(db, somebody) == (0, 0)
    found = somebody.run("select reason, status from public.reports order by id")
    assert [(row["reason"], row["status"]) for row in found] == [
        ("spam", "dismissed"),
        ("ai_generated", "pending"),
    ]
