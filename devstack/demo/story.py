"""Who acts in the demo, and how it is told: each step as it happens, the checks at the end."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

import httpx
from postgrest import APIError
from realtime.types import RealtimeChannelOptions
from rich.console import Console

from devstack.stack import Stack
from supabase import AsyncClient, acreate_client, create_client

PASSWORD = "music-is-42"
WIDTH = 110
LIVE_SECONDS = 10
PRIVATE: RealtimeChannelOptions = {
    "config": {"private": True, "broadcast": None, "presence": None},
}
console = Console(highlight=False, soft_wrap=True)


class Person:
    """Somebody with an app: one supabase-py client, signed in."""

    def __init__(self, stack: Stack, name: str, kind: str) -> None:
        self.name = name
        self.username = f"{name}_{secrets.token_hex(3)}"
        self.email = f"{self.username}@example.com"
        # Its answers are JSON of any shape.
        self.client: Any = create_client(stack.url, stack.publishable_key)
        reply = self.client.auth.sign_up(
            {
                "email": self.email,
                "password": PASSWORD,
                "options": {
                    "data": {
                        "username": self.username,
                        "display_name": name.title(),
                        "kind": kind,
                    }
                },
            }
        )
        assert reply.user
        self.id = reply.user.id

    def __str__(self) -> str:
        return f"{self.email}, {self.id}"

    def rpc(self, function: str, **arguments: Any) -> Any:
        """Call an RPC as this person."""
        return self.client.rpc(function, arguments).execute().data


class Story:
    """Tells each step as it happens, and keeps the checks for the end."""

    def __init__(self) -> None:
        self.checks: list[tuple[str, Any, Any]] = []
        self.steps = 0

    def tell(self, who: str, sent: str, act: Callable[[], Any]) -> Any:
        """One step: what is sent, what came back, how long it took."""
        self.steps += 1
        console.print(f"{self.steps:>3}. {who:<6} {sent}", markup=False)
        started = time.monotonic()
        reply = act()
        shown = reply if isinstance(reply, str) else json.dumps(reply, default=str)
        cut = shown if len(shown) <= WIDTH else f"{shown[:WIDTH]}…"
        console.print(
            f"       -> {cut}  ({(time.monotonic() - started) * 1000:.0f} ms)", markup=False
        )
        return reply

    def call(self, person: Person, function: str, **arguments: Any) -> Any:
        """One step that is an RPC."""
        listed = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        return self.tell(
            person.name, f"{function}({listed})", lambda: person.rpc(function, **arguments)
        )

    def refused(self, person: Person, token: str, function: str, **arguments: Any) -> None:
        """One step that has to be refused."""

        def act() -> str:
            try:
                person.rpc(function, **arguments)
            except APIError as error:
                return str(error.message)
            return "accepted"

        listed = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        said = self.tell(person.name, f"{function}({listed})", act)
        self.check(f"{person.name} may not {function}", said, token)

    def check(self, what: str, found: Any, expected: Any) -> None:
        """Note something to be compared at the end."""
        self.checks.append((what, found, expected))

    def end(self) -> int:
        """Print every check; 0 when all hold."""
        console.print("\nAt the end:")
        wrong = 0
        for what, found, expected in self.checks:
            is_right = found == expected
            wrong += not is_right
            mark = "ok   " if is_right else "WRONG"
            rest = "" if is_right else f": {found!r}, not {expected!r}"
            console.print(f"  {mark} {what}{rest}", markup=False)
        console.print(
            f"{self.steps} steps, {len(self.checks)} checks, "
            + (f"{wrong} of them wrong" if wrong else "all of them right")
        )
        return 1 if wrong else 0


def call_schedule(stack: Stack, function: str) -> dict[str, int]:
    """Call a scheduled function with the secret that the schedule has."""
    reply = httpx.post(
        f"{stack.functions_url}/{function}",
        headers={"Authorization": f"Bearer {stack.secrets.cron_secret}"},
        timeout=60,
    )
    counts: dict[str, int] = reply.json()
    return counts


def pushed_to(stack: Stack, token: str) -> list[dict[str, Any]]:
    """What the stack's push server has taken for a device; the clock may just be sending it."""
    end = time.monotonic() + LIVE_SECONDS
    while True:
        reply = httpx.get(f"http://127.0.0.1:{stack.ports['expo']}/pushes", timeout=10)
        found = [push for push in reply.json()["pushes"] if push["to"] == token]
        if found or time.monotonic() > end:
            return found
        time.sleep(0.2)


def hear(
    stack: Stack, listener: Person, topic: str, event: str, act: Callable[[], Any]
) -> dict[str, Any]:
    """Join a private topic, act once joined; the first such event there, or {"refused": True}."""

    async def live() -> dict[str, Any]:
        client: AsyncClient = await acreate_client(stack.url, stack.publishable_key)
        await client.realtime.set_auth(listener.client.auth.get_session().access_token)
        heard: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        joined: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def on_state(state: Any, error: Exception | None) -> None:
            if joined.done():
                return
            if error is not None or "ERROR" in str(state).upper():
                joined.set_result(False)
            elif "SUBSCRIBED" in str(state).upper():
                joined.set_result(True)

        def on_event(message: Any) -> None:
            if not heard.done():
                heard.set_result(message["payload"])

        channel = client.channel(topic, PRIVATE)
        channel.on_broadcast(event, on_event)
        try:
            await channel.subscribe(on_state)
            is_joined = await asyncio.wait_for(joined, LIVE_SECONDS)
            if not is_joined:
                return {"refused": True}
            await asyncio.to_thread(act)
            return await asyncio.wait_for(heard, LIVE_SECONDS)
        finally:
            await client.realtime.close()

    return asyncio.run(live())
