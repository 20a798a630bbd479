"""Credentials as they stand in the WhatsApp Connect form, saved or not, for one call.

They are neither stored nor logged; an empty password is the stored one, as in the form itself.
"""

from collections.abc import Mapping

from django import forms
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from providers.admin.gupshup.fields import AccountIdField, BusinessNumberField, SecretField
from providers.gateway.requests import Account, Credentials
from providers.models import Provider

# For whatever writes reports of errors: these parameters are never in them.
hides_credentials = method_decorator(sensitive_post_parameters("hsm_password", "two_way_password"))
LABELS = {Account.HSM: "HSM", Account.TWO_WAY: "two-way"}


def typed_credentials(
    typed: Mapping[str, str], account: Account, *, stored: Provider | None
) -> Credentials:
    """Raises ValidationError, in words for whoever typed."""
    known = stored_credentials(stored, account)
    field = AccountIdField(required=False)
    user_id = field.clean(typed.get(f"{account.value}_user_id", "")) or (
        known.user_id if known else ""
    )
    password = SecretField(required=False, stored=known.password if known else "").clean(
        typed.get(f"{account.value}_password", "")
    )
    if not user_id or not password:
        raise forms.ValidationError(
            f"Type the user ID and the password of the {LABELS[account]} account into the form "
            "first."
        )
    return Credentials(user_id=user_id, password=password)


def stored_credentials(stored: Provider | None, account: Account) -> Credentials | None:
    return stored.credentials(account) if stored else None


def typed_number(typed: Mapping[str, str], *, stored: Provider | None, default_country: str) -> str:
    """The business number: what is typed, else the stored one, else nothing. Raises
    ValidationError where something else is typed."""
    field = BusinessNumberField(required=False)
    field.default_country = default_country
    return str(field.clean(typed.get("number", ""))) or (stored.number if stored else "")
