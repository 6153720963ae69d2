"""`python -m devstack` is `backbeat`."""

from devstack.cli import app

app(prog_name="backbeat")
