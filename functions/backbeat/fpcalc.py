"""The one door to Chromaprint's fpcalc, which hears how a file sounds."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from backbeat.settings import Settings

# Number 2, which fpcalc takes by default and is told nevertheless: only equal ones are compared.
ALGORITHM = "chromaprint_2"
FORMATS = ("mp3", "wav", "flac")
# What fpcalc says of a file that lasts less than it needs.
TOO_SHORT = (b"Empty fingerprint", b"Not enough audio data")
# All of it, or what could be read of a file whose end is broken.
HEARD = (0, 3)


class Heard(BaseModel):
    """What fpcalc says: one word of 32 bits for about an eighth of a second."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    fingerprint: tuple[int, ...]


class UnreadableError(Exception):
    """There is no fingerprint of a file; the word says why."""


@dataclass(frozen=True)
class Fpcalc:
    """Chromaprint's command line tool."""

    program: str
    seconds: int
    timeout_seconds: float

    def hear(self, file: Path) -> list[int]:
        """Return the words of a file's beginning, signed; none where it is too short.

        The format is the one its name says: left to guess, the decoder would also take a playlist,
        which names other files. It sees none of our environment.
        """
        kind = file.suffix.removeprefix(".")
        command = [self.program, "-raw", "-json", "-algorithm", "2", "-length", str(self.seconds)]
        command += ["-format", kind, str(file)]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.timeout_seconds,
                env={"LC_ALL": "C"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnreadableError("timeout") from None
        except OSError:
            raise UnreadableError("fpcalc_failed") from None
        if any(words in done.stderr for words in TOO_SHORT):
            return []
        if done.returncode not in HEARD:
            raise UnreadableError("file_unreadable")
        try:
            heard = Heard.model_validate_json(done.stdout)
        except ValidationError:
            raise UnreadableError("answer_invalid") from None
        return [signed(word) for word in heard.fingerprint]


def find_fpcalc(settings: Settings) -> Fpcalc | None:
    """Return fpcalc as it is installed here (FPCALC), or None."""
    program = shutil.which(settings.fpcalc)
    if program is None:
        return None
    return Fpcalc(program, settings.fingerprint_seconds, settings.fpcalc_timeout_seconds)


def signed(word: int) -> int:
    """The same 32 bits as Postgres writes an integer."""
    return ((word & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000
