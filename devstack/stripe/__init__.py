"""Stripe on one machine: what Backbeat uses of its API, its hosted pages and its webhooks.

What a request asks and what it is answered follow Stripe's OpenAPI description, by which a test
checks every object. This server's own is below `/fake/` (see api.py): the chaos dial of the
webhooks, a clock that can be put forward, and what only the world outside does, such as a dispute.
"""
