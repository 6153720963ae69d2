"""A provider that needs no other: spectral measures of the file itself, by librosa. A hint only.

What it can tell is little. It measures three things that sound made by a machine often has, and
that much music made by people has, too:

- comb: narrow peaks at even distances in the upper spectrum, which the upsampling layers of some
  generators leave, as do some resamplers, buzzers and synthesizers;
- steadiness: loudness that hardly moves, as of drones, noise and heavily limited masters;
- grid: onsets at exactly even distances, as of any loop from a sequencer.

So its scores are conservative. None is high enough to have a track held as the bands ship (70);
the most it does is to ask people to look (over 30), and a low score means that it has found
nothing, not that people made it. Where that is not enough, name a provider that knows more.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from backbeat.detector_answers import Verdict
from backbeat.detectors import Ask, CheckFailedError, Claimed, Files, Later

# Raise it when a measure changes: each version looks at a file once.
VERSION = "spectral-1"
LIMIT_BYTES = 64 * 1024 * 1024
LISTENED_SECONDS = 90
LEAST_SECONDS = 3
SILENCE = 1e-4
FRAME = 4096
HOP = 1024
COMB_FROM_HZ = 5000

# What nothing was found in scores this; with all three measures it is 60.
FLOOR, OF_COMB, OF_STEADINESS, OF_GRID = 15.0, 30.0, 7.5, 7.5
# Too short, or silent: there is nothing to go by, and people look.
NOTHING_TO_HEAR = 50.0


@dataclass(frozen=True)
class LocalDetector:
    """Measures the file; doing it again costs nothing, so nothing is ever looked up."""

    name: str = "local"
    version: str = VERSION

    def prepare(self, claimed: Claimed, files: Files) -> Ask:
        """Read the file."""
        if (claimed.file_bytes or 0) > LIMIT_BYTES:
            raise CheckFailedError("final", "file_too_large")
        content = files.content(claimed)
        return lambda: listen(content)

    def find(self, claimed: Claimed) -> Verdict | Later | None:
        """Nothing of a run that ended early is kept anywhere."""
        del claimed
        return None


def listen(content: bytes) -> Verdict:
    """Return the risk of a file (wav, flac or mp3), with the measures as its evidence."""
    try:
        import soundfile

        with soundfile.SoundFile(io.BytesIO(content)) as sound:
            rate = int(sound.samplerate)
            samples = sound.read(LISTENED_SECONDS * rate, dtype="float32", always_2d=True)
    except ImportError:
        raise CheckFailedError("final", "librosa_missing") from None
    except Exception as error:
        # Whatever a damaged file makes of the library.
        raise CheckFailedError("final", f"undecodable_{type(error).__name__}") from None
    return judge(samples.mean(axis=1), rate)


def judge(samples: Any, rate: int) -> Verdict:
    """Return the risk of samples of one channel."""
    import numpy as np

    if len(samples) < LEAST_SECONDS * rate or not np.isfinite(samples).all():
        return Verdict(risk_score=NOTHING_TO_HEAR, evidence={"measures": None})
    if float(np.sqrt(np.mean(np.square(samples, dtype="float64")))) < SILENCE:
        return Verdict(risk_score=NOTHING_TO_HEAR, evidence={"measures": None})
    measures = {
        "comb": comb(samples, rate),
        "steadiness": steadiness(samples),
        "grid": grid(samples, rate),
    }
    risk = (
        FLOOR
        + OF_COMB * measures["comb"]
        + OF_STEADINESS * measures["steadiness"]
        + OF_GRID * measures["grid"]
    )
    rounded = {name: round(value, 4) for name, value in measures.items()}
    return Verdict(risk_score=round(risk, 2), evidence={"measures": rounded})


def comb(samples: Any, rate: int) -> float:
    """How much of the upper spectrum, over the whole time, is peaks at even distances: 0 to 1."""
    import librosa
    import numpy as np

    power = np.square(np.abs(librosa.stft(samples, n_fft=FRAME, hop_length=HOP)))
    spectrum = 10 * np.log10(power.mean(axis=1) + 1e-12)
    upper = spectrum[int(COMB_FROM_HZ * FRAME / rate) :]
    # Nothing up there, as of a tone or an old recording.
    if len(upper) < 256 or float(upper.max()) < float(spectrum.max()) - 80:
        return 0.0
    width = 33
    smooth = np.convolve(np.pad(upper, width // 2, mode="edge"), np.ones(width) / width, "valid")
    rest = np.clip(upper - smooth, 0, 20)
    rest = rest - rest.mean()
    energy = float(np.dot(rest, rest))
    # Less than half a decibel is the noise of the mean itself.
    if energy / len(rest) < 0.25:
        return 0.0
    likeness = np.correlate(rest, rest, "full")[len(rest) - 1 :] / energy
    # Distances of 8 bins to an eighth of what there is; shorter ones are the width of a peak.
    return _scaled(float(likeness[8 : len(rest) // 8].max()), 0.3, 0.7)


def steadiness(samples: Any) -> float:
    """How little the loudness moves: 0 for six decibels and more, 1 for none."""
    import librosa
    import numpy as np

    loudness = librosa.feature.rms(y=samples, frame_length=FRAME, hop_length=HOP)[0][2:-2]
    decibels = 20 * np.log10(np.maximum(loudness, 1e-5))
    return 1 - _scaled(float(decibels.std()), 0.5, 6.0)


def grid(samples: Any, rate: int) -> float:
    """How exactly even the distances of the onsets are: 0 for a tenth off and more, 1 for none."""
    import librosa
    import numpy as np

    onsets = librosa.onset.onset_detect(y=samples, sr=rate, hop_length=256, units="time")
    distances = np.diff(onsets)
    if len(distances) < 8:
        return 0.0
    middle = float(np.median(distances))
    steps = np.maximum(np.round(distances / middle), 1)
    off = np.abs(distances - steps * middle) / middle
    return 1 - _scaled(float(off.mean()), 0.02, 0.1)


def _scaled(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))
