"""Sound for tests, made of nothing: tones, noise, drums, a song, and what a generator leaves."""

from __future__ import annotations

import io
import wave
from typing import Any

import pytest

np: Any = pytest.importorskip("numpy", reason="the optional dependencies are not installed")

RATE = 44_100
SECONDS = 12


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
    """When each sample is, in seconds."""
    return np.arange(int(seconds * RATE)) / RATE


def tone(frequency: float = 440) -> Any:
    """One tone that is held."""
    return 0.4 * np.sin(2 * np.pi * frequency * times())


def noise(level: float = 0.1) -> Any:
    """White noise."""
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


def encoded(samples: Any, kind: str, rate: int = RATE) -> bytes:
    """An MP3, Ogg Vorbis or FLAC file of one channel; the first two lose much."""
    soundfile = pytest.importorskip("soundfile", reason="soundfile is not installed")
    lossy = {
        "mp3": {"subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT", "compression_level": 0.9},
        "ogg": {"subtype": "VORBIS", "compression_level": 0.9},
    }
    sink = io.BytesIO()
    soundfile.write(sink, np.clip(samples, -1, 1), rate, format=kind.upper(), **lossy.get(kind, {}))
    return sink.getvalue()


def decoded(content: bytes) -> Any:
    """The samples of a file of one channel."""
    soundfile = pytest.importorskip("soundfile", reason="soundfile is not installed")
    samples, _ = soundfile.read(io.BytesIO(content))
    return samples
