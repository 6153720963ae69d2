"""Form encoding as Stripe's SDKs write it: `a[b]=c`, `items[0][price]=p`, `expand[]=x`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from devstack.stripe.faults import StripeError

Json = dict[str, Any]
NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def decode(text: str) -> Json:
    """Return the nested parameters of a form; an empty value counts as left out."""
    found: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        match = NAME.fullmatch(name)
        if not match:
            raise StripeError(400, f"Invalid parameter name: {name}", param=name, is_kept=False)
        if value:
            _put(found, [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])], value)
    return {name: _with_lists(value) for name, value in found.items()}


def _put(found: Json, path: list[str], value: str) -> None:
    *parents, last = path
    for part in parents:
        found = found.setdefault(part or str(len(found)), {})
        if not isinstance(found, dict):
            raise StripeError(400, f"Invalid {path[0]}", param=path[0], is_kept=False)
    found[last or str(len(found))] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    members = {name: _with_lists(member) for name, member in value.items()}
    if members and all(name.isdecimal() for name in members):
        return [members[name] for name in sorted(members, key=int)]
    return members
