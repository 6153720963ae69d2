"""Run the relay: python -m devstack.realtime."""

import logging

import uvicorn

from devstack.realtime.app import create_app
from devstack.realtime.settings import RealtimeSettings

# A frame may be larger than a payload, for the envelope and for JSON's escapes.
_FRAME_BYTES = 1024 * 1024


def main() -> None:
    """Serve on 127.0.0.1 until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    settings = RealtimeSettings.model_validate({})
    uvicorn.run(
        create_app(settings),
        host="127.0.0.1",
        port=settings.realtime_port,
        ws="websockets-sansio",
        ws_max_size=_FRAME_BYTES,
        # uvicorn would log the address of each socket, and the key with it.
        log_level="warning",
        access_log=False,
        # Clients are not believed who they say they are.
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
