"""All of Supabase, and what surrounds it, on one machine without Docker."""
