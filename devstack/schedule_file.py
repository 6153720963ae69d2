"""functions/schedules.toml: which function runs when, and why."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated

from croniter import croniter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

SCHEDULES = Path(__file__).parent.parent / "functions" / "schedules.toml"


def _five_fields(cron: str) -> str:
    # croniter also takes seconds and years, Cloud Scheduler and pg_cron do not.
    if len(cron.split()) != 5 or not croniter.is_valid(cron):
        raise ValueError("must be a cron expression of five fields")
    return cron


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]


class Schedule(BaseModel):
    """One job: POST to `target` whenever `cron` (UTC) says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    cron: Annotated[str, AfterValidator(_five_fields)]
    target: Name
    timeout_seconds: Annotated[int, Field(gt=0, le=1800)]
    why: Annotated[str, Field(min_length=1, max_length=500)]


class ScheduleFile(BaseModel):
    """The whole file; names are unique."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schedule: tuple[Schedule, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> "ScheduleFile":
        counts = Counter(schedule.name for schedule in self.schedule)
        if twice := [name for name, count in counts.items() if count > 1]:
            raise ValueError(f"more than one schedule is named {', '.join(twice)}")
        return self


def read_schedules(path: Path = SCHEDULES) -> tuple[Schedule, ...]:
    """Return the schedules in the order of the file; raises pydantic.ValidationError."""
    return ScheduleFile.model_validate(tomllib.loads(path.read_text("utf-8"))).schedule
