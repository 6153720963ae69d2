"""Every RPC is called by some test, by name and on purpose."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from devstack.processes import ROOT
from devstack.sql_functions import functions, source_text

TESTS = ROOT / "tests"
# They go through all RPCs in a loop, or only look at the catalog: no test of any.
BLANKET = {TESTS / "schema", TESTS / "http"}
CALLERS = {"call", "rows", "rpc"}
SQL_CALL = re.compile(
    r"\b(?:from|select|perform)\s+(?:\w+\.\*\s+from\s+)?((?:public|backend)\.\w+)\s*\("
)
PATH = re.compile(r"/rpc/(\w+)")


def called_in(source: str) -> Iterator[str]:
    """The RPCs that a test module calls: actor.call("name"), client.rpc("name"), SQL, a path.

    Where a module calls by a variable, such as in a loop over names, its words are taken for names.
    """
    tree = ast.parse(source)
    words = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        first = node.args[0]
        if node.func.attr in CALLERS and isinstance(first, ast.Constant):
            yield str(first.value).removeprefix("public.")
        if node.func.attr in CALLERS and isinstance(first, ast.Name):
            yield from words
    for word in words:
        yield from (found.removeprefix("public.") for found in SQL_CALL.findall(word))
        yield from PATH.findall(word)


def test_every_rpc_is_called_by_some_test() -> None:
    modules = [path for path in TESTS.rglob("*.py") if not BLANKET & set(path.parents)]
    called = {name for path in modules for name in called_in(path.read_text("utf-8"))}
    rpcs = {
        name.removeprefix("public.")
        for name, function in functions(source_text()).items()
        if function.schema in ("public", "backend")
    }
    assert sorted(rpcs - called) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('ada.call("create_post", kind="text")', "create_post"),
        ('for name in ("my_mutes", "my_blocks"):\n    ada.rows(name)', "my_mutes"),
        ('service.rows("backend.claim_outbox", topic="push")', "backend.claim_outbox"),
        ('client.rpc("my_account", {}).execute()', "my_account"),
        ('db.execute("select * from public.home_feed(null, 20)")', "home_feed"),
        ('http.post(f"{url}/rest/v1/rpc/follow")', "follow"),
    ],
)
def test_a_call_is_recognised(source: str, name: str) -> None:
    assert name in set(called_in(source))


def test_a_mention_is_no_call() -> None:
    assert set(called_in('"""About create_post."""\nassert "post" in words')) == set()
