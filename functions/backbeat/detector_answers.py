"""What a provider's answer says: a score or a label, as a risk from 0 (people) to 100 (machine)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from backbeat.settings import DetectorScale, Settings

EVIDENCE_BYTES = 32 * 1024


class Verdict(BaseModel):
    """How sure a provider is, and what it goes by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    risk_score: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    evidence: dict[str, Any] = Field(default_factory=dict)


ANSWER = TypeAdapter(dict[str, Any])
NUMBER = TypeAdapter(Annotated[float, Field(strict=True, allow_inf_nan=False)])
LABEL = TypeAdapter(Annotated[str, StringConstraints(strict=True, strip_whitespace=True)])
REFERENCE = TypeAdapter(UUID)
PROVIDER_REF = TypeAdapter(Annotated[str, StringConstraints(min_length=1, max_length=200)])


@dataclass(frozen=True)
class Reading:
    """How answers are read. All of its methods raise ValueError for what cannot be."""

    score_path: str
    scale: DetectorScale
    means_human: bool
    labels: Mapping[str, float]
    reference_path: str
    id_path: str

    @classmethod
    def of(cls, settings: Settings) -> Reading:
        """Read as the settings say."""
        return cls(
            score_path=settings.detector_score_path,
            scale=settings.detector_scale,
            means_human=settings.detector_score_of == "human",
            labels=dict(settings.detector_labels),
            reference_path=settings.detector_reference_path,
            id_path=settings.detector_id_path,
        )

    def parse(self, raw: bytes) -> dict[str, Any]:
        """Return the JSON object that an answer is."""
        try:
            answer = json.loads(raw, parse_constant=_refuse)
        except RecursionError:
            raise ValueError("too deep") from None
        return ANSWER.validate_python(answer)

    def verdict(self, answer: dict[str, Any]) -> Verdict:
        """Return the risk of an answer, and the answer itself where it can be kept."""
        found = at(answer, self.score_path)
        if self.scale == "label":
            risk = self.labels.get(LABEL.validate_python(found).lower())
            if risk is None:
                raise ValueError("an unknown label")
        else:
            top = 1.0 if self.scale == "unit" else 100.0
            number = NUMBER.validate_python(found)
            if not 0 <= number <= top:
                raise ValueError("a score out of range")
            risk = number / top * 100
        risk = 100 - risk if self.means_human else risk
        return Verdict(risk_score=risk, evidence={"answer": answer} if can_keep(answer) else {})

    def has_score(self, answer: dict[str, Any]) -> bool:
        """Whether an answer says anything of the score."""
        return at(answer, self.score_path) is not None

    def reference(self, answer: dict[str, Any]) -> UUID | None:
        """Return which detection an answer is for, as we called it; None where it does not say."""
        found = at(answer, self.reference_path)
        return None if found is None else REFERENCE.validate_python(found)

    def provider_ref(self, answer: dict[str, Any]) -> str | None:
        """Return what the provider calls the check; None where it does not say."""
        found = at(answer, self.id_path)
        if found is None or isinstance(found, bool) or not isinstance(found, str | int):
            return None
        text = PROVIDER_REF.validate_python(str(found))
        return text if can_keep(text) else None


def at(answer: object, path: str) -> Any:
    """Return what stands at a path such as `result.scores.0.ai`; None where nothing does."""
    found: Any = answer
    for name in path.split("."):
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


def can_keep(value: object) -> bool:
    """Whether the database takes it: it is not too long, and JSON that can be stored."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return len(text.encode()) <= EVIDENCE_BYTES and "\\u0000" not in text
    except ValueError:
        return False


def _refuse(constant: str) -> None:
    raise ValueError(constant)
