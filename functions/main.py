"""The entry points of Backbeat's cloud functions; `erase_accounts` serves `erase-accounts`."""

import functions_framework

from backbeat.auth import anyone, scheduler
from backbeat.body import NoBody
from backbeat.endpoint import Call, Reply, endpoint
from backbeat.erase_accounts import erase_due_accounts
from backbeat.health import report_health
from backbeat.remove_objects import remove_queued_objects
from backbeat.tidy import tidy_up


@functions_framework.http
@endpoint("GET", admit=anyone)
def health(call: Call[None, NoBody]) -> Reply:
    """Say which version runs, whether the database answers and its migrations are current."""
    return report_health(call.database, call.settings.backbeat_version)


@functions_framework.http
@endpoint("POST", admit=scheduler)
def erase_accounts(call: Call[None, NoBody]) -> Reply:
    """Erase the accounts whose time to be restored is over, with their files."""
    return Reply(erase_due_accounts(call.database, call.storage))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def remove_objects(call: Call[None, NoBody]) -> Reply:
    """Remove the stored files that nobody shows any more, such as a replaced avatar."""
    return Reply(remove_queued_objects(call.database, call.storage))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def tidy(call: Call[None, NoBody]) -> Reply:
    """Tell owners of new likes, and delete what is kept for a time only."""
    return Reply(tidy_up(call.database))
