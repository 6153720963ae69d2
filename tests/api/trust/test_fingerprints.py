"""Fingerprints: what sounds like somebody else's is found, what does not is not."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from tests.catalogue import declare, make_upload
from tests.database import Actor, Connection, Database, Row, actor, refused
from tests.races import race, refusals
from tests.trust import case_of

MINUTE = 480


def words(seed: int, count: int = MINUTE) -> list[int]:
    """A minute of some music, as Postgres writes integers."""
    chance = random.Random(seed)
    return [chance.getrandbits(32) - 2**31 for _ in range(count)]


def worn(sound: list[int], share: float, seed: int = 1) -> list[int]:
    """The same, with this share of its bits the other way, as after another encoding."""
    chance = random.Random(seed)
    return [
        (word + 2**31 ^ sum(1 << bit for bit in range(32) if chance.random() < share)) - 2**31
        for word in sound
    ]


def waiting(db: Connection, artist: str = "ada") -> uuid.UUID:
    """A track of somebody's whose fingerprint is waited for."""
    track = make_upload(db, artist=artist, status="draft")
    db.execute("update public.tracks set status = 'processing' where id = %s", [track])
    return track


def record(service: Actor, track: uuid.UUID, hash: list[int] | None, **values: Any) -> Row:
    """Say how a track sounds."""
    given = {"algorithm": "chromaprint_2", **values}
    recorded: Row = service.call(
        "backend.record_fingerprint", track_id=track, algorithm=given.pop("algorithm"),
        hash=hash, **given,
    )  # fmt: skip
    return recorded


def alike(service: Actor, db: Connection, first: list[int], second: list[int]) -> bool:
    """Whether the second, of somebody else, is found to be like the first."""
    record(service, waiting(db, "ada"), first)
    return bool(record(service, waiting(db, "ben"), second)["matches"])


@pytest.fixture
def ben_makes_music(ben: Actor) -> None:
    ben.call("become_artist")


pytestmark = pytest.mark.usefixtures("ben_makes_music")


def test_a_track_waits_from_the_moment_it_is_submitted(
    ada: Actor, service: Actor, db: Connection
) -> None:
    made = ada.call(
        "create_track", title="Night", genre="ambient", duration_ms=180_000, file_format="mp3"
    )
    track = made["track"]["id"]
    db.execute(
        "insert into storage.objects (bucket_id, name, metadata) values (%s, %s, '{\"size\": 5}')",
        [made["bucket"], made["path"]],
    )
    assert service.rows("backend.claim_fingerprints") == []
    declare(db, track)
    ada.call("submit_track", track_id=track)
    assert service.rows("backend.claim_fingerprints") == [
        {"track_id": uuid.UUID(track), "bucket": "track-files", "path": made["path"]}
    ]
    # Claimed, and left to who claimed it.
    assert service.rows("backend.claim_fingerprints") == []
    db.execute("update private.fingerprints set leased_until = now()")
    assert len(service.rows("backend.claim_fingerprints", size=100)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda sound: sound,
        lambda sound: worn(sound, 0.05),
        lambda sound: worn(sound, 0.1),
        lambda sound: sound[100:],
        lambda sound: sound[:-200],
        lambda sound: words(99, 60) + sound,
        lambda sound: worn(sound[50:], 0.05) + words(98, 60),
        lambda sound: sound[100:200],
    ],
    ids=[
        "the same", "encoded anew", "encoded badly", "its beginning is missing",
        "its end is missing", "something is put before it", "cut, encoded and gone on with",
        "a dozen seconds",
    ],
)  # fmt: skip
def test_what_is_near_is_found(change: Any, service: Actor, db: Connection) -> None:
    assert alike(service, db, words(1), change(words(1)))


@pytest.mark.parametrize(
    "change",
    [
        lambda _: words(2),
        lambda sound: worn(sound, 0.2),
        lambda sound: sound[:60],
        lambda sound: words(3, 400) + sound[:70],
        lambda sound: sound[::-1],
        lambda sound: [word ^ -1 for word in sound],
        lambda _: [],
    ],
    ids=[
        "another", "every fifth bit is another", "too short", "some seconds of it", "backwards",
        "upside down", "nothing",
    ],
)  # fmt: skip
def test_what_is_not_near_is_not(change: Any, service: Actor, db: Connection) -> None:
    assert not alike(service, db, words(1), change(words(1)))


def test_silence_and_held_tones_are_like_nothing(service: Actor, db: Connection) -> None:
    silence = [627964279] * MINUTE
    assert not alike(service, db, silence, silence)
    tone = words(5, 10) * 48
    assert not alike(service, db, tone, tone)
    # Before music it does not hide what comes after.
    assert alike(service, db, silence[:200] + words(6), silence[:50] + words(6))


def test_a_match_is_what_is_above_the_setting(service: Actor, db: Connection) -> None:
    db.execute("update private.settings set value = 97 where name = 'fingerprint_match_percent'")
    assert not alike(service, db, words(1), worn(words(1), 0.05))
    assert alike(service, db, words(2), worn(words(2), 0.01))


@pytest.mark.parametrize(("bits", "is_match"), [(2303, True), (2304, False)])
def test_a_match_is_above_85_percent(
    bits: int, is_match: bool, service: Actor, db: Connection
) -> None:
    """Of a minute, 15 360 bits; a hundred of its words stay, by which the two are laid together."""
    sound = words(1)
    share = [bits // 380 + (place < bits % 380) for place in range(380)]
    changed = [word ^ (2**count - 1) for word, count in zip(sound[100:], share, strict=True)]
    assert alike(service, db, sound, sound[:100] + changed) is is_match


def test_a_match_opens_a_case_about_the_later_track(
    ben: Actor, service: Actor, db: Connection
) -> None:
    first, other = waiting(db, "ada"), waiting(db, "ada")
    record(service, first, words(1))
    record(service, other, words(2))
    copied = waiting(db, "ben")
    answer = record(service, copied, worn(words(1), 0.02))
    assert answer["status"] == "done"
    (match,) = answer["matches"]
    assert match["track_id"] == str(first)
    assert 0.96 < match["similarity"] < 1
    (case,) = db.execute(
        "select target_kind, target_id, subject_id, evidence from public.moderation_cases"
        " where kind = 'fingerprint_match'"
    ).fetchall()
    assert (case["target_kind"], case["target_id"], case["subject_id"]) == ("track", copied, ben.id)
    assert case["evidence"][0]["matches"] == [match]
    # The track itself stays as it was: a case is a question.
    row = db.execute("select status from public.tracks where id = %s", [copied]).fetchone()
    assert row == {"status": "processing"}
    # Recorded again it opens nothing.
    assert record(service, copied, words(1)) == {"status": "done", "matches": []}
    modesty = actor(db, "modesty")
    (queued,) = modesty.rows("moderation_queue", kind="fingerprint_match")
    modesty.call("decide_case", case_id=queued["id"], action="hide")
    row = db.execute("select status from public.tracks where id = %s", [copied]).fetchone()
    assert row == {"status": "removed"}


def test_whose_track_it_is_like_decides_nothing(
    modesty: Actor, service: Actor, db: Connection
) -> None:
    modesty.call("become_artist")
    record(service, waiting(db, "modesty"), words(1))
    copied = waiting(db, "ben")
    record(service, copied, worn(words(1), 0.02))
    case = case_of(db, copied, "fingerprint_match")["id"]
    for act, more in (("claim_case", {}), ("decide_case", {"action": "hide"})):
        with refused(403, "own_case"), db.transaction():
            modesty.call(act, case_id=case, **more)
    decided = actor(db, "admiral").call("decide_case", case_id=case, action="dismiss")
    assert decided["status"] == "decided"


def test_ones_own_tracks_and_other_algorithms_are_not_compared(
    service: Actor, db: Connection
) -> None:
    record(service, waiting(db, "ada"), words(1))
    assert record(service, waiting(db, "ada"), words(1))["matches"] == []
    other = record(service, waiting(db, "ben"), words(1), algorithm="another_1")
    assert other["matches"] == []


def test_what_fails_is_tried_again_later_and_given_up(service: Actor, db: Connection) -> None:
    track = waiting(db)
    for attempt in range(1, 6):
        db.execute("update private.fingerprints set next_attempt_at = now()")
        assert len(service.rows("backend.claim_fingerprints")) == 1
        answer = record(service, track, None, error="file_unreadable")
        assert answer == {"status": "waiting" if attempt < 5 else "failed", "matches": []}
        assert service.rows("backend.claim_fingerprints") == []
    db.execute("update private.fingerprints set next_attempt_at = now()")
    assert service.rows("backend.claim_fingerprints") == []


def test_what_its_workers_die_of_is_given_up(service: Actor, db: Connection) -> None:
    track = waiting(db)
    for _ in range(5):
        assert len(service.rows("backend.claim_fingerprints")) == 1
        db.execute("update private.fingerprints set leased_until = now()")
    assert service.rows("backend.claim_fingerprints") == []
    row = db.execute(
        "select status, error from private.fingerprints where track_id = %s", [track]
    ).fetchone()
    assert row == {"status": "failed", "error": "not_finished"}


@pytest.mark.parametrize(
    ("hash", "algorithm"),
    [([0] * 4097, "chromaprint_2"), ([1, None], "chromaprint_2"), ([1], ""), ([1], None)],
    ids=["too long", "with nothing in it", "without a name", "of no algorithm"],
)
def test_what_is_no_fingerprint_is_refused(
    hash: Any, algorithm: Any, service: Actor, db: Connection
) -> None:
    with refused(422, "fingerprint_invalid"):
        record(service, waiting(db), hash, algorithm=algorithm)


def test_a_track_that_is_gone_is_not_waited_for(service: Actor) -> None:
    with refused(404, "fingerprint_not_found"):
        record(service, uuid.uuid4(), [1])


def test_of_two_alike_that_come_at_once_the_later_sees_the_other(database: Database) -> None:
    with database.connect() as connection:
        actor(connection, "ben").call("become_artist")
        tracks = [waiting(connection, name) for name in ("ada", "ben")]

    def deed(track: uuid.UUID) -> Any:
        return lambda connection: len(
            record(actor(connection, "service"), track, words(1))["matches"]
        )

    results = race(database, [deed(track) for track in tracks])
    assert refusals(results) == []
    assert sorted(results) == [0, 1]
