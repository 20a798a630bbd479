"""The console's pages about projects, people and the connection to Gupshup."""

from providers.admin.api_key import ApiKeyAdmin
from providers.admin.audit_log import AuditLogAdmin
from providers.admin.incident import IncidentAdmin
from providers.admin.membership import MembershipAdmin
from providers.admin.project import ProjectAdmin
from providers.admin.provider import ProviderAdmin
from providers.admin.user import PersonAdmin
from providers.admin.whitelist import CallbackSourceAdmin, SendingIPAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditLogAdmin",
    "CallbackSourceAdmin",
    "IncidentAdmin",
    "MembershipAdmin",
    "PersonAdmin",
    "ProjectAdmin",
    "ProviderAdmin",
    "SendingIPAdmin",
]
