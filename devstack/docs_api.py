"""docs/api.md and docs/api/: the tables and RPCs that apps and functions may use.

They come from the comments in sql/: a page a domain, and the way to each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from devstack.schema import SQL, source_files

_FUNCTION = re.compile(
    r"^create or replace function (?P<schema>public|backend)\.(?P<name>\w+)"
    r"\((?P<parameters>.*?)\)\nreturns (?P<returns>.*?)\n"
    r"language \w+\n(?P<volatility>stable|volatile)",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(
    r"^comment on (?P<kind>function|table|column|type) (?P<name>[\w.]+)(?:\([^)]*\))? is\s+"
    r"(?:\$\$(?P<long>.*?)\$\$|'(?P<short>(?:[^']|'')*)');",
    re.MULTILINE | re.DOTALL,
)
_GRANT = re.compile(r"^grant execute on function(?P<names>.*?)to (?P<roles>[\w, ]+);", re.M | re.S)


@dataclass(frozen=True)
class Rpc:
    """One function as a caller sees it."""

    schema: str
    name: str
    parameters: str
    returns: str
    is_stable: bool
    comment: str
    roles: str


def parts() -> dict[str, str]:
    """What stands between the marks of docs/api.md: where everything is."""
    public, backend = rpcs("public"), rpcs("backend")
    rows = [
        f"| [{domain}](api/{domain}.md) | {_names(_tables_of(text))} |"
        f" {_names(rpc.name for rpc in public.get(domain, []))} |"
        f" {_names(rpc.name for rpc in backend.get(domain, []))} |"
        for domain, text in _domains().items()
    ]
    heading = ["| domain | tables | RPCs | RPCs for the functions |", "| --- | --- | --- | --- |"]
    return {"domains": "\n".join([*heading, *rows])}


def domains() -> list[str]:
    """The domains, each of which has a page in docs/api/."""
    return list(_domains())


def page(domain: str) -> str:
    """The page of a domain, whole."""
    lines = [f"# The API: {domain}", "", f"Generated from `sql/*_{domain}` by `make docs`;"]
    lines += ["[how to use it](../api.md).", ""]
    for title, content in (
        ("Tables and row types", "\n".join(_tables(_domains()[domain]))),
        ("RPCs", _rpcs("public", domain)),
        ("RPCs for the cloud functions", _rpcs("backend", domain)),
    ):
        if content:
            lines += [f"## {title}", "", content.strip("\n"), ""]
    return "\n".join(lines)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _tables_of(text: str) -> list[str]:
    return [
        name.removeprefix("public.")
        for kind, name in _comments(text)
        if kind == "table" and name.startswith("public.")
    ]


def rpcs(schema: str) -> dict[str, list[Rpc]]:
    """The functions of an exposed schema, by domain."""
    found: dict[str, list[Rpc]] = {}
    for domain, text in _domains().items():
        comments = _comments(text)
        roles = {
            name: grant["roles"]
            for grant in _GRANT.finditer(text)
            for name in re.findall(r"(?:public|backend)\.\w+", grant["names"])
        }
        for each in _FUNCTION.finditer(text):
            full = f"{each['schema']}.{each['name']}"
            if each["schema"] == schema:
                found.setdefault(domain, []).append(
                    Rpc(
                        schema,
                        each["name"],
                        each["parameters"],
                        each["returns"],
                        each["volatility"] == "stable",
                        comments["function", full],
                        roles[full],
                    )
                )
    return found


def _rpcs(schema: str, domain: str) -> str:
    lines = []
    for rpc in rpcs(schema).get(domain, []):
        summary, _, rest = rpc.comment.partition("\n")
        method = "GET or POST" if rpc.is_stable else "POST"
        lines += [
            f"### `{rpc.name}({rpc.parameters})`",
            "",
            f"**{summary}.** Returns `{rpc.returns}`. {method}; for {rpc.roles}.",
            "",
            *([_escape(rest.strip()), ""] if rest.strip() else []),
        ]
    return "\n".join(lines)


def _tables(text: str) -> Iterator[str]:
    comments = _comments(text)
    for (kind, name), comment in comments.items():
        if kind not in ("table", "type") or not name.startswith("public."):
            continue
        summary, _, rest = comment.partition("\n")
        short = name.removeprefix("public.")
        yield f"### {'row type ' if kind == 'type' else ''}`{short}`\n"
        yield f"**{_escape(summary)}.**\n"
        if rest.strip():
            yield _escape(rest.strip()) + "\n"
        columns = [
            (column.rsplit(".", 1)[1], said)
            for (what, column), said in comments.items()
            if what == "column" and column.rsplit(".", 1)[0] == name
        ]
        if columns:
            yield "| column | holds |\n| --- | --- |"
            for column, said in columns:
                yield f"| `{column}` | {_escape(said)} |"
            yield ""


def _domains(folder: Path = SQL) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in source_files(folder):
        domain = path.relative_to(folder).parts[0].split("_", 1)[1]
        texts[domain] = texts.get(domain, "") + path.read_text("utf-8") + "\n"
    return texts


def _comments(text: str) -> dict[tuple[str, str], str]:
    return {
        (each["kind"], each["name"]): (each["long"] or each["short"] or "").replace("''", "'")
        for each in _COMMENT.finditer(text)
    }


def _escape(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "\\|")
