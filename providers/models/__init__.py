from providers.models.audit_entry import AuditEntry
from providers.models.conversation import Conversation
from providers.models.diagnosis import Diagnosis, Health, Heartbeat
from providers.models.gateway_consent import GatewayConsent
from providers.models.incident import ACCOUNT_KINDS, Incident, IncidentKind
from providers.models.installation import Installation
from providers.models.network import (
    CallbackRefusal,
    CallbackSource,
    ObservedIP,
    RefusedCallback,
    SendingIP,
)
from providers.models.project import CallbackKey, Membership, Project, Role
from providers.models.provider import OptInBy, Provider
from providers.models.signing_in import Invitation, RecoveryCode, SignInTry, TwoFactor
from providers.models.user import User
from providers.models.verification import (
    SendingAccount,
    Verification,
    VerificationResult,
    VerificationSource,
)

__all__ = [
    "ACCOUNT_KINDS",
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
    "Membership",
    "ObservedIP",
    "OptInBy",
    "Project",
    "Provider",
    "RecoveryCode",
    "RefusedCallback",
    "Role",
    "SendingAccount",
    "SendingIP",
    "SignInTry",
    "TwoFactor",
    "User",
    "Verification",
    "VerificationResult",
    "VerificationSource",
]
