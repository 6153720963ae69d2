"""Run the relay: python -m devstack.realtime."""

import logging

from devstack.asgi import serve
from devstack.realtime.app import create_app
from devstack.realtime.settings import RealtimeSettings

# A frame may be larger than a payload, for the envelope and for JSON's escapes.
_FRAME_BYTES = 1024 * 1024


def main() -> None:
    """Serve on 127.0.0.1 until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    settings = RealtimeSettings.model_validate({})
    serve(create_app(settings), settings.realtime_port, ws_max_size=_FRAME_BYTES)


if __name__ == "__main__":
    main()
