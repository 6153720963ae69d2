"""fingerprint-tracks, against a whole stack: with a stand-in for fpcalc, and with fpcalc itself."""

from __future__ import annotations

import array
import json
import math
import random
import shlex
import shutil
import stat
import sys
import uuid
import wave
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from backbeat.fpcalc import Fpcalc, UnreadableError, signed
from tests.functions.detector import AUDIO
from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, running_functions

RATE = 16_000
NOTES = (262, 294, 330, 349, 392, 440, 494, 523, 587, 659)
# It says what the file holds, and where it was called with what. A shell calls the interpreter:
# a first line with its path would not stand a space in it.
LAUNCHER = """#!/bin/sh
exec {python} {script} "$@"
"""
STAND_IN = """
import json, os, sys, time
content = open(sys.argv[-1], "rb").read()
with open({log!r}, "a") as log:
    log.write(json.dumps([sys.argv[1:], sorted(os.environ)]) + "\\n")
if content == b"slow":
    time.sleep(600)
if content == b"short":
    sys.stderr.write("ERROR: Empty fingerprint\\n")
    sys.exit(3)
if content == b"broken":
    sys.stderr.write("ERROR: Could not open the input file\\n")
    sys.exit(2)
if content == b"odd":
    print("FINGERPRINT=none")
else:
    print(json.dumps({{"duration": 60.0, "fingerprint": json.loads(content)}}))
"""
needs_fpcalc = pytest.mark.skipif(
    shutil.which("fpcalc") is None,
    reason="fpcalc is not installed: Debian and Ubuntu have it in libchromaprint-tools",
)


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program in the place of fpcalc."""
    folder = tmp_path_factory.mktemp("fpcalc")
    program = folder / "fpcalc"
    script = folder / "stand_in.py"
    script.write_text(STAND_IN.format(log=str(folder / "log")), "utf-8")
    python, path = shlex.quote(sys.executable), shlex.quote(str(script))
    program.write_text(LAUNCHER.format(python=python, script=path), "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@pytest.fixture
def tidied(live: LiveStack) -> LiveStack:
    """The stack, where nothing waits and nothing is known."""
    live.sql("delete from private.fingerprints")
    live.sql("delete from public.moderation_cases where kind = 'fingerprint_match'")
    live.sql("delete from private.rate_limit_buckets")
    return live


@pytest.fixture(scope="module")
def functions(live: LiveStack, stand_in: Path) -> Iterator[FunctionsServer]:
    """The functions, with the stand-in."""
    own = {"FPCALC": str(stand_in), "FPCALC_TIMEOUT_SECONDS": "20"}
    with running_functions(None, **live.settings, **own) as server:
        yield server


def artist(live: LiveStack) -> uuid.UUID:
    """Somebody who uploads."""
    user_id = live.person(f"heard_{uuid.uuid4().hex[:12]}")
    live.sends(user_id, "POST", "/rpc/become_artist", {})
    return user_id


def upload(live: LiveStack, owner: uuid.UUID, content: bytes, kind: str = "wav") -> str:
    """Submit a track with a file of this content."""
    given = {"title": "Heard", "genre": "house", "duration_ms": 60_000, "file_format": kind}
    made = live.sends(owner, "POST", "/rpc/create_track", given)
    track: str = made["track"]["id"]
    stored = live.api.post(
        f"/storage/v1/object/{made['bucket']}/{made['path']}",
        content=content,
        headers={"content-type": AUDIO[kind]},
    )
    assert stored.is_success, stored.text
    rights = {"track_id": track, "kind": "original"}
    live.sends(owner, "POST", "/rpc/declare_rights", rights)
    live.sends(owner, "POST", "/rpc/submit_track", {"track_id": track})
    return track


def run(live: LiveStack, server: FunctionsServer) -> dict[str, Any]:
    """Call the function as the schedule does; what failed before is due again."""
    live.sql("update private.fingerprints set next_attempt_at = now()")
    answer = server.client.post("/fingerprint-tracks", headers=live.scheduler)
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


def kept(live: LiveStack, track: str) -> tuple[Any, ...]:
    """What is known of a track: its status, how often it was tried, and why in vain."""
    (row,) = live.sql(
        "select status, attempts, error from private.fingerprints where track_id = %s", track
    )
    return tuple(row)


def cases(live: LiveStack) -> dict[str, set[str]]:
    """The tracks of which there is a case, with those they are like."""
    rows = live.sql(
        "select target_id::text, evidence::text from public.moderation_cases"
        " where kind = 'fingerprint_match'"
    )
    known = {str(track) for (track,) in live.sql("select id from public.tracks")}
    return {target: {other for other in known - {target} if other in text} for target, text in rows}


def words(seed: int, count: int = 480) -> list[int]:
    """A minute of some music."""
    chance = random.Random(seed)
    return [chance.getrandbits(32) for _ in range(count)]


def worn(sound: list[int], share: float, seed: int = 1) -> list[int]:
    """The same, with this share of its bits the other way."""
    chance = random.Random(seed)
    return [word ^ sum(1 << bit for bit in range(32) if chance.random() < share) for word in sound]


def test_without_fpcalc_it_says_so_and_tracks_wait(
    tidied: LiveStack, serve: Callable[..., FunctionsServer]
) -> None:
    track = upload(tidied, artist(tidied), b"whatever")
    server = serve(**tidied.settings, FPCALC="/nowhere/fpcalc")
    assert run(tidied, server) == {
        "fingerprints": 0, "matches": 0, "failed": 0, "skipped": "fpcalc is not installed",
    }  # fmt: skip
    assert kept(tidied, track) == ("waiting", 0, None)


def test_a_track_like_one_of_somebody_else_opens_a_case_about_the_later_one(
    tidied: LiveStack, functions: FunctionsServer
) -> None:
    ada, ben = artist(tidied), artist(tidied)
    sound = words(7)
    first = upload(tidied, ada, json.dumps(sound).encode())
    assert run(tidied, functions) == {"fingerprints": 1, "matches": 0, "failed": 0}
    again = upload(tidied, ada, json.dumps(worn(sound, 0.02)).encode())
    other = upload(tidied, ben, json.dumps(words(8)).encode())
    assert run(tidied, functions) == {"fingerprints": 2, "matches": 0, "failed": 0}
    copied = upload(tidied, ben, json.dumps(worn(sound[100:], 0.05)).encode())
    assert run(tidied, functions) == {"fingerprints": 1, "matches": 1, "failed": 0}
    assert cases(tidied) == {copied: {first, again}}
    ((subject,),) = tidied.sql(
        "select subject_id from public.moderation_cases where kind = 'fingerprint_match'"
    )
    assert subject == ben
    assert kept(tidied, other) == ("done", 1, None)
    # Nothing is left to do.
    assert run(tidied, functions) == {"fingerprints": 0, "matches": 0, "failed": 0}


def test_fpcalc_is_told_the_format_and_none_of_our_secrets(
    tidied: LiveStack, functions: FunctionsServer, stand_in: Path
) -> None:
    log = stand_in.parent / "log"
    log.unlink(missing_ok=True)
    upload(tidied, artist(tidied), json.dumps(words(9)).encode())
    run(tidied, functions)
    ((arguments, environment),) = [json.loads(line) for line in log.read_text().splitlines()]
    assert arguments[:-1] == [
        "-raw",
        "-json",
        "-algorithm",
        "2",
        "-length",
        "120",
        "-format",
        "wav",
    ]
    assert arguments[-1].endswith(".wav")
    assert not Path(arguments[-1]).exists()
    assert not {name for name in environment if "SECRET" in name or "SUPABASE" in name}


@pytest.mark.parametrize(
    ("content", "error"), [(b"broken", "file_unreadable"), (b"odd", "answer_invalid")]
)
def test_a_file_that_cannot_be_heard_is_tried_again_and_given_up(
    content: bytes, error: str, tidied: LiveStack, functions: FunctionsServer
) -> None:
    track = upload(tidied, artist(tidied), content)
    for attempt in range(1, 6):
        assert run(tidied, functions) == {"fingerprints": 0, "matches": 0, "failed": 1}
        status = "waiting" if attempt < 5 else "failed"
        assert kept(tidied, track) == (status, attempt, error)
    assert run(tidied, functions) == {"fingerprints": 0, "matches": 0, "failed": 0}


def test_a_file_that_keeps_fpcalc_busy_is_left(stand_in: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.wav"
    file.write_bytes(b"slow")
    with pytest.raises(UnreadableError, match="timeout"):
        Fpcalc(str(stand_in), 120, 0.5).hear(file)


def test_a_program_that_cannot_be_run_is_no_fault_of_the_others(tmp_path: Path) -> None:
    file = tmp_path / "x.wav"
    file.write_bytes(b"x")
    with pytest.raises(UnreadableError, match="fpcalc_failed"):
        Fpcalc(str(tmp_path / "nothing"), 120, 1).hear(file)


def test_a_track_that_is_too_short_is_done_and_like_nothing(
    tidied: LiveStack, functions: FunctionsServer
) -> None:
    tracks = [upload(tidied, artist(tidied), b"short") for _ in range(2)]
    assert run(tidied, functions) == {"fingerprints": 2, "matches": 0, "failed": 0}
    assert {kept(tidied, track)[0] for track in tracks} == {"done"}


def test_while_the_storage_is_away_tracks_wait(
    tidied: LiveStack, functions: FunctionsServer
) -> None:
    owner = artist(tidied)
    tracks = [upload(tidied, owner, json.dumps(words(seed)).encode()) for seed in (11, 12)]
    with tidied.without("lite"):
        assert run(tidied, functions) == {"fingerprints": 0, "matches": 0, "failed": 1}
    # The other was not even begun.
    assert sorted(kept(tidied, track)[1] for track in tracks) == [0, 1]
    assert run(tidied, functions) == {"fingerprints": 2, "matches": 0, "failed": 0}


def test_words_are_written_as_postgres_writes_them() -> None:
    assert [signed(word) for word in (0, 1, 2**31 - 1, 2**31, 2**32 - 1)] == [
        0, 1, 2**31 - 1, -(2**31), -1,
    ]  # fmt: skip


def tune(seed: int, seconds: int = 45) -> list[float]:
    """A tune of three voices, in samples between -1 and 1."""
    chance = random.Random(seed)
    samples = [0.0] * (seconds * RATE)
    for voice in (1, 2, 4):
        start = 0
        while start < len(samples):
            length = int(RATE * chance.choice((0.2, 0.3, 0.4, 0.6)))
            step = 2 * math.pi * chance.choice(NOTES) * voice / 2 / RATE
            for place in range(start, min(start + length, len(samples))):
                fade = 1 - (place - start) / length
                samples[place] += 0.25 * fade * math.sin(step * place)
            start += length
    return samples


def as_wave(samples: list[float], *, bits: int = 16, every: int = 1) -> bytes:
    """A WAV file of some quality: so many bits, and each so many-th sample."""
    kept_samples = samples[::every]
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(bits // 8)
        sound.setframerate(RATE // every)
        limited = [max(-1.0, min(1.0, sample)) for sample in kept_samples]
        if bits == 8:
            sound.writeframes(bytes(int(128 + 127 * sample) for sample in limited))
        else:
            sound.writeframes(array.array("h", [int(32767 * each) for each in limited]).tobytes())
    return file.getvalue()


@needs_fpcalc
def test_near_duplicates_of_a_tune_are_found_and_other_tunes_are_not(
    tidied: LiveStack, serve: Callable[..., FunctionsServer]
) -> None:
    server = serve(**tidied.settings)
    ada, ben = artist(tidied), artist(tidied)
    sound = tune(1)
    first = upload(tidied, ada, as_wave(sound))
    assert run(tidied, server)["fingerprints"] == 1
    duplicates = {
        "worse": as_wave(sound, bits=8),
        "at half the rate": as_wave(sound, every=2),
        "trimmed": as_wave(sound[5 * RATE :]),
        "without its end": as_wave(sound[: -15 * RATE]),
        "louder": as_wave([1.8 * sample for sample in sound]),
        "quieter": as_wave([0.2 * sample for sample in sound]),
    }
    others = {
        "another tune": as_wave(tune(2)),
        "a tone": as_wave([0.5 * math.sin(0.1 * place) for place in range(45 * RATE)]),
        "silence": as_wave([0.0] * 45 * RATE),
    }
    found = {upload(tidied, ben, content): what for what, content in duplicates.items()}
    silent = {upload(tidied, ben, content): what for what, content in others.items()}
    assert run(tidied, server)["failed"] == 0
    assert {found.get(track, silent.get(track)) for track in cases(tidied)} == set(duplicates)
    assert all(first in like for like in cases(tidied).values())


@needs_fpcalc
def test_near_duplicates_that_were_encoded_anew_are_found(
    tidied: LiveStack, serve: Callable[..., FunctionsServer]
) -> None:
    """Encoded by libsndfile, so that no ffmpeg is needed: lossy, trimmed and louder at once."""
    pytest.importorskip("soundfile", reason="soundfile is not installed")
    from tests.functions.music import decoded, encoded, np

    server = serve(**tidied.settings)
    ada, ben = artist(tidied), artist(tidied)
    sound = np.array(tune(3))
    first = upload(tidied, ada, as_wave(list(sound)))
    assert run(tidied, server)["fingerprints"] == 1
    through_ogg = decoded(encoded(sound, "ogg", RATE))
    duplicates = {
        "MP3": ("mp3", encoded(sound, "mp3", RATE)),
        "FLAC": ("flac", encoded(sound, "flac", RATE)),
        "Ogg Vorbis and back": ("wav", as_wave(list(through_ogg))),
        "Ogg Vorbis, then MP3": ("mp3", encoded(through_ogg, "mp3", RATE)),
        "MP3, trimmed and louder": ("mp3", encoded(1.8 * sound[5 * RATE :], "mp3", RATE)),
    }
    assert all(file[:4] != b"RIFF" for kind, file in duplicates.values() if kind != "wav")
    other = upload(tidied, ben, encoded(np.array(tune(4)), "mp3", RATE), "mp3")
    found = {upload(tidied, ben, file, kind): what for what, (kind, file) in duplicates.items()}
    assert run(tidied, server)["failed"] == 0
    assert kept(tidied, other)[0] == "done"
    assert {found.get(track) for track in cases(tidied)} == set(duplicates)
    assert all(first in like for like in cases(tidied).values())
