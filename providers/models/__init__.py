from providers.models.api_answer import ApiAnswer
from providers.models.api_key import ApiKey, KeyState, Scope
from providers.models.audit_entry import AuditEntry
from providers.models.callback_key import CallbackKey
from providers.models.callback_source import CallbackRefusal, CallbackSource, RefusedCallback
from providers.models.conversation import Conversation
from providers.models.diagnosis import ABOUT_REPORTS, ROUND_TRIP, SILENT, Diagnosis, Health
from providers.models.gateway_consent import GatewayConsent
from providers.models.heartbeat import Heartbeat
from providers.models.incident import ACCOUNT_KINDS, Incident, IncidentKind
from providers.models.installation import Installation
from providers.models.invitation import Invitation
from providers.models.membership import Membership, Role
from providers.models.project import CAP_DAYS, MOST_CAP, MOST_CONTROL, Project
from providers.models.provider import OptInBy, Provider
from providers.models.sending_ip import ObservedIP, SendingIP
from providers.models.signing_in import RecoveryCode, SignInTry, TwoFactor
from providers.models.user import User
from providers.models.verification import (
    SendingAccount,
    Verification,
    VerificationResult,
    VerificationSource,
)

__all__ = [
    "ABOUT_REPORTS",
    "ACCOUNT_KINDS",
    "CAP_DAYS",
    "MOST_CAP",
    "MOST_CONTROL",
    "ROUND_TRIP",
    "SILENT",
    "ApiAnswer",
    "ApiKey",
    "AuditEntry",
    "CallbackKey",
    "CallbackRefusal",
    "CallbackSource",
    "Conversation",
    "Diagnosis",
    "GatewayConsent",
    "Health",
    "Heartbeat",
    "Incident",
    "IncidentKind",
    "Installation",
    "Invitation",
    "KeyState",
    "Membership",
    "ObservedIP",
    "OptInBy",
    "Project",
    "Provider",
    "RecoveryCode",
    "RefusedCallback",
    "Role",
    "Scope",
    "SendingAccount",
    "SendingIP",
    "SignInTry",
    "TwoFactor",
    "User",
    "Verification",
    "VerificationResult",
    "VerificationSource",
]
