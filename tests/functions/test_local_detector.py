"""The local detector hints at most: nothing it hears is held for it, and little is looked at."""

from __future__ import annotations

import io
import wave
from typing import Any

import pytest

from backbeat.detectors import CheckFailedError
from backbeat.local_detector import FLOOR, NOTHING_TO_HEAR, listen

pytest.importorskip("librosa", reason="the optional dependencies `detector` are not installed")
np: Any = pytest.importorskip("numpy")

RATE = 44_100
SECONDS = 12
HELD_FROM, PASSES_TO = 70, 30


def recording(samples: Any, rate: int = RATE) -> bytes:
    """A WAV file of samples between -1 and 1: 16 bits, one channel."""
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return sink.getvalue()


def times(seconds: float = SECONDS) -> Any:
    return np.arange(int(seconds * RATE)) / RATE


def tone(frequency: float = 440) -> Any:
    return 0.4 * np.sin(2 * np.pi * frequency * times())


def noise(level: float = 0.1) -> Any:
    return level * np.random.default_rng(7).standard_normal(SECONDS * RATE)


def drums(jitter: float = 0.0) -> Any:
    """A hit of noise twice a second, each off by so much of a second at most."""
    chance = np.random.default_rng(11)
    made = np.zeros(SECONDS * RATE)
    hit = np.exp(-np.arange(RATE // 8) / 900) * chance.standard_normal(RATE // 8) * 0.5
    for number in range(2 * SECONDS - 2):
        at = int((number / 2 + 0.1 + chance.uniform(-jitter, jitter)) * RATE)
        made[at : at + len(hit)] += hit
    return made


def combed() -> Any:
    """Noise with peaks at even distances above five kilohertz, as of upsampling layers."""
    peaks = sum(np.sin(2 * np.pi * frequency * times()) for frequency in range(5200, 20_000, 430))
    return noise(0.02) + 0.01 * peaks


def song() -> Any:
    """Chords that swell and change, over drums that are played by hand."""
    made = 0.6 * drums(jitter=0.06)
    chance = np.random.default_rng(3)
    for bar in range(SECONDS // 2):
        part = slice(bar * 2 * RATE, (bar + 1) * 2 * RATE)
        within = np.arange(2 * RATE) / RATE
        swell = np.sin(np.pi * within / 2) ** 2 * chance.uniform(0.05, 0.3)
        for step in (0, 4, 7):
            root = 220 * 2 ** ((chance.integers(0, 12) + step) / 12)
            made[part] += swell * np.sin(2 * np.pi * root * within) / 3
    return made


MUSIC = {
    "a tone": tone,
    "noise": noise,
    "a drum loop": drums,
    "drums by hand": lambda: drums(jitter=0.06),
    "a song": song,
    "a comb": combed,
}


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
