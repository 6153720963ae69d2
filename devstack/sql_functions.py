"""What sql/ says of its functions: the comment above each, the errors it raises, whom it calls.

Read from the files, so that what is generated from it needs no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from devstack.schema import SQL, source_files

_FUNCTION = re.compile(
    r"(?P<above>(?:^--[^\n]*\n)*)"
    r"^create or replace function (?P<name>\w+\.\w+)\((?P<parameters>.*?)\)\nreturns"
    r"(?P<body>.*?)^(?:\$\$|end);$",
    re.MULTILINE | re.DOTALL,
)
_TRIGGER = re.compile(
    r"^create trigger \w+\s+(?:before|after)\s+(?P<events>.*?)\s+on (?P<table>\w+\.\w+)"
    r".*?execute function (?P<function>\w+\.\w+)\(",
    re.MULTILINE | re.DOTALL,
)
_RAISE = re.compile(
    r"private\.raise_error\(\s*(?P<status>\d{3}),\s*'(?P<token>\w+)',\s*'(?P<detail>(?:[^']|'')*)'"
)
_CALL = re.compile(r"\b((?:private|public|backend)\.\w+)\(")
_WRITE = re.compile(
    r"\b(?:(?P<insert>insert into)|(?P<delete>delete from)|(?P<update>update)) (?P<table>\w+\.\w+)"
    r"(?P<rest>.*?)(?=;|\bwhere\b|\breturning\b|\bfrom\b|\Z)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Error:
    """One refusal: what a client gets, in the words of the first call."""

    status: int
    token: str
    detail: str


@dataclass(frozen=True)
class Function:
    """One function of sql/."""

    name: str
    above: str
    body: str

    @property
    def schema(self) -> str:
        """The schema it stands in."""
        return self.name.split(".")[0]

    @property
    def reason(self) -> str | None:
        """Why it is a security definer, as the line above it says."""
        found = re.search(r"^-- Security definer: (.+)", self.above, re.MULTILINE)
        return found[1] if found else None

    @property
    def errors(self) -> tuple[Error, ...]:
        """The errors it raises itself."""
        return tuple(
            Error(int(call["status"]), call["token"], call["detail"].replace("''", "'"))
            for call in _RAISE.finditer(self.body)
        )

    @property
    def calls(self) -> set[str]:
        """The functions it names, and what a gate asks for its caller."""
        found = set(_CALL.findall(self.body))
        for given in _GATE.findall(self.body):
            if given and not given.startswith("even_banned"):
                found.add("private.require_feature")
            if "even_banned => true" not in given:
                found.add("private.refuse_banned")
        if self.name in GATES:
            found -= {"private.require_feature", "private.refuse_banned"}
        return found - {"private.raise_error"}


# They ask for a feature only when they are given one, and let the banned pass only when they are
# told to: so the caller decides whether that can fail.
GATES = frozenset({"private.acting_user", "private.may_write"})
_GATE = re.compile(r"\bprivate\.(?:acting_user|may_write)\(([^()]*)\)")


@dataclass(frozen=True)
class Trigger:
    """One trigger of sql/: what fires it and what it runs."""

    table: str
    function: str
    events: frozenset[str]
    columns: frozenset[str]


def strip_comments(text: str) -> str:
    """SQL without its `--` comments."""
    return re.sub(r"--[^\n]*", "", text)


def source_text(folder: Path = SQL) -> str:
    """All of sql/, in load order."""
    return "\n".join(path.read_text("utf-8") for path in source_files(folder))


def functions(text: str) -> dict[str, Function]:
    """Every function by schema-qualified name, in the order of the text."""
    return {
        found["name"]: Function(found["name"], found["above"], strip_comments(found["body"]))
        for found in _FUNCTION.finditer(text)
    }


def triggers(text: str) -> list[Trigger]:
    """Every trigger."""
    made = []
    for found in _TRIGGER.finditer(strip_comments(text)):
        events, _, columns = found["events"].partition(" of ")
        names = frozenset(re.findall(r"\w+", columns))
        made.append(
            Trigger(
                found["table"],
                found["function"],
                frozenset(re.findall(r"insert|update|delete", events)),
                names,
            )
        )
    return made


def fired_by(body: str, known: list[Trigger]) -> Iterator[str]:
    """The trigger functions that the writes of a body set off."""
    for write in _WRITE.finditer(body):
        event = next(kind for kind in ("insert", "delete", "update") if write[kind])
        for trigger in known:
            if trigger.table != write["table"] or event not in trigger.events:
                continue
            touched = re.findall(r"(\w+) =", write["rest"])
            if event == "update" and trigger.columns and not trigger.columns & set(touched):
                continue
            yield trigger.function
        # `on conflict do update` names no table and is not found above.
        if event == "insert" and "do update" in write["rest"]:
            yield from (
                trigger.function
                for trigger in known
                if trigger.table == write["table"] and "update" in trigger.events
            )


def call_graph(known: Mapping[str, Function], fired: list[Trigger]) -> dict[str, set[str]]:
    """Whom each function calls or sets off, directly."""
    return {
        name: {called for called in function.calls if called in known}
        | set(fired_by(function.body, fired))
        for name, function in known.items()
    }


def reach(graph: Mapping[str, set[str]], start: set[str]) -> set[str]:
    """Everything that is called from `start`, and `start` itself."""
    found: set[str] = set()
    waiting = set(start)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= graph.get(name, set()) - found
    return found
