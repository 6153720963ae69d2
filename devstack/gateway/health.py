"""Which parts answer."""

import asyncio

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse

from devstack.gateway.credentials import Credentials
from devstack.gateway.keys import Keys
from devstack.gateway.parts import Part

_PATIENCE_SECONDS = 2.0


class Health:
    """Asks every part, and answers {status, parts: {name: ok | unreachable | error <status>}}."""

    def __init__(
        self,
        parts: tuple[Part, ...],
        client: httpx.AsyncClient,
        keys: Keys,
        lite_keys: dict[str, str],
    ) -> None:
        self._parts = parts
        self._client = client
        self._keys = keys
        self._lite_keys = lite_keys

    async def index(self, _request: Request) -> JSONResponse:
        """The same as health, but a success whenever the gateway itself lives."""
        return JSONResponse({"name": "Backbeat development stack"} | await self._report())

    async def health(self, _request: Request) -> JSONResponse:
        """200 when every part answers, else 503."""
        report = await self._report()
        return JSONResponse(report, 200 if report["status"] == "ok" else 503)

    async def _report(self) -> dict[str, object]:
        states = await asyncio.gather(*map(self._ask, self._parts))
        status = "ok" if set(states) == {"ok"} else "degraded"
        names = (part.name for part in self._parts)
        return {"status": status, "parts": dict(zip(names, states, strict=True))}

    async def _ask(self, part: Part) -> str:
        headers = Credentials("anon", None).headers(self._keys, part.speaks, self._lite_keys)
        try:
            answer = await self._client.get(
                part.url + part.health_path, headers=headers, timeout=_PATIENCE_SECONDS
            )
        except httpx.HTTPError:
            return "unreachable"
        # What does not exist or is not allowed was still answered.
        return "ok" if answer.status_code < 500 else f"error {answer.status_code}"
