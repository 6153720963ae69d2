"""What the relay is told by its environment."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class RealtimeSettings(BaseSettings):
    """Settings of the relay; a missing one is named when it starts.

    The database role must be a superuser: the relay acts as whoever holds the token.
    """

    realtime_port: int
    realtime_database_url: SecretStr
    jwt_secret: SecretStr

    # Refuse channels that are not private, as a hosted project can be told to.
    realtime_private_only: bool = False
    # How often the policies are asked again about a channel that stays open.
    # Hosted Supabase asks only when a channel is joined and when its token is renewed.
    realtime_recheck_seconds: float = Field(default=10.0, gt=0)
    # How long a client may stay silent; clients send a heartbeat every 25 seconds.
    realtime_idle_seconds: float = Field(default=60.0, gt=0)
    realtime_max_payload_bytes: int = 256 * 1024
    realtime_max_channels: int = 100
    realtime_max_joins_per_second: int = 100
    # What one channel may send, as hosted Supabase limits it by default.
    realtime_max_broadcasts_per_second: int = 100
    realtime_max_presence_calls: int = 5
    realtime_presence_window_seconds: float = Field(default=30.0, gt=0)
    realtime_retention_days: int = Field(default=3, ge=1)
