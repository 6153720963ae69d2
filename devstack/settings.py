"""What `.env` in the checkout replaces: parts of the stack by real ones; and settings of functions.

The shell's own environment is not asked, so that values copied from `backbeat status -o env` never
turn the stack into a client of itself.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from devstack.processes import ROOT, DevstackError

SUPABASE = ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY")
S3 = ("S3_ENDPOINT_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY")
LIVEKIT = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
STRIPE = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
# What the stack sets for its own; a real one may go without some of them.
DETECTOR = (
    "DETECTOR", "DETECTOR_URL", "DETECTOR_RESULT_URL", "DETECTOR_API_KEY",
    "DETECTOR_CALLBACK_URL", "DETECTOR_CALLBACK_SECRET",
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """The values of `.env`, by name; empty ones count as unset."""

    values: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path | None = None) -> Settings:
        """Read the file BACKBEAT_ENV_FILE names, else `.env`; none is the same as an empty one.

        Raises DevstackError when a part is replaced by half.
        """
        path = path or Path(os.environ.get("BACKBEAT_ENV_FILE") or ROOT / ".env")
        found = {name: value for name, value in dotenv_values(path).items() if value}
        for group in (SUPABASE, S3, LIVEKIT, STRIPE):
            missing = [name for name in group if name not in found]
            if missing and len(missing) < len(group):
                raise DevstackError(
                    f"{path} sets only some of {', '.join(group)}: add {', '.join(missing)}, "
                    "or leave all of them out."
                )
        if "DATABASE_URL" in found and "SUPABASE_URL" not in found:
            raise DevstackError(
                f"{path} sets DATABASE_URL without SUPABASE_URL: auth, storage, REST and the "
                "database are replaced together."
            )
        return cls(found)

    @property
    def has_supabase(self) -> bool:
        """Whether a real Supabase project stands in for the stack's database, API and gateway."""
        return "SUPABASE_URL" in self.values

    @property
    def needs_s3(self) -> bool:
        """Whether moto stands in for an object store.

        Never beside a real project: what is archived in memory would be lost with the stack, after
        the project has dropped it.
        """
        return not self.has_supabase and "S3_ENDPOINT_URL" not in self.values

    @property
    def needs_expo(self) -> bool:
        """Whether a server of ours stands in for Expo: not where pushes are for real devices."""
        return not self.has_supabase and not {"EXPO_API_BASE", "EXPO_ACCESS_TOKEN"} & set(
            self.values
        )

    @property
    def needs_livekit(self) -> bool:
        """Whether a server of ours stands in for LiveKit: not where people expect to be heard."""
        return not self.has_supabase and "LIVEKIT_URL" not in self.values

    @property
    def needs_stripe(self) -> bool:
        """Whether a server of ours stands in for Stripe: not where money is to move."""
        return not self.has_supabase and "STRIPE_SECRET_KEY" not in self.values

    @property
    def needs_detector(self) -> bool:
        """Whether a server of ours stands in for a detector: not where real music is checked."""
        return not self.has_supabase and "DETECTOR" not in self.values
