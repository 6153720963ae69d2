"""Rights: what is declared, licensed, claimed and countered."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Database, Row, actor, forbidden, refused
from tests.races import race, refusals

CLAIM = {
    "claimant": "Carol Composer",
    "kind": "composition",
    "contact": "carol@example.com",
    "statement": "I wrote this in 1998.",
    "address": "198.51.100.7",
}


def draft(artist: Actor, db: Connection) -> uuid.UUID:
    """A draft with its file."""
    made = artist.call(
        "create_track", title="Night", genre="ambient", duration_ms=180_000, file_format="mp3"
    )
    db.execute(
        "insert into storage.objects (bucket_id, name, metadata) values (%s, %s, %s::jsonb)",
        [made["bucket"], made["path"], json.dumps({"size": 5_000_000})],
    )
    return uuid.UUID(made["track"]["id"])


def claimed(service: Actor, track: object, **changes: Any) -> uuid.UUID:
    """A claim of somebody's on a track, which waits."""
    number = uuid.uuid4().hex[:8]
    given = {**CLAIM, "contact": f"{number}@example.com", "address": number, **changes}
    assert service.call("backend.record_claim", track_id=track, **given) == "received"
    row = service.connection.execute(
        "select id from private.claims order by id desc limit 1"
    ).fetchone()
    assert row is not None
    identity = row["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def decide(who: Actor, claim: uuid.UUID, uphold: bool, **values: Any) -> Row:
    """Decide a claim."""
    decided: Row = who.call("decide_claim", claim_id=claim, uphold=uphold, **values)
    return decided


def status(db: Connection, track: uuid.UUID) -> str:
    """The status of a track."""
    row = db.execute("select status from public.tracks where id = %s", [track]).fetchone()
    assert row is not None
    return str(row["status"])


def log(db: Connection) -> list[Row]:
    """What was decided about claims."""
    return db.execute(
        "select action, actor_id, subject_id, target_id, reason, before, after"
        " from public.moderation_log where action like 'claim_%%' order by id"
    ).fetchall()


def strikes(db: Connection) -> list[Row]:
    """Cases about strikes."""
    return db.execute(
        "select target_kind, target_id, subject_id, evidence from public.moderation_cases"
        " where kind = 'strikes'"
    ).fetchall()


def test_nothing_is_submitted_before_its_rights_are_declared(
    ada: Actor, ben: Actor, modesty: Actor, db: Connection
) -> None:
    track = draft(ada, db)
    with refused(409, "rights_not_declared"):
        ada.call("submit_track", track_id=track)
    declared = ada.call("declare_rights", track_id=track, kind="original")
    assert (declared["kind"], declared["sources"]) == ("original", [])
    assert ada.call("submit_track", track_id=track)["status"] == "processing"
    for person, count in ((ada, 1), (modesty, 1), (ben, 0)):
        assert len(person.run("select * from public.rights_declarations")) == count


def test_a_declaration_is_made_anew_until_the_track_is_submitted(
    ada: Actor, db: Connection
) -> None:
    track = draft(ada, db)
    ada.call("declare_rights", track_id=track, kind="original")
    cover = {"track_id": track, "kind": "cover", "sources": [" Blue Monday, New Order "]}
    declared = ada.call("declare_rights", **cover)
    assert declared["sources"] == ["Blue Monday, New Order"]
    ada.call("submit_track", track_id=track)
    assert ada.call("declare_rights", **cover) == declared
    with refused(409, "rights_declared"):
        ada.call("declare_rights", track_id=track, kind="original")


def test_what_was_published_before_can_be_declared_once(ada: Actor, db: Connection) -> None:
    track = make_upload(db)
    ada.call("declare_rights", track_id=track, kind="original")
    with refused(409, "rights_declared"):
        ada.call("declare_rights", track_id=track, kind="public_domain", sources=["Bach"])


@pytest.mark.parametrize(
    ("given", "token"),
    [
        ({"kind": None}, "rights_kind_unknown"),
        ({"kind": "mine"}, "rights_kind_unknown"),
        ({"kind": "licensed"}, "sources_missing"),
        ({"kind": "cover", "sources": []}, "sources_missing"),
        ({"kind": "cover", "sources": [" "]}, "sources_invalid"),
        ({"kind": "cover", "sources": ["x" * 501]}, "sources_invalid"),
        ({"kind": "cover", "sources": ["x"] * 21}, "sources_invalid"),
    ],
    ids=str,
)
def test_a_declaration_that_does_not_fit_is_refused(
    given: dict[str, Any], token: str, ada: Actor, db: Connection
) -> None:
    with refused(422, token):
        ada.call("declare_rights", track_id=draft(ada, db), **given)


@pytest.mark.parametrize("kind", ["original", "licensed", "public_domain", "cover"])
def test_each_kind_of_rights_is_enough(kind: str, ada: Actor, db: Connection) -> None:
    track = draft(ada, db)
    given = {"track_id": track, "kind": kind, "sources": ["Blue Monday, New Order"]}
    declared = ada.call("declare_rights", **given)
    assert (declared["kind"], declared["sources"]) == (kind, given["sources"])
    assert declared["accepted_at"] is not None
    assert ada.call("submit_track", track_id=track)["status"] == "processing"


def test_nobody_declares_for_others(ada: Actor, ben: Actor, visitor: Actor, db: Connection) -> None:
    track = draft(ada, db)
    with refused(404, "track_not_found"):
        ben.call("declare_rights", track_id=track, kind="original")
    with forbidden():
        visitor.call("declare_rights", track_id=track, kind="original")


def test_licenses_are_read_by_whoever_reads_the_track(
    ada: Actor, ben: Actor, visitor: Actor, modesty: Actor, db: Connection
) -> None:
    shown, hidden = make_upload(db), make_upload(db, status="hidden")
    for track in (shown, hidden):
        ada.call("set_license", track_id=track, name="Film", terms="Once", price_minor=5000)
    query = "select track_id, name, price_minor, currency from public.licenses"
    for person in (visitor, ben):
        assert [row["track_id"] for row in person.run(query)] == [shown]
    for person in (ada, modesty):
        assert len(person.run(query)) == 2
    ada.call("block", username="ben")
    assert ben.run(query) == []


def test_a_license_is_replaced_by_its_name_and_removed(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    track = make_upload(db)
    first = ada.call("set_license", track_id=track, name="Film", terms="Once", price_minor=5000)
    again = ada.call("set_license", track_id=track, name=" Film ", terms="Twice", price_minor=0)
    assert (again["id"], again["terms"], again["price_minor"]) == (first["id"], "Twice", 0)
    with refused(404, "license_not_found"):
        ben.call("remove_license", license_id=first["id"])
    with refused(404, "track_not_found"):
        ben.call("set_license", track_id=track, name="Film", terms="Mine", price_minor=0)
    ada.call("remove_license", license_id=first["id"])
    with refused(404, "license_not_found"):
        ada.call("remove_license", license_id=first["id"])
    assert ada.run("select * from public.licenses") == []


@pytest.mark.parametrize(
    ("given", "token"),
    [
        ({"name": " "}, "name_invalid"),
        ({"name": "x" * 81}, "name_invalid"),
        ({"terms": ""}, "terms_invalid"),
        ({"terms": "x" * 10_001}, "terms_invalid"),
        ({"price_minor": -1}, "price_invalid"),
        ({"price_minor": None}, "price_invalid"),
        ({"price_minor": 100_000_001}, "price_invalid"),
        ({"currency": "EUR"}, "currency_disabled"),
        ({"currency": "ZZZ"}, "currency_disabled"),
        ({"currency": None}, "currency_disabled"),
    ],
    ids=str,
)
def test_a_license_that_does_not_fit_is_refused(
    given: dict[str, Any], token: str, ada: Actor, db: Connection
) -> None:
    fits = {"name": "Film", "terms": "Once", "price_minor": 5000, "currency": "USD"}
    with refused(422, token):
        ada.call("set_license", track_id=make_upload(db), **{**fits, **given})


def test_a_license_is_priced_in_the_steps_of_its_currency(ada: Actor, db: Connection) -> None:
    db.execute("update public.currencies set is_enabled = true where code = 'KWD'")
    track = make_upload(db)
    with refused(422, "price_step"):
        ada.call(
            "set_license", track_id=track, name="Film", terms="x", price_minor=5, currency="KWD"
        )


def test_a_track_has_so_many_licenses(ada: Actor, db: Connection) -> None:
    db.execute("update private.settings set value = 2 where name = 'licenses_limit'")
    track = make_upload(db)
    for name in ("Film", "Games", "Film"):
        ada.call("set_license", track_id=track, name=name, terms="Once", price_minor=0)
    with refused(409, "license_limit"):
        ada.call("set_license", track_id=track, name="Theatre", terms="Once", price_minor=0)


def test_a_claim_waits_for_the_staff_and_the_artist_does_not_hear_of_it(
    ada: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    track = make_upload(db)
    ada.call("declare_rights", track_id=track, kind="original")
    claim = claimed(service, track, contact="carol@example.com")
    (row,) = modesty.rows("claims_queue")
    assert (row["id"], row["track"]["id"], row["artist"]["username"]) == (claim, str(track), "ada")
    assert (row["claimant"], row["contact"]) == ("Carol Composer", "carol@example.com")
    assert (row["declaration"]["kind"], row["strike_count"]) == ("original", 0)
    assert ada.rows("my_claims") == []
    assert ada.rows("my_notifications") == []
    assert status(db, track) == "published"


def test_whatever_the_track_is_the_answer_is_the_same(service: Actor, db: Connection) -> None:
    for track in (make_upload(db, status="draft"), make_upload(db, status="removed"), uuid.uuid4()):
        given = {**CLAIM, "contact": f"{track}@example.com", "address": str(track)}
        assert service.call("backend.record_claim", track_id=track, **given) == "received"
    assert len(db.execute("select from private.claims").fetchall()) == 2


def test_nobody_claims_first_in_somebody_elses_name(
    modesty: Actor, service: Actor, db: Connection
) -> None:
    track = make_upload(db)
    label = {"contact": "legal@label.example", "claimant": "The Label"}
    # All that an infringer may send within the hour.
    for _ in range(5):
        claimed(service, track, **label, statement="Nothing", address="203.0.113.9")
    true = {**label, "statement": "It is ours.", "address": "198.51.100.20"}
    claimed(service, track, **true)
    claimed(service, track, **{**true, "contact": "Legal@Label.example"})
    said = [row["statement"] for row in modesty.rows("claims_queue")]
    assert said == ["Nothing", "It is ours."]


@pytest.mark.parametrize(
    ("given", "token"),
    [
        ({"claimant": " "}, "claimant_invalid"),
        ({"claimant": None}, "claimant_invalid"),
        ({"kind": "envy"}, "claim_kind_unknown"),
        ({"kind": None}, "claim_kind_unknown"),
        ({"contact": "carol"}, "contact_invalid"),
        ({"contact": None}, "contact_invalid"),
        ({"statement": " "}, "statement_invalid"),
        ({"statement": "x" * 5001}, "statement_invalid"),
        ({"address": ""}, "address_invalid"),
        ({"track_id": None}, "track_missing"),
    ],
    ids=str,
)
def test_a_claim_that_does_not_fit_is_refused(
    given: dict[str, Any], token: str, service: Actor, db: Connection
) -> None:
    with refused(422, token):
        service.call("backend.record_claim", **{"track_id": make_upload(db), **CLAIM, **given})


def test_a_claim_that_is_refused_changes_nothing(
    ada: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    track = make_upload(db)
    claim = claimed(service, track)
    assert decide(modesty, claim, False, note="No proof") == {
        "claim_id": str(claim), "status": "refused", "track_id": str(track), "strike_count": 0,
    }  # fmt: skip
    assert status(db, track) == "published"
    assert ada.rows("my_claims") == []
    assert ada.rows("my_notifications") == []
    (entry,) = log(db)
    assert (entry["action"], entry["actor_id"], entry["subject_id"]) == (
        "claim_refused", modesty.id, ada.id,
    )  # fmt: skip


def test_a_claim_that_is_upheld_removes_the_track_and_is_a_strike(
    ada: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    track = make_upload(db)
    claim = claimed(service, track)
    assert decide(modesty, claim, True, note="It is hers")["strike_count"] == 1
    assert status(db, track) == "removed"
    (shown,) = ada.rows("my_claims")
    assert (shown["id"], shown["status"], shown["note"]) == (claim, "upheld", "It is hers")
    assert "carol" not in json.dumps(shown, default=str).lower()
    assert ada.rows("my_notifications")[0]["kind"] == "claim_upheld"
    assert log(db) == [
        {
            "action": "claim_upheld",
            "actor_id": modesty.id,
            "subject_id": ada.id,
            "target_id": track,
            "reason": "It is hers",
            "before": {"claim_id": str(claim), "status": "pending", "track_status": "published"},
            "after": {
                "claim_id": str(claim),
                "status": "upheld",
                "track_status": "removed",
                "strike_count": 1,
            },
        }
    ]
    # Again it changes nothing, and the other way it is not taken back.
    decide(modesty, claim, True)
    with refused(409, "claim_decided"):
        decide(modesty, claim, False)
    assert len(log(db)) == 1


def test_three_strikes_open_one_case(
    ada: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    tracks = [make_upload(db) for _ in range(4)]
    for number, track in enumerate(tracks[:3], 1):
        # A second claim on the same track is no further strike.
        for _ in range(2):
            assert decide(modesty, claimed(service, track), True)["strike_count"] == number
        assert len(strikes(db)) == (1 if number == 3 else 0)
    decide(modesty, claimed(service, tracks[3]), True)
    (case,) = strikes(db)
    assert (case["target_kind"], case["target_id"], case["subject_id"]) == (
        "profile", ada.id, ada.id,
    )  # fmt: skip
    assert [found["strike_count"] for found in case["evidence"]] == [3, 3, 4]
    # By which they can be banned.
    (queued,) = modesty.rows("moderation_queue", kind="strikes")
    modesty.call("decide_case", case_id=queued["id"], action="ban", note="Again and again")
    with refused(403, "banned"):
        ada.post()


def test_a_counter_notice_is_decided_by_somebody_else(
    ada: Actor, modesty: Actor, admiral: Actor, service: Actor, db: Connection
) -> None:
    track = make_upload(db)
    claim = claimed(service, track)
    decide(modesty, claim, True, note="It is hers")
    answer = ada.call("counter_notice", claim_id=claim, statement=" I wrote it. ")
    assert answer == {"claim_id": str(claim), "status": "countered"}
    assert ada.call("counter_notice", claim_id=claim, statement="I wrote it.") == answer
    with refused(409, "already_countered"):
        ada.call("counter_notice", claim_id=claim, statement="Really.")
    # Until then it stays away, and is no strike.
    assert status(db, track) == "removed"
    (row,) = modesty.rows("claims_queue", status="countered")
    assert (row["counter_statement"], row["strike_count"]) == ("I wrote it.", 0)
    with refused(403, "another_person_needed"):
        decide(modesty, claim, False)
    assert decide(admiral, claim, False, note="It is his")["status"] == "refused"
    assert status(db, track) == "published"
    (shown,) = ada.rows("my_claims")
    assert (shown["note"], shown["counter_note"]) == ("It is hers", "It is his")
    assert ada.rows("my_notifications")[0]["kind"] == "counter_notice_decision"
    assert [(entry["action"], entry["actor_id"]) for entry in log(db)] == [
        ("claim_upheld", modesty.id),
        ("claim_countered", ada.id),
        ("claim_refused", admiral.id),
    ]
    countered = log(db)[1]
    assert (countered["target_id"], countered["subject_id"]) == (track, ada.id)
    assert countered["before"] == {"claim_id": str(claim), "status": "upheld"}
    assert countered["after"] == {"claim_id": str(claim), "status": "countered"}
    with refused(409, "already_countered"):
        ada.call("counter_notice", claim_id=claim, statement="Once more.")


def test_a_counter_notice_in_vain_is_a_strike_again_and_the_last_word(
    ada: Actor, modesty: Actor, admiral: Actor, service: Actor, db: Connection
) -> None:
    track = make_upload(db)
    claim = claimed(service, track)
    decide(modesty, claim, True)
    ada.call("counter_notice", claim_id=claim, statement="I wrote it.")
    assert decide(admiral, claim, True)["strike_count"] == 1
    assert status(db, track) == "removed"
    with refused(409, "already_countered"):
        ada.call("counter_notice", claim_id=claim, statement="I did!")


def test_a_track_comes_back_when_no_claim_keeps_it_away(
    ada: Actor, modesty: Actor, admiral: Actor, service: Actor, db: Connection
) -> None:
    track = make_upload(db)
    claims = [claimed(service, track) for _ in range(2)]
    for claim in claims:
        decide(modesty, claim, True)
        ada.call("counter_notice", claim_id=claim, statement="I wrote it.")
    decide(admiral, claims[0], False)
    assert status(db, track) == "removed"
    decide(admiral, claims[1], False)
    assert status(db, track) == "published"


def test_what_the_staff_had_removed_before_stays_away(
    ada: Actor, modesty: Actor, admiral: Actor, service: Actor, db: Connection
) -> None:
    track = make_upload(db)
    modesty.call("remove_track", track_id=track, reason="spam")
    claim = claimed(service, track)
    decide(modesty, claim, True)
    ada.call("counter_notice", claim_id=claim, statement="I wrote it.")
    decide(admiral, claim, False)
    assert status(db, track) == "removed"


def test_nobody_decides_on_a_track_of_their_own(
    modesty: Actor, admiral: Actor, service: Actor, db: Connection
) -> None:
    modesty.call("become_artist")
    track = make_upload(db, artist="modesty")
    claim = claimed(service, track)
    for uphold in (True, False):
        with refused(403, "own_case"):
            decide(modesty, claim, uphold)
    decide(admiral, claim, True)
    assert status(db, track) == "removed"


def test_a_track_of_another_provider_can_be_claimed_and_is_nobodys_strike(
    modesty: Actor, service: Actor, db: Connection
) -> None:
    song = make_song(db)
    claim = claimed(service, song)
    assert decide(modesty, claim, True)["strike_count"] == 0
    assert status(db, song) == "removed"


def test_only_the_artist_counters_and_only_what_was_upheld(
    ada: Actor, ben: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    claim = claimed(service, make_upload(db))
    for person in (ada, ben):
        with refused(404, "claim_not_found"):
            person.call("counter_notice", claim_id=claim, statement="No.")
    decide(modesty, claim, True)
    with refused(404, "claim_not_found"):
        ben.call("counter_notice", claim_id=claim, statement="No.")
    for statement in ("", " ", None, "x" * 5001):
        with refused(422, "statement_invalid"):
            ada.call("counter_notice", claim_id=claim, statement=statement)


def test_who_is_banned_may_counter_and_offer_no_licenses(
    ada: Actor, modesty: Actor, service: Actor, db: Connection
) -> None:
    track = make_upload(db)
    claim = claimed(service, track)
    decide(modesty, claim, True)
    db.execute("insert into public.sanctions (user_id, kind) values (%s, 'ban')", [ada.id])
    ada.call("counter_notice", claim_id=claim, statement="I wrote it.")
    for function, arguments in (
        ("set_license", {"track_id": track, "name": "x", "terms": "x", "price_minor": 0}),
        ("remove_license", {"license_id": track}),
        ("declare_rights", {"track_id": track, "kind": "original"}),
        ("request_verification", {"urls": ["https://ada.example.com/"]}),
    ):
        with refused(403, "banned"):
            ada.call(function, **arguments)


def test_people_are_no_staff(ada: Actor, visitor: Actor, service: Actor, db: Connection) -> None:
    claim = claimed(service, make_upload(db))
    with refused(403, "not_allowed"):
        ada.rows("claims_queue")
    with refused(403, "not_allowed"):
        decide(ada, claim, False)
    for function in ("claims_queue", "my_claims"):
        with forbidden():
            visitor.rows(function)
    for person in (ada, visitor):
        with forbidden():
            person.rows("backend.record_claim", track_id=claim, **CLAIM)


def test_a_decision_says_what_and_about_what(
    modesty: Actor, service: Actor, db: Connection
) -> None:
    claim = claimed(service, make_upload(db))
    with refused(422, "value_missing"):
        modesty.call("decide_claim", claim_id=claim, uphold=None)
    for note in ("", "x" * 1001):
        with refused(422, "note_invalid"):
            decide(modesty, claim, True, note=note)
    with refused(404, "claim_not_found"):
        decide(modesty, uuid.uuid4(), True)
    with refused(422, "claim_status_unknown"):
        modesty.rows("claims_queue", status="lost")


def test_queues_are_paged(ada: Actor, modesty: Actor, service: Actor, db: Connection) -> None:
    claims = [claimed(service, make_upload(db)) for _ in range(3)]
    first = modesty.rows("claims_queue", page_size=2)
    rest = modesty.rows("claims_queue", page_size=2, after=first[-1]["cursor"])
    assert [row["id"] for row in first + rest] == claims
    for claim in claims:
        decide(modesty, claim, True)
    mine = ada.rows("my_claims", page_size=2)
    mine += ada.rows("my_claims", page_size=2, after=mine[-1]["cursor"])
    assert [row["id"] for row in mine] == claims[::-1]


def test_the_third_strike_is_seen_by_one_of_two_who_decide_at_once(database: Database) -> None:
    with database.connect() as connection:
        service, modesty = actor(connection, "service"), actor(connection, "modesty")
        claims = [claimed(service, make_upload(connection)) for _ in range(3)]
        decide(modesty, claims[0], True)

    def deed(name: str, claim: uuid.UUID) -> Any:
        return lambda connection: decide(actor(connection, name), claim, True)["strike_count"]

    results = race(database, [deed("modesty", claims[1]), deed("admiral", claims[2])])
    assert sorted(results) == [2, 3]
    with database.connect() as connection:
        assert len(strikes(connection)) == 1


def test_a_claim_is_decided_once_by_two_at_once(database: Database) -> None:
    with database.connect() as connection:
        claim = claimed(actor(connection, "service"), make_upload(connection))

    def deed(name: str, uphold: bool) -> Any:
        return lambda connection: decide(actor(connection, name), claim, uphold)["status"]

    results = race(database, [deed("modesty", True), deed("admiral", False)])
    assert refusals(results) == [("PT409", "claim_decided")]
    with database.connect() as connection:
        assert len(log(connection)) == 1
