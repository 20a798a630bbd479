"""Gupshup's Enterprise gateway, as one of the providers that can be picked."""

from providers.admin.gupshup.form import GupshupForm
from providers.admin.vendor import Vendor

GUPSHUP = Vendor(
    kind="gupshup",
    name="Gupshup",
    summary="Enterprise WhatsApp gateway",
    form=GupshupForm,
    fieldsets=(
        ("Gupshup", {"fields": ["nickname"]}),
        (
            "Give these addresses to Gupshup",
            {
                "fields": ["inbound_url", "status_url"],
                "description": "They can't be changed here. Gupshup's support sets them on both "
                "of your accounts: copy the mail beside them, and send it to them.",
            },
        ),
        (
            "HSM account (one-way): sends your templates",
            {"fields": ["hsm_user_id", "hsm_password", "hsm_check"]},
        ),
        (
            "Two-way account: sends answers in a conversation",
            {"fields": ["two_way_user_id", "two_way_password", "two_way_check"]},
        ),
        ("Your number", {"fields": ["number", "messaging_limit_shown"]}),
        ("Auto-reply", {"fields": ["auto_reply_enabled", "auto_reply_text"]}),
        ("Sending", {"fields": ["rate", "opt_in_by"]}),
    ),
    setup_mail="providers/gupshup/setup_mail.txt",
)
