"""docs/api.md and docs/api/: the tables and RPCs that apps and functions may use.

They come from the comments in sql/: a page for each file of a domain's api, and the way to each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
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
        f"| [{_title(page)}](api/{page}.md) | {_names(_tables_of(text))} |"
        f" {_names(rpc.name for rpc in public.get(page, []))} |"
        f" {_names(rpc.name for rpc in backend.get(page, []))} |"
        for page, text in _texts().items()
    ]
    heading = ["| page | tables | RPCs | RPCs for the functions |", "| --- | --- | --- | --- |"]
    return {"pages": "\n".join([*heading, *rows])}


def pages() -> list[str]:
    """The pages in docs/api/: `<domain>`, or `<domain>/<file>` where its api is a folder."""
    return list(_texts())


def render(page: str) -> str:
    """A page, whole."""
    lines = [f"# The API: {_title(page)}", ""]
    lines += [f"Generated from `sql/*_{page.partition('/')[0]}` by `make docs`;"]
    lines += [f"[how to use it]({'../' * page.count('/')}../api.md).", ""]
    for title, content in (
        ("Tables and row types", "\n".join(_tables(_texts()[page]))),
        ("RPCs", _rpcs("public", page)),
        ("RPCs for the cloud functions", _rpcs("backend", page)),
    ):
        if content:
            lines += [f"## {title}", "", content.strip("\n"), ""]
    return "\n".join(lines)


def _title(page: str) -> str:
    return page.replace("/", ", ").replace("_", " ")


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _tables_of(text: str) -> list[str]:
    return [
        name.removeprefix("public.")
        for kind, name in _comments(text)
        if kind == "table" and name.startswith("public.")
    ]


@cache
def rpcs(schema: str) -> dict[str, list[Rpc]]:
    """The functions of an exposed schema, by page."""
    found: dict[str, list[Rpc]] = {}
    roles = {
        name: grant["roles"]
        for text in _texts().values()
        for grant in _GRANT.finditer(text)
        for name in re.findall(r"(?:public|backend)\.\w+", grant["names"])
    }
    for page, text in _texts().items():
        comments = _comments(text)
        for each in _FUNCTION.finditer(text):
            full = f"{each['schema']}.{each['name']}"
            if each["schema"] == schema:
                found.setdefault(page, []).append(
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


def _rpcs(schema: str, page: str) -> str:
    lines = []
    for rpc in rpcs(schema).get(page, []):
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


@cache
def _texts() -> dict[str, str]:
    """What stands in the files of sql/, by page."""
    return {
        "/".join(name.partition("_")[2] for name in place if name): "\n".join(
            path.read_text("utf-8") for path in paths
        )
        for place, paths in groupby(sorted(source_files(), key=_place), _place)
    }


def _place(path: Path) -> tuple[str, str]:
    """The domain of a file, and the file of its api that is named so, or is the last before it."""
    domain = path.relative_to(SQL).parts[0]
    parts = [each.stem for each in (SQL / domain / "api").glob("*.sql")]
    return domain, max(
        (part for part in parts if part <= path.stem), default=min(parts, default="")
    )


def _comments(text: str) -> dict[tuple[str, str], str]:
    return {
        (each["kind"], each["name"]): (each["long"] or each["short"] or "").replace("''", "'")
        for each in _COMMENT.finditer(text)
    }


def _escape(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "\\|")
