"""What Backbeat's cloud functions share; each of them authenticates, validates and calls an RPC."""

__version__ = "0.1.0"
