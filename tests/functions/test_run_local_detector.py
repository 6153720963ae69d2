"""run-detections with the local detector: uploads that are real sound, measured where they lie."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from backbeat.local_detector import NOTHING_TO_HEAR, VERSION, listen
from tests.functions.detector import Laboratory, artist, begin_afresh, running_laboratory
from tests.functions.live import LiveStack
from tests.functions.music import MUSIC, RATE, SECONDS, encoded, np, recording, song

pytest.importorskip("librosa", reason="the optional dependencies `detector` are not installed")


@pytest.fixture(scope="module")
def offline(live: LiveStack) -> Iterator[Laboratory]:
    """The functions with DETECTOR=local and no address of any other."""
    elsewhere = dict.fromkeys(
        ("DETECTOR_URL", "DETECTOR_RESULT_URL", "DETECTOR_API_KEY", "DETECTOR_CALLBACK_URL"), ""
    )
    with running_laboratory(live, DETECTOR="local", **elsewhere) as laboratory:
        yield laboratory


@pytest.fixture
def laboratory(live: LiveStack, offline: Laboratory) -> Laboratory:
    """The same, and nothing to look at yet."""
    begin_afresh(live)
    return offline


@pytest.fixture(scope="module")
def ada(live: LiveStack) -> uuid.UUID:
    """Who makes music."""
    return artist(live, "local_ada")


def test_each_upload_is_measured_and_decided_by_the_bands(
    laboratory: Laboratory, ada: uuid.UUID
) -> None:
    files = {name: recording(made()) for name, made in MUSIC.items()}
    tracks = {name: laboratory.hand_in(ada, content=files[name], kind="wav") for name in files}
    answer = laboratory.run()
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"decided": len(files), "under_review": 0, "waiting": 0, "failed": 0}
    for name, track in tracks.items():
        row, verdict = laboratory.row(track), listen(files[name])
        assert (row["provider"], row["provider_version"]) == ("local", VERSION)
        assert row["risk_score"] == pytest.approx(verdict.risk_score), name
        assert row["evidence"] == verdict.evidence, name
        decided = laboratory.stands(track)
        if verdict.risk_score <= row["bands"]["verified_to"]:
            assert decided == ("published", "verified_human"), name
        else:
            assert decided == ("processing", "under_review"), name
    # What hands have played is out; what bears traces of a generator is before people.
    assert laboratory.stands(tracks["a song"])[0] == "published"
    assert laboratory.stands(tracks["a comb"])[1] == "under_review"
    assert laboratory.run().json()["decided"] == 0
    assert not laboratory.detector.calls


@pytest.mark.parametrize("kind", ["flac", "mp3"])
def test_compressed_files_are_heard_too(laboratory: Laboratory, ada: uuid.UUID, kind: str) -> None:
    file = encoded(song(), kind)
    track = laboratory.hand_in(ada, content=file, kind=kind)
    assert laboratory.run().json()["decided"] == 1
    assert laboratory.stands(track) == ("published", "verified_human")
    assert set(laboratory.row(track)["evidence"]["measures"]) == {"comb", "steadiness", "grid"}


def test_silence_is_for_people(laboratory: Laboratory, ada: uuid.UUID) -> None:
    track = laboratory.hand_in(ada, content=recording(np.zeros(SECONDS * RATE)), kind="wav")
    assert laboratory.run().json()["decided"] == 1
    assert laboratory.stands(track) == ("processing", "under_review")
    assert laboratory.row(track)["risk_score"] == NOTHING_TO_HEAR


def test_what_is_no_sound_is_for_people_at_once(laboratory: Laboratory, ada: uuid.UUID) -> None:
    track = laboratory.hand_in(ada, content=b"RIFF, as it says", kind="wav")
    assert laboratory.run().json()["under_review"] == 1
    assert laboratory.stands(track) == ("processing", "under_review")
    row = laboratory.row(track)
    assert (row["attempts"], row["risk_score"]) == (1, None)
    assert row["last_error"].startswith("undecodable")
    assert laboratory.run().json() == {"decided": 0, "under_review": 0, "waiting": 0, "failed": 0}
