"""What somebody who leaves has reported, was imposed on, and has decided."""

from __future__ import annotations

from collections.abc import Iterator

from tests.database import Actor, Connection, actor, person_id

SANCTION = (
    "insert into public.sanctions (user_id, kind, reason, issued_by) values (%s, 'warn', %s, %s)"
    " returning id"
)


def complain(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """The leaver reports and is reported, is warned and appeals, warns others and decides."""
    cleo = actor(db, "cleo")
    leaver.call(
        "report",
        target_kind="post",
        target_id=cleo.post("what is reported"),
        reason="spam",
        description=next(new),
    )
    cleo.call("report", target_kind="post", target_id=leaver.post(next(new)), reason="spam")
    for bearer, by, reason in ((leaver.id, "cleo", next(new)), (cleo.id, "ada", "be kind")):
        row = db.execute(SANCTION, [bearer, reason, person_id(by)]).fetchone()
        assert row is not None
        if bearer == leaver.id:
            leaver.call("appeal", sanction_id=row["id"], text=next(new))
            db.execute(
                "update public.appeals set status = 'refused', decided_at = now(), note = %s,"
                " decided_by = %s where user_id = %s",
                [next(new), person_id("eve"), leaver.id],
            )
    db.execute(
        "update public.sanctions set lifted_at = now(), lifted_by = %s where user_id = %s",
        [leaver.id, cleo.id],
    )
    db.execute(
        "insert into public.appeals (sanction_id, user_id, statement, status, decided_by,"
        " decided_at) select id, user_id, 'no', 'refused', %s, now() from public.sanctions"
        " where user_id = %s",
        [leaver.id, cleo.id],
    )
    db.execute("select private.open_case('profile', %s, 'strikes', %s, '{}')", [leaver.id] * 2)
    db.execute(
        "update public.moderation_cases set status = 'decided', claimed_by = %s, decided_by = %s,"
        " decided_at = now(), action = 'warn', note = %s where kind = 'strikes'",
        [leaver.id, leaver.id, next(new)],
    )
    db.execute("insert into private.reporter_scores values (%s, 1, 0)", [leaver.id])
