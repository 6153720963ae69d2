"""The local detector hints at most: nothing it hears is held for it, and little is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from backbeat.detectors import CheckFailedError
from backbeat.local_detector import FLOOR, NOTHING_TO_HEAR, listen
from tests.functions.music import (
    MUSIC,
    RATE,
    SECONDS,
    combed,
    drums,
    noise,
    np,
    recording,
    song,
    tone,
)

pytest.importorskip("librosa", reason="the optional dependencies `detector` are not installed")
HELD_FROM, PASSES_TO = 70, 30


@pytest.mark.parametrize("name", sorted(MUSIC))
def test_nothing_it_hears_is_held_for_it(name: str) -> None:
    verdict = listen(recording(MUSIC[name]()))
    assert FLOOR <= verdict.risk_score < HELD_FROM
    measures = verdict.evidence["measures"]
    assert set(measures) == {"comb", "steadiness", "grid"}
    assert all(0 <= value <= 1 for value in measures.values())
    # The same file is the same verdict.
    assert listen(recording(MUSIC[name]())) == verdict


@pytest.mark.parametrize("name", ["a song", "drums by hand"])
def test_music_by_hand_passes(name: str) -> None:
    assert listen(recording(MUSIC[name]())).risk_score <= PASSES_TO


def test_peaks_at_even_distances_have_people_look() -> None:
    comb, plain = listen(recording(combed())), listen(recording(noise()))
    assert comb.evidence["measures"]["comb"] > 0.9
    assert plain.evidence["measures"]["comb"] < 0.1
    assert plain.risk_score <= PASSES_TO < comb.risk_score


def test_a_sequencer_is_told_from_hands_and_held_for_nothing() -> None:
    exact, by_hand = (listen(recording(drums(jitter))) for jitter in (0.0, 0.06))
    assert exact.evidence["measures"]["grid"] > by_hand.evidence["measures"]["grid"]
    assert exact.risk_score <= PASSES_TO


def test_what_hardly_moves_is_steady() -> None:
    assert listen(recording(tone())).evidence["measures"]["steadiness"] > 0.9
    assert listen(recording(song())).evidence["measures"]["steadiness"] < 0.5


@pytest.mark.parametrize("samples", [np.zeros(SECONDS * RATE), tone()[:RATE], np.zeros(0)])
def test_where_there_is_nothing_to_hear_people_look(samples: Any) -> None:
    assert listen(recording(samples)).risk_score == NOTHING_TO_HEAR


@pytest.mark.parametrize("content", [b"", b"no sound", recording(tone())[:20]])
def test_what_is_no_sound_is_for_people(content: bytes) -> None:
    with pytest.raises(CheckFailedError) as caught:
        listen(content)
    assert caught.value.outcome == "final"
