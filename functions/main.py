"""The entry points of Backbeat's cloud functions; `erase_accounts` serves `erase-accounts`."""

import functions_framework

from backbeat.archive_plays import Archive, archive_old_plays
from backbeat.auth import Person, anyone, scheduler, signed_in
from backbeat.body import NoBody
from backbeat.endpoint import Call, Reply, endpoint
from backbeat.erase_accounts import erase_due_accounts
from backbeat.health import report_health
from backbeat.housekeeping import keep_house
from backbeat.remove_objects import remove_queued_objects
from backbeat.send_email import send_due_emails
from backbeat.send_push import send_due_pushes
from backbeat.stream_url import StreamRequest, sign_stream_url
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
@endpoint("POST", admit=signed_in, body=StreamRequest)
def stream_url(call: Call[Person, StreamRequest]) -> Reply:
    """Sign an address at which the caller hears a track for a few minutes."""
    signer = call.objects if call.settings.stream_urls == "s3" else call.storage
    return Reply(sign_stream_url(call.database, signer, call.caller.user_id, call.body.track_id))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def archive_plays(call: Call[None, NoBody]) -> Reply:
    """Move the months of plays that are old enough to S3, as Parquet."""
    archive = Archive(call.objects, call.settings.archive_bucket, call.settings.supabase_url)
    return Reply(archive_old_plays(call.patient_database, archive))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def send_push(call: Call[None, NoBody]) -> Reply:
    """Send push messages to the devices of people who were told of something."""
    return Reply(send_due_pushes(call.database, call.push))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def send_email(call: Call[None, NoBody]) -> Reply:
    """Send by e-mail what people have not read in the app and want so."""
    return Reply(send_due_emails(call.database, call.mailer))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def housekeeping(call: Call[None, NoBody]) -> Reply:
    """Make room for the plays of months to come, and weigh what trends."""
    return Reply(keep_house(call.database))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def tidy(call: Call[None, NoBody]) -> Reply:
    """Tell owners of new likes, and delete what is kept for a time only."""
    return Reply(tidy_up(call.database))
