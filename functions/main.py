"""The entry points of Backbeat's cloud functions; `erase_accounts` serves `erase-accounts`."""

from typing import TYPE_CHECKING, Any

import functions_framework

from backbeat.accrue_royalties import accrue_royalties as accrue_months
from backbeat.advance_sessions import advance_sessions as move_on
from backbeat.archive_plays import Archive, archive_old_plays
from backbeat.auth import Person, anyone, scheduler, signed_in
from backbeat.billing_portal import PortalRequest, open_billing_portal
from backbeat.body import NoBody
from backbeat.close_season import close_seasons
from backbeat.connect_onboarding import OnboardingRequest, begin_onboarding
from backbeat.control_live import watch_live as watch_streams
from backbeat.create_checkout import CheckoutRequest
from backbeat.create_checkout import create_checkout as open_checkout
from backbeat.create_subscription import SubscriptionRequest
from backbeat.create_subscription import create_subscription as subscribe
from backbeat.detection_callback import Report, detector_server, take_report
from backbeat.detectors import Files
from backbeat.download_link import DownloadRequest, sign_download
from backbeat.endpoint import Call, Reply, endpoint
from backbeat.erase_accounts import erase_due_accounts
from backbeat.fingerprint import download_to
from backbeat.fingerprint import fingerprint_tracks as hear_tracks
from backbeat.fpcalc import find_fpcalc
from backbeat.health import report_health
from backbeat.housekeeping import keep_house
from backbeat.live import (
    LiveEndRequest,
    LiveStartRequest,
    LiveTokenRequest,
    end_live,
    give_live_token,
    start_live,
)
from backbeat.livekit_webhook import livekit_server, take_live_event
from backbeat.process_payouts import StripePayer
from backbeat.process_payouts import process_payouts as send_payouts
from backbeat.process_refunds import process_refunds as make_refunds
from backbeat.public_pages import Limits, PublicPages
from backbeat.reconcile_stripe import reconcile_stripe as reconcile
from backbeat.remove_objects import remove_queued_objects
from backbeat.rights_claim import RightsClaimRequest, from_anywhere, take_claim
from backbeat.roll_up_leaderboards import roll_up_leaderboards as count_boards
from backbeat.run_detections import connect_detector
from backbeat.run_detections import run_detections as look_at_uploads
from backbeat.send_email import send_due_emails
from backbeat.send_push import send_due_pushes
from backbeat.stream_url import StreamRequest, sign_stream_url
from backbeat.stripe_webhook import stripe_server, take_stripe_event
from backbeat.tidy import tidy_up
from backbeat.verify_artists import verify_artists as look_at_pages

if TYPE_CHECKING:
    from livekit.protocol.webhook import WebhookEvent


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
    asked = call.caller.user_id, call.body.track_id
    return Reply(sign_stream_url(call.database, call.signer, *asked))


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


@functions_framework.http
@endpoint("POST", admit=signed_in, body=LiveStartRequest)
def live_start(call: Call[Person, LiveStartRequest]) -> Reply:
    """Begin a live stream in a room, and let its host in."""
    return Reply(start_live(call.database, call.livekit, call.caller.user_id, call.body))


@functions_framework.http
@endpoint("POST", admit=signed_in, body=LiveEndRequest)
def live_end(call: Call[Person, LiveEndRequest]) -> Reply:
    """End a live stream, and put everybody out of it."""
    return Reply(end_live(call.database, call.livekit, call.caller.user_id, call.body))


@functions_framework.http
@endpoint("POST", admit=signed_in, body=LiveTokenRequest)
def live_token(call: Call[Person, LiveTokenRequest]) -> Reply:
    """Let the caller into the live stream of a room, as far as the database says."""
    return Reply(give_live_token(call.database, call.livekit, call.caller.user_id, call.body))


@functions_framework.http
@endpoint("POST", admit=livekit_server)
def livekit_webhook(call: "Call[WebhookEvent, NoBody]") -> Reply:
    """Take what the LiveKit server reports of streams and who is in them."""
    return Reply(take_live_event(call.database, call.livekit, call.caller))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def watch_live(call: Call[None, NoBody]) -> Reply:
    """Put out of live streams who may not be there any more, and end those that are over."""
    livekit = call.livekit if call.settings.livekit_url else None
    return Reply(watch_streams(call.database, livekit, call.settings.live_watch_seconds))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def advance_sessions(call: Call[None, NoBody]) -> Reply:
    """Move on the rooms whose track is over, every five seconds for a minute."""
    return Reply(move_on(call.database))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def roll_up_leaderboards(call: Call[None, NoBody]) -> Reply:
    """Count on the leaderboards what has happened since the last time."""
    return Reply(count_boards(call.patient_database))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def close_season(call: Call[None, NoBody]) -> Reply:
    """Close the season that is over, pay its prizes, and tell people how it ended for them."""
    return Reply(close_seasons(call.patient_database))


@functions_framework.http
@endpoint("POST", admit=signed_in, body=CheckoutRequest)
def create_checkout(call: Call[Person, CheckoutRequest]) -> Reply:
    """Place an order, and give the page where it is paid."""
    return Reply(
        open_checkout(call.database, call.stripe, call.settings, call.caller.user_id, call.body)
    )


@functions_framework.http
@endpoint("POST", admit=stripe_server)
def stripe_webhook(call: Call[dict[str, Any], NoBody]) -> Reply:
    """Take what Stripe reports of payments, subscriptions and accounts."""
    return Reply(take_stripe_event(call.database, call.caller))


@functions_framework.http
@endpoint("POST", admit=signed_in, body=SubscriptionRequest)
def create_subscription(call: Call[Person, SubscriptionRequest]) -> Reply:
    """Give the page where a plan is subscribed to."""
    return Reply(
        subscribe(call.database, call.stripe, call.settings, call.caller.user_id, call.body)
    )


@functions_framework.http
@endpoint("POST", admit=signed_in, body=PortalRequest)
def billing_portal(call: Call[Person, PortalRequest]) -> Reply:
    """Give the page where a subscription is seen and ended."""
    return Reply(
        open_billing_portal(
            call.database, call.stripe, call.settings, call.caller.user_id, call.body
        )
    )


@functions_framework.http
@endpoint("POST", admit=signed_in, body=OnboardingRequest)
def connect_onboarding(call: Call[Person, OnboardingRequest]) -> Reply:
    """Give the page where an artist says what Stripe has to know to pay them."""
    return Reply(
        begin_onboarding(call.database, call.stripe, call.settings, call.caller.user_id, call.body)
    )


@functions_framework.http
@endpoint("POST", admit=signed_in, body=DownloadRequest)
def download_link(call: Call[Person, DownloadRequest]) -> Reply:
    """Sign an address at which a buyer gets a file, and count it."""
    return Reply(sign_download(call.database, call.storage, call.caller.user_id, call.body))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def process_payouts(call: Call[None, NoBody]) -> Reply:
    """Send sellers what is theirs."""
    return Reply(send_payouts(call.database, StripePayer(call.stripe)))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def process_refunds(call: Call[None, NoBody]) -> Reply:
    """Give back what was approved to be refunded, take it back from who had it, forget who left."""
    return Reply(make_refunds(call.database, call.stripe))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def accrue_royalties(call: Call[None, NoBody]) -> Reply:
    """Post what the plays of months that are over have earned."""
    return Reply(accrue_months(call.patient_database))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def reconcile_stripe(call: Call[None, NoBody]) -> Reply:
    """Apply what was missed of Stripe's events, and compare the ledger with its balance."""
    return Reply(reconcile(call.patient_database, call.stripe))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def verify_artists(call: Call[None, NoBody]) -> Reply:
    """Look for the codes of artists who ask to be verified on their pages."""
    settings = call.settings
    limits = Limits(
        seconds=settings.page_timeout_seconds,
        size=settings.page_bytes,
        redirects=settings.page_redirects,
    )
    return Reply(look_at_pages(call.database, PublicPages(limits)))


@functions_framework.http
@endpoint("POST", admit=scheduler)
def fingerprint_tracks(call: Call[None, NoBody]) -> Reply:
    """Take the fingerprints of new uploads, which the database compares."""
    fpcalc = find_fpcalc(call.settings)
    return Reply(hear_tracks(call.database, call.storage, fpcalc, download_to(call.settings)))


@functions_framework.http
@endpoint("POST", admit=from_anywhere, body=RightsClaimRequest)
def rights_claim(call: Call[str, RightsClaimRequest]) -> Reply:
    """Take a claim on a track from anybody with an e-mail address."""
    return Reply(take_claim(call.database, call.caller, call.body), 202)


@functions_framework.http
@endpoint("POST", admit=scheduler)
def run_detections(call: Call[None, NoBody]) -> Reply:
    """Have uploads looked at: did people make them, or a machine?"""
    detector = connect_detector(call.settings)
    return Reply(look_at_uploads(call.database, detector, Files(call.signer, call.storage)))


@functions_framework.http
@endpoint("POST", admit=detector_server)
def detection_callback(call: Call[Report, NoBody]) -> Reply:
    """Take what a provider that answers later has found of an upload."""
    return Reply(take_report(call.database, call.caller, call.settings.detector))
