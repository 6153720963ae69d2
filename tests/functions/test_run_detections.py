"""run-detections: whatever a detector does, each upload ends decided or before people."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from storage3 import SyncStorageClient

from backbeat.detector_answers import Reading, Verdict, at, can_keep
from backbeat.detectors import Ask, Claimed, Files
from backbeat.http_detector import retry_after
from backbeat.run_detections import run_detections
from backbeat.settings import DetectorScale
from backbeat.storage import Storage
from tests.functions.detector import (
    REFUSED,
    USELESS,
    Laboratory,
    artist,
    begin_afresh,
    running_laboratory,
)
from tests.functions.live import LiveStack
from tests.functions.server import NOWHERE

TRIES = 5


@pytest.fixture(scope="module")
def equipped(live: LiveStack) -> Iterator[Laboratory]:
    """The functions with a detector that can be asked what has become of a check."""
    with running_laboratory(live) as laboratory:
        yield laboratory


@pytest.fixture(scope="module")
def forgetful(live: LiveStack) -> Iterator[Laboratory]:
    """The functions with one that cannot."""
    with running_laboratory(live, DETECTOR_RESULT_URL="") as laboratory:
        yield laboratory


@pytest.fixture
def laboratory(live: LiveStack, equipped: Laboratory) -> Laboratory:
    """The functions with a detector in a good mood, and nothing to look at yet."""
    begin_afresh(live)
    equipped.detector.forget()
    return equipped


@pytest.fixture
def unequipped(live: LiveStack, forgetful: Laboratory) -> Laboratory:
    """As laboratory, where nothing can be looked up."""
    begin_afresh(live)
    forgetful.detector.forget()
    return forgetful


@pytest.fixture(scope="module")
def ada(live: LiveStack) -> uuid.UUID:
    """Who makes music."""
    return artist(live, "detect_ada")


def told(live: LiveStack, who: uuid.UUID) -> list[str]:
    """The kinds of what somebody was told of tracks, the newest last."""
    rows = live.sql(
        "select kind from public.notifications where recipient_id = %s and kind like 'track%%'"
        " order by id",
        who,
    )
    return [kind for (kind,) in rows]


@pytest.mark.parametrize(
    ("words", "track_status", "status", "risk", "kind"),
    [
        ("", "published", "verified_human", 5, "track_verified"),
        ("detector:0", "published", "verified_human", 0, "track_verified"),
        ("detector:30", "published", "verified_human", 30, "track_verified"),
        ("detector:31", "processing", "under_review", 31, "track_under_review"),
        ("detector:69", "processing", "under_review", 69, "track_under_review"),
        ("detector:70", "processing", "flagged_ai", 70, "track_held"),
        ("detector:100", "processing", "flagged_ai", 100, "track_held"),
    ],
)
def test_the_bands_decide(
    laboratory: Laboratory,
    ada: uuid.UUID,
    words: str,
    track_status: str,
    status: str,
    risk: int,
    kind: str,
) -> None:
    track = laboratory.hand_in(ada, words)
    assert laboratory.stands(track) == ("processing", "pending")
    answer = laboratory.run()
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"decided": 1, "under_review": 0, "waiting": 0, "failed": 0}
    assert laboratory.stands(track) == (track_status, status)
    row = laboratory.row(track)
    assert (row["risk_score"], row["provider"], row["provider_version"]) == (risk, "http", "1")
    assert row["bands"] == {"verified_to": 30, "flagged_from": 70}
    assert row["evidence"]["answer"]["model"] == "stand-in-1"
    assert told(laboratory.live, ada)[-1] == kind
    # Nobody is asked again.
    assert laboratory.run().json()["decided"] == 0
    assert list(laboratory.detector.taken.values()) == [1]


@pytest.mark.parametrize("mood", sorted(REFUSED))
def test_a_detector_that_refuses_is_tried_five_times_then_people_decide(
    laboratory: Laboratory, ada: uuid.UUID, mood: str
) -> None:
    track = laboratory.hand_in(ada)
    for attempt in range(1, TRIES + 1):
        laboratory.detector.script = [mood]
        answer = laboratory.run()
        assert (answer.status_code, answer.json()["error"]) == (502, "detector_unavailable")
        is_over = attempt == TRIES
        assert answer.json()["failed" if not is_over else "under_review"] == 1
        expected = ("processing", "under_review" if is_over else "pending")
        assert laboratory.stands(track) == expected
        row = laboratory.row(track)
        assert (row["attempts"], row["risk_score"], row["called_at"]) == (attempt, None, None)
        # It waits, so another run finds nothing.
        assert laboratory.run().json()["failed"] == 0
        laboratory.make_due()
    assert laboratory.run().json()["decided"] == 0
    assert laboratory.detector.most_taken == 0
    assert told(laboratory.live, ada)[-1] == "track_under_review"


def test_the_wait_grows_and_is_as_long_as_the_detector_says(
    laboratory: Laboratory, ada: uuid.UUID
) -> None:
    track = laboratory.hand_in(ada)
    waits = []
    for mood in ("broken", "broken", "busy"):
        laboratory.detector.script = [mood]
        laboratory.run()
        ((seconds,),) = laboratory.live.sql(
            "select extract(epoch from next_attempt_at - now())::float from public.detections"
            " where track_id = %s",
            track,
        )
        waits.append(seconds)
        laboratory.make_due()
    for wait, expected in zip(waits, (60, 120, 1800), strict=True):
        assert expected - 30 < wait <= expected
    laboratory.run()
    assert laboratory.stands(track) == ("published", "verified_human")
    assert laboratory.detector.most_taken == 1


@pytest.mark.parametrize("mood", ["slow", "drips", "cut", "gateway", *sorted(USELESS)])
def test_what_was_heard_and_not_answered_is_looked_up_and_never_asked_again(
    laboratory: Laboratory, ada: uuid.UUID, mood: str
) -> None:
    track = laboratory.hand_in(ada, "detector:80")
    laboratory.detector.script = [mood]
    assert laboratory.run().json()["failed"] == 1
    assert laboratory.row(track)["called_at"] is not None
    laboratory.make_due()
    # Nor when that goes wrong at first.
    laboratory.detector.lookups = ["broken"]
    assert laboratory.run().json()["failed"] == 1
    laboratory.make_due()
    assert laboratory.run().json()["decided"] == 1
    assert laboratory.stands(track) == ("processing", "flagged_ai")
    assert list(laboratory.detector.taken.values()) == [1]


def test_what_is_looked_up_has_to_be_there_in_time_too(
    laboratory: Laboratory, ada: uuid.UUID
) -> None:
    track = laboratory.hand_in(ada)
    laboratory.detector.script = ["cut"]
    laboratory.run()
    laboratory.make_due()
    laboratory.detector.lookups = ["drips"]
    assert laboratory.run().json()["failed"] == 1
    assert laboratory.row(track)["last_error"] == "ReadTimeout"


def test_an_answer_that_is_too_large_to_keep_counts(laboratory: Laboratory, ada: uuid.UUID) -> None:
    track = laboratory.hand_in(ada, "detector:80")
    laboratory.detector.script = ["spelled out"]
    assert laboratory.run().json()["decided"] == 1
    assert laboratory.stands(track) == ("processing", "flagged_ai")
    row = laboratory.row(track)
    assert (row["risk_score"], row["evidence"]) == (80, {"dropped": "too_large"})


@dataclass
class OddDetector:
    """Says of the first file it hears something that the database refuses, each time."""

    heard: list[uuid.UUID] = field(default_factory=list)
    name: str = "odd"
    version: str = "1"

    def prepare(self, claimed: Claimed, files: Files) -> Ask:
        """Have an answer ready."""
        del files
        return lambda: self.say(claimed)

    def find(self, claimed: Claimed) -> Verdict:
        """Say the same again."""
        return self.say(claimed)

    def say(self, claimed: Claimed) -> Verdict:
        """A risk that is none, or a small one."""
        self.heard.append(claimed.detection_id)
        is_odd = claimed.detection_id == self.heard[0]
        return Verdict.model_construct(risk_score=101.0 if is_odd else 5.0, evidence={})


def test_a_record_that_is_refused_ends_nothing_for_the_others(
    laboratory: Laboratory, live: LiveStack, ada: uuid.UUID
) -> None:
    tracks = [laboratory.hand_in(ada) for _ in range(3)]
    odd = OddDetector()
    nowhere = Storage(SyncStorageClient(f"{NOWHERE}/", {}))
    files = Files(nowhere, nowhere)
    with live.door() as database:
        for attempt in range(1, TRIES + 1):
            counts = run_detections(database, odd, files)
            assert (counts["decided"], counts["failed"]) == (2 if attempt == 1 else 0, 1)
            laboratory.make_due()
        assert run_detections(database, odd, files)["failed"] == 0
    # Whichever it was: people decide about it, and the others are published.
    stand = sorted(laboratory.stands(track) for track in tracks)
    assert stand == [("processing", "under_review"), *[("published", "verified_human")] * 2]


def test_what_was_not_heard_is_asked_again(laboratory: Laboratory, ada: uuid.UUID) -> None:
    track = laboratory.hand_in(ada)
    laboratory.detector.script = ["gone before"]
    assert laboratory.run().json()["failed"] == 1
    laboratory.make_due()
    assert laboratory.run().json()["decided"] == 1
    assert laboratory.stands(track) == ("published", "verified_human")
    assert list(laboratory.detector.taken.values()) == [1]


@pytest.mark.parametrize("mood", ["slow", "drips", "cut", "gateway", "gone before", "garbage"])
def test_where_nothing_can_be_looked_up_people_decide_at_once(
    unequipped: Laboratory, ada: uuid.UUID, mood: str
) -> None:
    track = unequipped.hand_in(ada)
    unequipped.detector.script = [mood]
    assert unequipped.run().json()["under_review"] == 1
    assert unequipped.stands(track) == ("processing", "under_review")
    unequipped.make_due()
    assert unequipped.run().json()["decided"] == 0
    assert unequipped.detector.most_taken <= 1


def test_a_file_that_is_not_there_is_for_people(laboratory: Laboratory, ada: uuid.UUID) -> None:
    track = laboratory.hand_in(ada)
    laboratory.live.sql(
        "update private.track_files set path = left(path, 36) || '/' || gen_random_uuid() || '.mp3'"
        " where track_id = %s",
        track,
    )
    for _ in range(TRIES):
        laboratory.run()
        laboratory.make_due()
    assert laboratory.stands(track) == ("processing", "under_review")
    assert laboratory.detector.most_taken <= 1


def test_a_detector_that_is_down_loses_nothing(live: LiveStack, ada: uuid.UUID) -> None:
    begin_afresh(live)
    with running_laboratory(live, DETECTOR_URL=NOWHERE, DETECTOR_RESULT_URL="") as lonely:
        tracks = [lonely.hand_in(ada) for _ in range(3)]
        for attempt in range(1, TRIES + 1):
            answer = lonely.run()
            assert answer.status_code == 502
            assert answer.json()["failed" if attempt < TRIES else "under_review"] == 3
            lonely.make_due()
        assert {lonely.stands(track) for track in tracks} == {("processing", "under_review")}


def test_where_no_detector_is_named_people_decide(live: LiveStack, ada: uuid.UUID) -> None:
    begin_afresh(live)
    with running_laboratory(live, DETECTOR="none") as bare:
        track = bare.hand_in(ada)
        answer = bare.run()
        assert (answer.status_code, answer.json()["under_review"]) == (200, 1)
        assert bare.stands(track) == ("processing", "under_review")
        assert bare.row(track)["last_error"] == "no_detector"


def test_killed_between_the_call_and_the_record_it_is_looked_up(
    laboratory: Laboratory, live: LiveStack, ada: uuid.UUID
) -> None:
    with running_laboratory(live, DETECTOR_TIMEOUT_SECONDS="60") as mortal:
        mortal.detector.seconds = 1.0
        track = mortal.hand_in(ada)

        def call_and_lose() -> None:
            with suppress(httpx.HTTPError):
                mortal.run()

        request = threading.Thread(target=call_and_lose)
        request.start()
        while not mortal.detector.calls:
            pass
        mortal.functions.kill()
        request.join()
        key = f"detection:{laboratory.row(track)['id']}"
        # It goes on at the detector, though nobody listens any more; the next run asks that.
        laboratory.detector.checks = mortal.detector.checks
        laboratory.detector.taken = mortal.detector.taken
        while key not in mortal.detector.checks:
            pass
        assert laboratory.stands(track) == ("processing", "analyzing")
        assert laboratory.run().json()["decided"] == 0
        laboratory.make_due()
        assert laboratory.run().json()["decided"] == 1
        assert laboratory.stands(track) == ("published", "verified_human")
        assert laboratory.detector.taken == {key: 1}
    laboratory.detector.checks = {}
    laboratory.detector.taken = Counter()


def test_many_runs_at_once_ask_once_each(laboratory: Laboratory, ada: uuid.UUID) -> None:
    tracks = [laboratory.hand_in(ada, f"detector:{number}") for number in range(0, 100, 10)]
    with ThreadPoolExecutor(4) as pool:
        answers = [future.result() for future in [pool.submit(laboratory.run) for _ in range(4)]]
    assert sum(answer.json()["decided"] for answer in answers) == len(tracks)
    assert set(laboratory.detector.taken.values()) == {1}
    assert len(laboratory.detector.taken) == len(tracks)


def test_a_detector_that_answers_later_calls_back(laboratory: Laboratory, ada: uuid.UUID) -> None:
    track = laboratory.hand_in(ada, "detector:later:85")
    assert laboratory.run().json()["waiting"] == 1
    laboratory.callbacks()
    assert laboratory.stands(track) == ("processing", "flagged_ai")
    assert laboratory.row(track)["risk_score"] == 85


def test_a_callback_that_was_lost_is_asked_for(laboratory: Laboratory, ada: uuid.UUID) -> None:
    url, laboratory.detector.callback_url = laboratory.detector.callback_url, None
    try:
        track = laboratory.hand_in(ada, "detector:later")
        assert laboratory.run().json()["waiting"] == 1
        laboratory.callbacks()
        assert laboratory.stands(track) == ("processing", "analyzing")
        # Until it is overdue it is waited for.
        assert laboratory.run().json() == {
            "decided": 0, "under_review": 0, "waiting": 0, "failed": 0,
        }  # fmt: skip
        laboratory.make_due()
        assert laboratory.run().json()["decided"] == 1
        assert laboratory.stands(track) == ("published", "verified_human")
        assert list(laboratory.detector.taken.values()) == [1]
    finally:
        laboratory.detector.callback_url = url


def test_who_has_left_meanwhile_is_no_trouble(laboratory: Laboratory, live: LiveStack) -> None:
    leaver = artist(live, f"detect_{uuid.uuid4().hex[:8]}")
    laboratory.hand_in(leaver, "detector:later")
    assert laboratory.run().json()["waiting"] == 1
    live.sql("delete from auth.users where id = %s", leaver)
    laboratory.callbacks()
    assert laboratory.run().status_code == 200


def reading(scale: DetectorScale = "unit", path: str = "score", human: bool = False) -> Reading:
    labels = {"human": 0.0, "mixed": 50.0, "ai": 100.0}
    return Reading(path, scale, human, labels, "reference", "id")


@pytest.mark.parametrize(
    ("scale", "answer", "risk"),
    [
        ("unit", {"score": 0}, 0),
        ("unit", {"score": 0.345}, 34.5),
        ("unit", {"score": 1}, 100),
        ("percent", {"score": 0.5}, 0.5),
        ("percent", {"score": 71}, 71),
        ("label", {"score": "AI"}, 100),
        ("label", {"score": " mixed "}, 50),
    ],
)
def test_scores_and_labels_become_a_risk(
    scale: DetectorScale, answer: dict[str, object], risk: float
) -> None:
    assert reading(scale).verdict(answer).risk_score == pytest.approx(risk)
    assert reading(scale, human=True).verdict(answer).risk_score == pytest.approx(100 - risk)


@pytest.mark.parametrize(
    ("scale", "score"),
    [
        ("unit", 1.01), ("unit", -1), ("unit", "0.5"), ("unit", None), ("unit", True),
        ("percent", 101), ("label", "robot"), ("label", 1), ("label", None),
    ],
)  # fmt: skip
def test_what_is_no_score_is_none(scale: DetectorScale, score: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        reading(scale).verdict({"score": score})


def test_a_score_may_stand_anywhere_in_an_answer() -> None:
    answer = {"results": [{"ai": {"probability": 0.8}}], "id": 7}
    deep = reading(path="results.0.ai.probability")
    assert deep.verdict(answer).risk_score == pytest.approx(80)
    assert (deep.provider_ref(answer), deep.reference(answer)) == ("7", None)
    assert at(answer, "results.1.ai") is None
    assert at(answer, "results.ai") is None


@pytest.mark.parametrize("value", ["\0", "\ud800", float("inf"), "x" * 40_000])
def test_what_the_database_would_refuse_is_not_kept(value: object) -> None:
    assert not can_keep({"answer": value})
    assert reading().verdict({"score": 0.5, "more": value}).evidence == {}


def test_retry_after_is_seconds_or_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    for value, expected in (("120", 120), ("", None), ("soon", None), ("-5", None), (past, 0)):
        assert retry_after(httpx.Headers({"Retry-After": value})) == expected
    found = retry_after(httpx.Headers({"Retry-After": soon}))
    assert found is not None
    assert 80 < found <= 91
