"""Realtime relay: broadcast, presence and database broadcasts over the Phoenix protocol.

A client joins topics over a websocket. Whether it may is decided by the policies on
`realtime.messages`, tried as that user (`authorization`). Rows written there by `realtime.send` are
delivered after their commit (`database`), and only to members of the topic (`hub`).

What hosted Supabase does is the model, down to the wording of refusals, with two differences:
`postgres_changes` is refused, and permissions are looked at again: every few seconds, and at once
about a person whom an event `removed_from_...` on `user:<id>` tells of it (decision 0110).
"""
