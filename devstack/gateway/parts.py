"""The parts behind the gateway, and what each needs of a request."""

from dataclasses import dataclass
from enum import Enum

from devstack.gateway.settings import GatewaySettings


class Speaks(Enum):
    """What a part takes for a key."""

    TOKENS = "a JWT of the key's role as bearer"
    LITE = "the keys Supabase Lite was started with"


@dataclass(frozen=True, slots=True)
class Part:
    """One upstream server."""

    name: str
    prefix: str
    url: str
    speaks: Speaks
    # Whether the prefix stands in the part's own paths.
    keeps_prefix: bool
    # Whether a request without a key is turned away here, as it is by hosted Supabase.
    needs_key: bool
    # A path below the prefix that is cheap to ask, and whose answer shows that the part lives.
    health_path: str
    # Whether it keeps a connection far longer than the gateway does, so that none of them is closed
    # as it is used again.
    keeps_connections: bool = False

    def target(self, raw_path: bytes) -> bytes:
        """The path to ask the part for."""
        if self.keeps_prefix:
            return raw_path
        return raw_path.removeprefix(self.prefix.encode()) or b"/"


# Called by browsers that follow a link in an e-mail or come back from another site.
OPEN_PATHS = frozenset(
    {
        "/auth/v1/authorize",
        "/auth/v1/callback",
        "/auth/v1/verify",
        "/auth/v1/.well-known/jwks.json",
        "/auth/v1/.well-known/openid-configuration",
    }
)


def parts(settings: GatewaySettings) -> tuple[Part, ...]:
    """All parts. Storage and functions look after callers without a key themselves."""
    lite, tokens = Speaks.LITE, Speaks.TOKENS
    return (
        Part(
            "rest",
            "/rest/v1",
            settings.postgrest_url,
            tokens,
            False,
            True,
            "/rpc/health_probe",
            keeps_connections=True,
        ),
        Part("auth", "/auth/v1", settings.lite_url, lite, True, True, "/auth/v1/health"),
        Part("storage", "/storage/v1", settings.lite_url, lite, True, False, "/storage/v1/status"),
        Part("functions", "/functions/v1", settings.functions_url, tokens, False, False, "/"),
        Part("realtime", "/realtime/v1", settings.realtime_url, tokens, True, True, "/health"),
    )
