"""Artists ask to be verified, pages are looked at, and the staff decides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, Row, actor, forbidden, refused
from tests.races import race, refusals

PAGES = ["https://ada.example.com/", "https://www.example.net/ada"]
FOUND = [{"url": PAGES[0], "final_url": PAGES[0], "outcome": "found", "is_found": True}]
NOT_FOUND = [{**FOUND[0], "outcome": "not_found", "is_found": False}]


def ask(artist: Actor, urls: list[str] | None = None) -> Row:
    """Ask to be verified by these pages."""
    asked: Row = artist.call("request_verification", urls=urls or PAGES)
    return asked


def mine(artist: Actor) -> Row:
    """The request, as who asked sees it."""
    (row,) = artist.rows("my_verification")
    return row


def claim(service: Actor, db: Connection) -> list[Row]:
    """What is to be looked at once the first wait is over."""
    db.execute("update public.verification_requests set next_crawl_at = now()")
    return service.rows("backend.claim_verifications", size=10)


def crawled(artist: Actor, service: Actor, db: Connection) -> Row:
    """A request whose code was found."""
    asked = ask(artist)
    claim(service, db)
    record(service, asked, FOUND)
    return asked


def record(service: Actor, request: Row, findings: Any) -> str:
    """Say what was found."""
    status: str = service.call(
        "backend.record_verification", request_id=request["id"], findings=json.dumps(findings)
    )
    return status


def is_verified(person: Actor, db: Connection) -> tuple[bool, bool, bool]:
    """Whether an artist is verified: by the profile, its date, and as lists show them."""
    row = db.execute(
        "select artist.is_verified, artist.verified_at is not null as has_date,"
        " (person.card ->> 'is_verified')::boolean as is_shown"
        " from public.artist_profiles as artist"
        " join private.person_cards as person using (profile_id) where profile_id = %s",
        [person.id],
    ).fetchone()
    assert row is not None
    return row["is_verified"], row["has_date"], row["is_shown"]


def log(db: Connection, action: str) -> list[Row]:
    """What was decided, with before and after."""
    return db.execute(
        "select actor_id, subject_id, target_kind, target_id, reason, before, after"
        " from public.moderation_log where action = %s order by id",
        [action],
    ).fetchall()


def test_an_artist_is_given_a_code_of_their_own(ada: Actor, ben: Actor) -> None:
    asked = ask(ada)
    assert asked["status"] == "pending"
    assert asked["urls"] == PAGES
    assert mine(ada) == asked
    # What is sent again is found; other pages are another request.
    assert ask(ada) == asked
    with refused(409, "verification_open"):
        ask(ada, PAGES[:1])
    ben.call("become_artist")
    assert ask(ben)["code"] != asked["code"]


def test_fans_are_not_verified(ben: Actor) -> None:
    with refused(403, "not_an_artist"):
        ask(ben)
    assert ben.rows("my_verification") == []


@pytest.mark.parametrize(
    "urls",
    [
        [],
        None,
        [None],
        ["https://a.example.com/"] * 6,
        ["http://ada.example.com/"],
        ["https://ada@example.com/"],
        ["https://ada.example.com:8443/"],
        ["https://[::1]/"],
        ["https://ada.example.com/a b"],
        ["https://ada.example.com\\@localhost/"],
        ["https://ada.example.com/\n"],
        ["https://ada.example.com/" + "x" * 477],
        [""],
        ["ada.example.com"],
    ],
    ids=str,
)
def test_pages_that_are_none_are_refused(urls: Any, ada: Actor) -> None:
    with refused(422, "urls_invalid"):
        ada.run("select * from public.request_verification(%s::text[])", urls)


def test_five_pages_of_500_characters_are_fine(ada: Actor) -> None:
    start = "https://ada.example.com/"
    pages = [start + str(number) * (500 - len(start)) for number in range(5)]
    assert ask(ada, pages)["urls"] == pages


def test_visitors_ask_for_nothing(visitor: Actor) -> None:
    for function, arguments in (
        ("request_verification", {"urls": PAGES}),
        ("my_verification", {}),
        ("verification_queue", {}),
    ):
        with forbidden():
            visitor.rows(function, **arguments)


def test_pages_are_looked_at_when_there_was_time_to_place_the_code(
    ada: Actor, service: Actor, db: Connection
) -> None:
    asked = ask(ada)
    assert service.rows("backend.claim_verifications") == []
    assert claim(service, db) == [{"id": asked["id"], "urls": PAGES, "code": asked["code"]}]
    assert mine(ada)["status"] == "crawling"
    assert claim(service, db) == []
    assert record(service, asked, NOT_FOUND) == "pending"
    assert mine(ada)["findings"] == NOT_FOUND
    # Not at once.
    assert service.rows("backend.claim_verifications") == []
    claim(service, db)
    assert record(service, asked, FOUND) == "awaiting_review"
    assert claim(service, db) == []


def test_what_is_found_nowhere_is_the_staffs_after_the_last_look(
    ada: Actor, service: Actor, db: Connection
) -> None:
    asked = ask(ada)
    db.execute("update private.settings set value = 2 where name = 'verification_crawls'")
    claim(service, db)
    assert record(service, asked, NOT_FOUND) == "pending"
    claim(service, db)
    assert record(service, asked, NOT_FOUND) == "awaiting_review"


def test_what_a_run_left_is_taken_up_and_at_last_the_staffs(
    ada: Actor, service: Actor, db: Connection
) -> None:
    ask(ada)
    db.execute("update private.settings set value = 2 where name = 'verification_crawls'")
    lost = "update public.verification_requests set leased_until = now() where status = 'crawling'"
    for _ in range(2):
        assert len(claim(service, db)) == 1
        db.execute(lost)
    assert claim(service, db) == []
    assert mine(ada)["status"] == "awaiting_review"


@pytest.mark.parametrize(
    "findings",
    [
        None,
        [],
        {},
        FOUND * 6,
        [{**FOUND[0], "url": "https://another.example.com/"}],
        [{**FOUND[0], "outcome": "A sentence."}],
        [{**FOUND[0], "is_found": "yes"}],
        [{**FOUND[0], "final_url": "https://" + "x" * 2000}],
        ["found"],
    ],
    ids=str,
)
def test_findings_of_another_shape_are_refused(
    findings: Any, ada: Actor, service: Actor, db: Connection
) -> None:
    asked = ask(ada)
    claim(service, db)
    with refused(422, "findings_invalid"):
        record(service, asked, findings)
    assert mine(ada)["status"] == "crawling"


def test_a_moderator_approves_and_the_artist_is_shown_as_verified(
    ada: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    asked = crawled(ada, service, db)
    (queued,) = modesty.rows("verification_queue")
    assert queued["id"] == asked["id"]
    assert queued["artist"]["username"] == "ada"
    assert queued["findings"] == FOUND
    decided = modesty.call(
        "decide_verification", request_id=asked["id"], approve=True, note="Welcome"
    )
    assert (decided["status"], decided["note"]) == ("approved", "Welcome")
    assert is_verified(ada, db) == (True, True, True)
    assert modesty.rows("verification_queue") == []
    (shown,) = modesty.rows("verification_queue", status="approved")
    assert shown["decided_by"]["username"] == "modesty"
    told = ada.rows("my_notifications")[0]
    assert (told["kind"], told["data"]["is_approved"]) == ("verification_decision", True)
    assert log(db, "verification_approved") == [
        {
            "actor_id": modesty.id,
            "subject_id": ada.id,
            "target_kind": "profile",
            "target_id": ada.id,
            "reason": "Welcome",
            "before": {
                "request_id": str(asked["id"]),
                "status": "awaiting_review",
                "is_verified": False,
            },
            "after": {"request_id": str(asked["id"]), "status": "approved", "is_verified": True},
        }
    ]
    with refused(409, "already_verified"):
        ask(ada, PAGES[:1])


def test_the_same_decision_again_changes_nothing(
    ada: Actor, modesty: Actor, admiral: Actor, service: Actor, db: Connection
) -> None:
    asked = crawled(ada, service, db)
    decide = {"request_id": asked["id"], "approve": False}
    first = modesty.call("decide_verification", **decide, note="No")
    assert admiral.call("decide_verification", **decide, note="Never") == first
    assert len(log(db, "verification_rejected")) == 1


def test_who_was_rejected_asks_again_and_an_approval_is_taken_back(
    ada: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    first = crawled(ada, service, db)
    modesty.call("decide_verification", request_id=first["id"], approve=False)
    assert is_verified(ada, db) == (False, False, False)
    second = ask(ada)
    assert second["code"] != first["code"]
    modesty.call("decide_verification", request_id=second["id"], approve=True)
    assert is_verified(ada, db) == (True, True, True)
    modesty.call("decide_verification", request_id=second["id"], approve=False)
    assert is_verified(ada, db) == (False, False, False)
    (entry,) = [each for each in log(db, "verification_rejected") if each["before"]["is_verified"]]
    assert entry["after"]["is_verified"] is False


def test_what_comes_from_the_pages_after_the_decision_changes_nothing(
    ada: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    asked = ask(ada)
    claim(service, db)
    modesty.call("decide_verification", request_id=asked["id"], approve=False)
    assert record(service, asked, FOUND) == "rejected"
    assert mine(ada)["findings"] == []


def test_nobody_decides_about_themselves(
    modesty: Actor, admiral: Actor, service: Actor, db: Connection
) -> None:
    modesty.call("become_artist")
    asked = crawled(modesty, service, db)
    with refused(403, "own_case"):
        modesty.call("decide_verification", request_id=asked["id"], approve=True)
    assert is_verified(modesty, db) == (False, False, False)
    admiral.call("decide_verification", request_id=asked["id"], approve=True)
    assert is_verified(modesty, db) == (True, True, True)


def test_people_are_no_staff(ada: Actor, ben: Actor) -> None:
    asked = ask(ada)
    for person in (ada, ben):
        with refused(403, "not_allowed"):
            person.rows("verification_queue")
        with refused(403, "not_allowed"):
            person.call("decide_verification", request_id=asked["id"], approve=True)


def test_a_decision_says_what_and_about_what(ada: Actor, modesty: Actor) -> None:
    asked = ask(ada)
    with refused(422, "value_missing"):
        modesty.call("decide_verification", request_id=asked["id"], approve=None)
    for note in ("", "x" * 1001):
        with refused(422, "note_invalid"):
            modesty.call("decide_verification", request_id=asked["id"], approve=True, note=note)
    with refused(404, "verification_not_found"):
        modesty.call("decide_verification", request_id=modesty.id, approve=True)
    with refused(422, "verification_status_unknown"):
        modesty.rows("verification_queue", status="lost")


def test_the_queue_is_paged_who_has_waited_longest_first(
    ada: Actor, ben: Actor, cleo: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    asked = []
    for person in (ada, ben, cleo):
        if person is not ada:
            person.call("become_artist")
        asked.append(crawled(person, service, db)["id"])
    first = modesty.rows("verification_queue", page_size=2)
    second = modesty.rows("verification_queue", page_size=2, after=first[-1]["cursor"])
    assert [row["id"] for row in first + second] == asked
    with refused(422, "bad_cursor"):
        modesty.rows("verification_queue", status="approved", after=first[-1]["cursor"])


def test_asking_is_limited(ada: Actor, modesty: Actor) -> None:
    for _ in range(3):
        asked = ask(ada)
        modesty.call("decide_verification", request_id=asked["id"], approve=False)
    with refused(429, "rate_limited"):
        ask(ada)


def test_two_at_once_open_one_request(database: Database) -> None:
    def deed(connection: Connection) -> Any:
        return ask(actor(connection, "ada"))["code"]

    results = race(database, [deed, deed])
    assert refusals(results) == []
    with database.connect() as connection:
        rows = connection.execute("select code from public.verification_requests").fetchall()
    assert [row["code"] for row in rows] == list(dict.fromkeys(results))


def test_two_runs_at_once_claim_a_request_once(database: Database) -> None:
    with database.connect() as connection:
        ask(actor(connection, "ada"))
        connection.execute("update public.verification_requests set next_crawl_at = now()")

    def deed(connection: Connection) -> Any:
        return len(actor(connection, "service").rows("backend.claim_verifications"))

    assert sorted(race(database, [deed, deed])) == [0, 1]
