"""What a person who will leave leaves in requests, declarations, licenses and claims."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.catalogue import make_upload
from tests.database import Actor, Connection
from tests.journeys.traces import LEAVER


def prove(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """They ask to be verified, and say and hear by what right they publish."""
    leaver.call("request_verification", urls=[f"https://{next(new)}.test/"])
    db.execute(
        "update public.verification_requests set findings = %s, note = %s where artist_id = %s",
        [json.dumps([{"final_url": next(new)}]), next(new), leaver.id],
    )
    track = make_upload(db, LEAVER)
    leaver.call("declare_rights", track_id=track, kind="cover", sources=[next(new)])
    leaver.call("set_license", track_id=track, name=next(new), terms=next(new), price_minor=0)
    db.execute("insert into private.fingerprints (track_id) values (%s)", [track])
    db.execute(
        "insert into private.claims (track_id, artist_id, claimant, kind, contact, statement,"
        " status, note, decided_at, counter_statement, countered_at, counter_note) values"
        " (%s, %s, 'Carol', 'other', 'carol@example.com', %s, 'countered', %s, now(), %s, now(),"
        " %s)",
        [track, leaver.id, next(new), next(new), next(new), next(new)],
    )
