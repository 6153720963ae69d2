"""docs/deploy.md and docs/deploy-commands.md: a row or a command a function or schedule."""

import inspect
from collections.abc import Iterable

from devstack.functions_router import SOURCE, load_targets
from devstack.schedule_file import Schedule, read_schedules

TIMEOUT_SECONDS = 60


def parts() -> dict[str, str]:
    """What stands between the marks of deploy.md."""
    return {"schedules": _table(read_schedules())}


def commands() -> dict[str, str]:
    """What stands between the marks of deploy-commands.md."""
    schedules = read_schedules()
    return {
        "functions": _functions(schedules),
        "cloud scheduler": _shell(_scheduler_job(schedule) for schedule in schedules),
        "pg_cron": _fenced("sql", "\n\n".join(_cron_job(schedule) for schedule in schedules)),
    }


def _functions(schedules: tuple[Schedule, ...]) -> str:
    timeouts = {schedule.target: schedule.timeout_seconds for schedule in schedules}
    commands = []
    for name, target in load_targets(SOURCE).items():
        summary = inspect.cleandoc(target.__doc__ or "").partition("\n")[0]
        commands.append(
            f"# {summary}\n"
            f"gcloud functions deploy {name} --gen2 --region=$REGION --runtime=python311 \\\n"
            f"  --source=functions --entry-point={target.__name__} \\\n"
            f"  --trigger-http --allow-unauthenticated \\\n"
            f"  --memory=512Mi --timeout={timeouts.get(name, TIMEOUT_SECONDS)}s \\\n"
            f"  --env-vars-file=functions.env.yaml --set-secrets=$SECRETS"
        )
    return _shell(commands)


def _table(schedules: tuple[Schedule, ...]) -> str:
    rows = [
        f"| {job.name} | `{job.cron}` | {job.target} | {job.timeout_seconds} s | {job.why} |"
        for job in schedules
    ]
    heading = [
        "| name | cron (UTC) | function | time limit | why |",
        "| --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*heading, *rows])


def _scheduler_job(schedule: Schedule) -> str:
    return (
        f"gcloud scheduler jobs create http {schedule.name} --location=$REGION \\\n"
        f"  --schedule='{schedule.cron}' --time-zone=Etc/UTC \\\n"
        f"  --uri=$FUNCTIONS_URL/{schedule.target} --http-method=POST \\\n"
        f"  --oidc-service-account-email=$SCHEDULER --oidc-token-audience=$AUDIENCE \\\n"
        f"  --attempt-deadline={schedule.timeout_seconds}s --max-retry-attempts=0"
    )


def _cron_job(schedule: Schedule) -> str:
    return (
        f"select cron.schedule('{schedule.name}', '{schedule.cron}', $job$\n"
        f"  select net.http_post(\n"
        f"    url := (select decrypted_secret from vault.decrypted_secrets\n"
        f"            where name = 'functions_url') || '/{schedule.target}',\n"
        f"    headers := jsonb_build_object('Authorization', 'Bearer ' ||\n"
        f"      (select decrypted_secret from vault.decrypted_secrets\n"
        f"       where name = 'cron_secret')),\n"
        f"    timeout_milliseconds := {schedule.timeout_seconds * 1000})\n"
        f"$job$);"
    )


def _shell(commands: Iterable[str]) -> str:
    return _fenced("sh", "\n\n".join(commands))


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"
