"""Do Gupshup's callbacks arrive: can it reach us, does it call, do we take it?"""

from datetime import timedelta
from http import HTTPStatus

from django.db.models import Sum

from callbacks.models import LastCall
from config.doctor.findings import Finding, Patient, fails, passes, unknown
from providers.connection.callback_urls import callback_urls, can_be_reached
from providers.connection.sharing import shares_an_account
from providers.models import CallbackSource, RefusedCallback
from providers.network.fetching import FetchRefusal, FetchRefused, fetch
from providers.network.simulated import simulator_address

_DRIFTED = (
    "The address at Gupshup is an old or mistyped one: give both URLs on WhatsApp Connect to its"
    " support again."
)
_SET_UP = (
    "Ask Gupshup's support whether both callback URLs are set on your accounts; WhatsApp Connect"
    " has the text for it."
)
_SHARED = (
    "No delivery report has come back, and another project here is connected with the same Gupshup"
    " account: Gupshup sends an account's reports to one address, so they are told over there."
)
_OWN_ACCOUNTS = "Connect this project with accounts of its own."
_REFUSED_LATELY = timedelta(hours=1)
_CALLED_LATELY = timedelta(days=1)
# A report takes seconds. Older messages tell of older set-ups.
_SILENT_AFTER, _LOOKED_BACK = timedelta(minutes=10), timedelta(hours=3)
ENOUGH_SENT = 5


def reachable(patient: Patient) -> Finding:
    """HEAD, which our door answers without noting a call that Gupshup has not made."""
    if not can_be_reached():
        return _not_reached(patient, FetchRefused(FetchRefusal.PRIVATE))
    urls = callback_urls(patient.project)
    for name, url in (("inbound messages", urls.inbound), ("delivery reports", urls.status)):
        try:
            status = fetch(url, method="HEAD", follow_redirects=False).status
        except FetchRefused as refused:
            return _not_reached(patient, refused)
        if not _is_open(patient, status):
            return fails(
                f"The address for {name} answers with the status {status}, not with 200.",
                "Ask your operator where PUBLIC_BASE_URL leads, and whether a proxy in between"
                " forwards or blocks /gupshup/. Gupshup follows no redirect.",
            )
    return passes("Both addresses answer as they should.")


def _is_open(patient: Patient, status: int) -> bool:
    """A project that takes callbacks from some networks only may well refuse this server."""
    if status == HTTPStatus.FORBIDDEN:
        return CallbackSource.objects.filter(project=patient.project).exists()
    return status == HTTPStatus.OK


def _not_reached(patient: Patient, refused: FetchRefused) -> Finding:
    since = patient.now - _CALLED_LATELY
    if LastCall.objects.filter(project=patient.project, at__gte=since).exists():
        return unknown(
            "This server can't reach its own public address, but calls from outside do arrive.",
            "Nothing to do as long as reports come in.",
        )
    if refused.reason is FetchRefusal.PRIVATE:
        return fails(
            "The callback URLs lead into a private network, where Gupshup can't reach them.",
            "Ask your operator to set PUBLIC_BASE_URL to an address that the internet can open.",
        )
    return fails(
        f"The callback URLs can't be opened: {refused}",
        "Ask your operator whether PUBLIC_BASE_URL is right, and the server open to the internet.",
    )


def round_trip(patient: Patient) -> Finding:
    changed = patient.provider.credentials_changed_at
    sent = [row for row in patient.messages if row.sent_at and row.sent_at >= changed]
    if any(row.reported_at for row in sent):
        return passes("A message went out, and its delivery report came back.")
    if sent and shares_an_account(patient.provider):
        return fails(_SHARED, _way_out_of_sharing())
    if sent:
        return unknown(
            "Messages went out since the credentials or the number last changed, but no delivery"
            " report has come back yet.",
            f"Reports come within a minute. {_SET_UP}",
        )
    return unknown(
        "Nothing was sent since the credentials or the number last changed.",
        "Send a test to your own phone, and wait for its delivery report.",
    )


def _way_out_of_sharing() -> str:
    if simulator_address():
        return f"{_OWN_ACCOUNTS} At the simulator: make some up, and add them on its page."
    return f"{_OWN_ACCOUNTS} Or disconnect the other project, and give Gupshup this one's URLs."


def silent(patient: Patient) -> Finding:
    """Nothing comes back although messages go out."""
    sent = patient.sent_between(_LOOKED_BACK, _SILENT_AFTER)
    if len(sent) < ENOUGH_SENT:
        return passes("Too little was sent in the last hours to tell anything from.")
    first = min(row.sent_at for row in sent if row.sent_at)
    call = LastCall.objects.when(patient.project, "status")
    if call is not None and call >= first:
        return passes("Callbacks come in while messages go out.")
    return fails(
        f"{len(sent):,} messages went out in the last three hours, and not a single callback came.",
        _SET_UP,
    )


def refused(patient: Patient) -> Finding:
    rows = RefusedCallback.objects.filter(
        project=patient.project, minute__gte=patient.now - _REFUSED_LATELY
    )
    by_reason = {row["reason"]: row["n"] for row in rows.values("reason").annotate(n=Sum("count"))}
    if wrong := by_reason.get("key"):
        return fails(f"{_times(wrong)} refused in the last hour for a wrong key.", _DRIFTED)
    if strange := by_reason.get("source"):
        return fails(
            f"{_times(strange)} refused in the last hour: not from an accepted network.",
            "Look on the IP whitelist page whether a network of Gupshup's is missing there.",
        )
    return passes("No callback was refused in the last hour.")


def _times(count: int) -> str:
    return "A callback was" if count == 1 else f"{count:,} callbacks were"
