"""How long tests wait for what another process does; only a failure takes so long."""

PATIENCE_SECONDS = 180.0
