"""Gateway: one address for rest, auth, storage, functions and realtime, as a hosted project has.

It knows the project's keys (`keys`), sends each request to the part that answers it (`proxy`,
`websocket`), and mends what Supabase Lite does differently from hosted Supabase (`lite`). Who may
do what is decided by the parts: a user's token goes through untouched.
"""
