"""The queue of cases, who decides them, and what opens and closes one."""

from __future__ import annotations

import uuid

import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, Row, actor, person_id, refused
from tests.detections import checked
from tests.detections import decide as review
from tests.trust import (
    case_of,
    decide,
    impose,
    log,
    loosen,
    newcomer,
    proven,
    report,
    told,
)


def test_the_heaviest_come_first_page_by_page(db: Connection, ben: Actor) -> None:
    loosen(db)
    posts = [ben.post(str(number)) for number in range(5)]
    for number, post in enumerate(posts):
        for _ in range(number % 3):
            report(newcomer(db, "31 days"), "post", post)
        report(newcomer(db, "31 days"), "post", post)
    modesty = actor(db, "modesty")
    whole = modesty.rows("moderation_queue", page_size=100)
    assert [row["weight"] for row in whole] == sorted(
        (row["weight"] for row in whole), reverse=True
    )
    assert whole[0]["target_id"] == posts[2]
    pages: list[Row] = []
    after = None
    while page := modesty.rows("moderation_queue", after=after, page_size=2):
        pages += page
        after = page[-1]["cursor"]
    assert [row["id"] for row in pages] == [row["id"] for row in whole]


def test_the_queue_is_of_one_status_and_of_one_kind_or_all(db: Connection, ben: Actor) -> None:
    loosen(db)
    modesty, cases = actor(db, "modesty"), {}
    for kind in ("report", "ai_generated", "fingerprint_match", "strikes", "appeal"):
        for status in ("open", "claimed", "decided"):
            (row,) = db.execute(
                "insert into public.moderation_cases"
                " (target_kind, target_id, kind, status, claimed_at, decided_at, action)"
                " values ('post', gen_random_uuid(), %s, %s, now(),"
                " case when %s = 'decided' then now() end, 'dismiss') returning id",
                [kind, status, status],
            ).fetchall()
            cases[kind, status] = row["id"]
    for (kind, status), case in cases.items():
        found = modesty.rows("moderation_queue", status=status, kind=kind)
        assert [row["id"] for row in found] == [case]
        of_all = modesty.rows("moderation_queue", status=status)
        assert {row["kind"] for row in of_all} == {each for each, _ in cases}
        assert {row["status"] for row in of_all} == {status}


def test_a_case_shows_evidence_history_and_similar_cases(db: Connection, ben: Actor) -> None:
    loosen(db)
    first, second = ben.post("one"), ben.post("two")
    others = actor(db, "cleo").post("three")
    for post in (first, others):
        report(proven(db), "post", post, "hate")
    decide(db, first, "warn", note="be kind")
    decide(db, others, "hide")
    # What others have done for another reason is not alike.
    report(proven(db), "post", another := actor(db, "dan").post("four"), "spam")
    decide(db, another, "ban")
    report(proven(db), "post", second, "hate", description="again")
    db.execute(
        "select private.open_case('post', %s, 'report', %s, %s)",
        [second, ben.id, '{"note": "seen elsewhere"}'],
    )
    (row,) = actor(db, "modesty").rows("moderation_queue")
    (shown,) = row["reports"]
    assert (shown["description"], shown["copy"]["body"]) == ("again", "two")
    assert row["evidence"][0]["note"] == "seen elsewhere"
    assert row["history"]["cases"] == row["history"]["actioned"] == 1
    assert [each["kind"] for each in row["history"]["sanctions"]] == ["warn"]
    assert [(each["action"], each["is_same_subject"]) for each in row["similar_cases"]] == [
        ("warn", True), ("hide", False),
    ]  # fmt: skip
    assert actor(db, "modesty").call("moderation_case", case_id=row["id"])["id"] == row["id"]


def test_a_case_takes_so_much_evidence_and_shows_so_much(db: Connection, ben: Actor) -> None:
    loosen(db)
    db.execute(
        "update private.settings set value = 2"
        " where name in ('case_evidence_limit', 'case_reports_shown', 'similar_cases_shown')"
    )
    for number in range(3):
        report(proven(db), "post", post := ben.post(str(number)))
        decide(db, post, "warn")
    post = ben.post()
    for number in range(3):
        report(newcomer(db, "31 days"), "post", post, description=str(number))
        db.execute(
            "select private.open_case('post', %s, 'report', %s, jsonb_build_object('found', %s))",
            [post, ben.id, number],
        )
    (row,) = actor(db, "modesty").rows("moderation_queue")
    # What was found first stays; of reports, sanctions and cases the newest are shown.
    assert [each["found"] for each in row["evidence"]] == [0, 1]
    assert [each["description"] for each in row["reports"]] == ["2", "1"]
    assert (len(row["history"]["sanctions"]), row["history"]["cases"]) == (2, 3)
    assert (len(row["similar_cases"]), row["report_count"]) == (2, 3)


def test_the_queue_is_for_moderators(db: Connection, ben: Actor) -> None:
    for name in ("moderation_queue", "audit_log"):
        with refused(403, "not_allowed"):
            ben.rows(name)
    with refused(403, "not_allowed"):
        actor(db, "modesty").rows("audit_log")
    with refused(422, "case_status_unknown"):
        actor(db, "modesty").rows("moderation_queue", status="lost")
    with refused(422, "case_kind_unknown"):
        actor(db, "modesty").rows("moderation_queue", kind="lost")
    with refused(404, "case_not_found"):
        actor(db, "modesty").call("moderation_case", case_id=uuid.uuid4())


def test_who_claims_a_case_has_it_for_a_while(db: Connection, ben: Actor) -> None:
    report(proven(db), "post", post := ben.post())
    case = case_of(db, post)["id"]
    db.execute(
        "insert into private.staff (user_id, role) values (%s, 'moderator')", [person_id("finn")]
    )
    claimed = actor(db, "modesty").call("claim_case", case_id=case)
    assert (claimed["status"], claimed["claimed_by"]["username"]) == ("claimed", "modesty")
    entry = log(db)[-1]
    assert (entry["action"], entry["case_id"]) == ("case_claimed", case)
    assert entry["actor_id"] == person_id("modesty")
    assert entry["before"] == {"status": "open", "claimed_at": None}
    assert entry["after"]["status"] == "claimed"
    with refused(409, "case_claimed") as caught:
        decide(db, post, "dismiss", "finn")
    assert 3500 < int(caught.value.diag.message_hint or 0) <= 3600
    with refused(409, "case_claimed"):
        actor(db, "finn").call("claim_case", case_id=case)
    # An admin goes past it, and whose it is decides it.
    for name in ("admiral", "modesty"):
        with db.transaction(force_rollback=True):
            assert decide(db, post, "dismiss", name)["status"] == "decided"
    # Claimed again it begins anew.
    db.execute("update public.moderation_cases set claimed_at = now() - interval '50 minutes'")
    again = actor(db, "modesty").call("claim_case", case_id=case)
    assert again["claimed_at"] == claimed["claimed_at"]
    finn = actor(db, "finn")
    queued = [
        [row["id"] for row in finn.rows("moderation_queue", status=status)]
        for status in ("open", "claimed")
    ]
    assert queued == [[], [case]]
    # Whoever claimed it has not come back: it waits for anybody again.
    db.execute("update public.moderation_cases set claimed_at = now() - interval '2 hours'")
    assert [row["id"] for row in finn.rows("moderation_queue")] == [case]
    assert finn.rows("moderation_queue", status="claimed") == []
    assert decide(db, post, "dismiss", "finn")["status"] == "decided"
    with refused(409, "case_decided"):
        actor(db, "modesty").call("claim_case", case_id=case)


def test_nobody_decides_on_their_own_or_what_they_reported(db: Connection) -> None:
    modesty, admiral = actor(db, "modesty"), actor(db, "admiral")
    own = modesty.post()
    report(proven(db), "post", own)
    with refused(403, "own_case"):
        decide(db, own, "dismiss")
    others = actor(db, "ben").post()
    report(modesty, "post", others)
    with refused(403, "own_case"):
        decide(db, others, "hide")
    with refused(403, "own_case"):
        modesty.call("claim_case", case_id=case_of(db, others)["id"])
    # Nor against staff of the same role or a higher one.
    theirs = admiral.post()
    report(proven(db), "post", theirs)
    with refused(403, "not_allowed"):
        decide(db, theirs, "hide")
    # For them is not against them.
    assert decide(db, theirs, "dismiss")["action"] == "dismiss"
    assert decide(db, own, "hide", "admiral")["action"] == "hide"


def test_each_decision_is_logged_with_before_and_after(db: Connection, ben: Actor) -> None:
    report(proven(db), "post", post := ben.post())
    decide(db, post, "hide", note="not here")
    entry = log(db)[-1]
    assert (entry["action"], entry["actor_id"]) == ("case_decided", person_id("modesty"))
    assert (entry["subject_id"], entry["reason"]) == (ben.id, "not here")
    assert (entry["before"]["is_withheld"], entry["after"]["is_withheld"]) == (False, True)
    assert entry["after"]["action"] == "hide"
    assert entry["case_id"] == case_of(db, post)["id"]


def test_hidden_stays_hidden_until_the_case_is_opened_again(db: Connection, ben: Actor) -> None:
    report(proven(db), "post", post := ben.post())
    case = decide(db, post, "hide")["id"]
    stranger, modesty = actor(db, "stranger"), actor(db, "modesty")
    see = "select id from public.posts where id = %s"
    assert stranger.run(see, post) == []
    assert told(db, "ben") == ["hide"]
    # Another case of it, dismissed, is not the one that hid it.
    db.execute("select private.open_case('post', %s, 'strikes', %s, '{}')", [post, ben.id])
    other = case_of(db, post, "strikes")["id"]
    modesty.call("decide_case", case_id=other, action="dismiss")
    assert stranger.run(see, post) == []
    reopened = modesty.call("reopen_case", case_id=case, note="on second thought")
    assert (reopened["status"], reopened["action"]) == ("open", None)
    assert stranger.run(see, post) == []
    decide(db, post, "dismiss")
    assert len(stranger.run(see, post)) == 1


@pytest.mark.parametrize("action", ["dismiss", "hide", "delete"])
def test_that_a_machine_made_it_takes_two_and_no_case(db: Connection, action: str) -> None:
    loosen(db)
    track = checked(db, 5)
    report(proven(db), "track", track, "ai_generated")
    case = case_of(db, track, "ai_generated")["id"]
    db.execute("update public.detections set status = 'under_review'")
    modesty = actor(db, "modesty")
    with refused(409, "case_is_detection") as caught:
        modesty.call("decide_case", case_id=case, action=action)
    assert caught.value.diag.message_detail is not None
    assert "review_detection" in caught.value.diag.message_detail
    (row,) = db.execute("select status from public.tracks where id = %s", [track]).fetchall()
    assert row["status"] == "published"
    # What was found to be human one may agree with; whose it is may be warned all the same.
    db.execute("update public.detections set status = 'verified_human'")
    if action == "dismiss":
        assert modesty.call("decide_case", case_id=case, action=action)["action"] == "dismiss"
    else:
        with refused(409, "case_is_detection"):
            modesty.call("decide_case", case_id=case, action=action)
        assert modesty.call("decide_case", case_id=case, action="warn")["action"] == "warn"


def test_what_no_detection_is_of_is_for_its_case(db: Connection) -> None:
    report(proven(db), "track", song := make_song(db), "ai_generated")
    case = case_of(db, song, "ai_generated")["id"]
    actor(db, "modesty").call("decide_case", case_id=case, action="hide")
    (row,) = db.execute("select status from public.tracks where id = %s", [song]).fetchall()
    assert row["status"] == "removed"


def test_what_something_was_done_about_stays_hidden(db: Connection, ben: Actor) -> None:
    loosen(db)
    post = ben.post()
    for _ in range(2):
        report(proven(db), "post", post)
    decide(db, post, "warn")
    assert actor(db, "stranger").run("select from public.posts where id = %s", post) == []
    (held,) = db.execute("select reason from private.withheld").fetchall()
    assert held["reason"] == "decision"


def test_what_cannot_be_opened_again(db: Connection, ben: Actor) -> None:
    loosen(db)
    post = ben.post()
    report(proven(db), "post", post)
    first = decide(db, post, "dismiss")["id"]
    report(proven(db), "post", post)
    with refused(409, "case_not_reopened"):
        actor(db, "modesty").call("reopen_case", case_id=first)
    with refused(404, "case_not_found"):
        actor(db, "modesty").call("reopen_case", case_id=uuid.uuid4())


@pytest.mark.parametrize("kind", ["appeal", "ai_generated"])
def test_what_is_decided_elsewhere_is_not_opened_again_here(
    db: Connection, ben: Actor, kind: str
) -> None:
    loosen(db)
    if kind == "appeal":
        target = impose(db, "ben", by="admiral")
        ben.call("appeal", sanction_id=target, text="no")
        actor(db, "modesty").call("decide_appeal", sanction_id=target, uphold=False)
    else:
        target = checked(db, 5)
        for _ in range(2):
            report(proven(db), "track", target, "ai_generated")
        review(db, target, "verified_human", "eve")
    case = case_of(db, target, kind)
    assert case["status"] == "decided"
    with refused(409, "case_not_reopened"):
        actor(db, "modesty").call("reopen_case", case_id=case["id"])


def test_admins_read_all_that_was_done_newest_first(db: Connection, ben: Actor) -> None:
    loosen(db)
    rooty = actor(db, "rooty")
    for number in range(3):
        report(proven(db), "post", post := ben.post(str(number)))
        decide(db, post, "warn", note=str(number))
        rooty.call("set_setting", name="report_young_days", value=20 + number)
    admiral = actor(db, "admiral")
    whole = admiral.rows("audit_log", page_size=100)
    assert {row["source"] for row in whole} == {"audit", "moderation"}
    decided = [row for row in whole if row["action"] == "case_decided"]
    assert [row["reason"] for row in decided] == ["2", "1", "0"]
    assert decided[0]["actor"]["username"] == "modesty"
    assert decided[0]["subject"]["username"] == "ben"
    for size in (1, 2, 5):
        pages: list[Row] = []
        after = None
        while page := admiral.rows("audit_log", after=after, page_size=size):
            pages += page
            after = page[-1]["cursor"]
        assert [(row["source"], row["id"]) for row in pages] == [
            (row["source"], row["id"]) for row in whole
        ]
