"""Who may do what, as data: the roles' table, and for each address of the console its line there.

A new address needs one line here; tests/test_tenants.py says which. Then it is walked by everybody,
in two projects.
"""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Everybody who may ask; a stranger is signed in nowhere."""

    STRANGER = "stranger"
    VIEWER = "viewer"
    MARKETER = "marketer"
    ADMIN = "project admin"
    OPERATOR = "superuser"


ANYBODY = frozenset(Who)
MEMBERS = ANYBODY - {Who.STRANGER}
MARKETERS = MEMBERS - {Who.VIEWER}
ADMINS = MARKETERS - {Who.MARKETER}
OPERATORS = frozenset({Who.OPERATOR})
NOBODY: frozenset[Who] = frozenset()

# The table of roles, line by line, and who stands in it.
MAY = {
    "read the project": MEMBERS,
    "connect the provider, verify, send tests, see callback URLs": MARKETERS,
    "templates, audience, campaigns, publish, pause, stop": MARKETERS,
    "reply in the Inbox, export people": MARKETERS,
    "approve a campaign (not one's own)": MARKETERS,
    "members, API keys, IP whitelist, callback sources": ADMINS,
    "rotate callback keys, end trial, settle in-doubt messages": ADMINS,
    "set a text rule aside, delete the provider": ADMINS,
    "project settings, audit log": ADMINS,
    "delete an export that somebody else asked for": ADMINS,
    "projects, installation-wide sending IPs, confirm a restored database": OPERATORS,
    # Beside the table: what belongs to no project.
    "come in": ANYBODY,
    "keep one's own account": MEMBERS,
    "nothing": NOBODY,
}
READ = "read the project"
CONNECT = "connect the provider, verify, send tests, see callback URLs"
WORK = "templates, audience, campaigns, publish, pause, stop"
REPLY = "reply in the Inbox, export people"
APPROVE = "approve a campaign (not one's own)"
MANAGE = "members, API keys, IP whitelist, callback sources"
GUARD = "rotate callback keys, end trial, settle in-doubt messages"
DELETE_PROVIDER = "set a text rule aside, delete the provider"
SETTINGS = "project settings, audit log"
DELETE_THEIRS = "delete an export that somebody else asked for"
INSTALL = "projects, installation-wide sending IPs, confirm a restored database"
COME_IN = "come in"
OWN_ACCOUNT = "keep one's own account"
NOTHING = "nothing"


@dataclass(frozen=True)
class Rights:
    """Lines of MAY for looking (GET) and for acting (POST) at one address."""

    look: str
    act: str


@dataclass(frozen=True)
class Page:
    """The usual addresses of an admin page. `change` is also who may open what can't be changed."""

    read: str
    add: str = NOTHING
    change: str = NOTHING
    delete: str = NOTHING

    def rights(self) -> dict[str, Rights]:
        return {
            "changelist": Rights(self.read, self.read),
            "add": Rights(self.add, self.add),
            "change": Rights(self.read, self.change),
            "delete": Rights(self.delete, self.delete),
            "history": Rights(self.read, self.read),
        }


PAGES = {
    "callbacks_inboundmessage": Page(READ),
    "callbacks_receipt": Page(READ),
    "campaigns_campaign": Page(READ, add=WORK, change=WORK, delete=WORK),
    "campaigns_customlist": Page(READ, add=WORK, change=WORK, delete=WORK),
    "campaigns_event": Page(READ),
    "campaigns_export": Page(REPLY, delete=DELETE_THEIRS),
    "campaigns_profileproperty": Page(READ),
    "campaigns_eventkind": Page(READ, change=WORK, delete=SETTINGS),
    "campaigns_import": Page(READ, add=WORK, change=WORK, delete=WORK),
    "campaigns_message": Page(READ),
    "campaigns_profile": Page(READ, add=WORK, change=WORK),
    "campaigns_ratecard": Page(READ, add=SETTINGS),
    "campaigns_segment": Page(READ, add=WORK, change=WORK, delete=WORK),
    "campaigns_testsend": Page(READ),
    "providers_apikey": Page(MANAGE, add=MANAGE, change=MANAGE),
    "providers_auditentry": Page(SETTINGS),
    "providers_incident": Page(READ),
    "providers_membership": Page(MANAGE, add=MANAGE, change=MANAGE, delete=MANAGE),
    "providers_conversation": Page(READ),
    "providers_callbacksource": Page(READ, add=MANAGE, change=MANAGE, delete=MANAGE),
    "providers_project": Page(READ, add=INSTALL, change=SETTINGS),
    "providers_provider": Page(READ, add=CONNECT, change=CONNECT, delete=DELETE_PROVIDER),
    "providers_sendingip": Page(READ, add=MANAGE, change=MANAGE, delete=MANAGE),
    "providers_user": Page(INSTALL, add=INSTALL, change=INSTALL),
    "templates_app_template": Page(READ, add=WORK, change=WORK, delete=WORK),
}

# Every other address by its name. Where only one of GET and POST is taken, the other is NOTHING.
ADDRESSES = {
    "index": Rights(READ, READ),
    "search": Rights(READ, READ),
    "help": Rights(READ, NOTHING),
    "help_start": Rights(READ, NOTHING),
    "autocomplete": Rights(NOTHING, NOTHING),  # no field of ours asks it
    "jsi18n": Rights(READ, NOTHING),
    "app_list": Rights(READ, READ),
    "view_on_site": Rights(NOTHING, NOTHING),
    "switch_project": Rights(NOTHING, READ),
    # Coming in, and one's own account
    "login": Rights(COME_IN, COME_IN),
    "logout": Rights(COME_IN, COME_IN),
    "sign_in_code": Rights(COME_IN, COME_IN),
    "admin_password_reset": Rights(COME_IN, COME_IN),
    "password_mailed": Rights(COME_IN, COME_IN),
    "password_new": Rights(COME_IN, COME_IN),
    "password_set": Rights(COME_IN, COME_IN),
    "invitation": Rights(COME_IN, COME_IN),
    "invitation_open": Rights(COME_IN, COME_IN),
    "password_change": Rights(OWN_ACCOUNT, OWN_ACCOUNT),
    "password_change_done": Rights(OWN_ACCOUNT, NOTHING),
    "two_factor": Rights(OWN_ACCOUNT, OWN_ACCOUNT),
    "two_factor_codes": Rights(NOTHING, OWN_ACCOUNT),
    "two_factor_off": Rights(NOTHING, OWN_ACCOUNT),
    # Pages that only show, and do so when posted to
    "callbacks_inboundmessage_change": Rights(READ, READ),
    "callbacks_receipt_change": Rights(READ, READ),
    "campaigns_message_change": Rights(READ, READ),
    "campaigns_ratecard_change": Rights(READ, READ),
    "campaigns_testsend_change": Rights(READ, READ),
    # Callbacks
    "callbacks_inboundmessage_file": Rights(READ, NOTHING),
    "callbacks_receipt_about": Rights(READ, NOTHING),
    "callbacks_inboundmessage_person": Rights(NOTHING, REPLY),
    "callbacks_receipt_replay": Rights(WORK, WORK),
    "callbacks_receipt_replay_failed": Rights(WORK, WORK),
    "callbacks_receipt_try": Rights(READ, READ),  # reads what is pasted, keeps nothing
    "providers_conversation_answer": Rights(NOTHING, REPLY),
    "providers_conversation_live": Rights(READ, NOTHING),
    "providers_conversation_person": Rights(NOTHING, REPLY),
    "providers_conversation_list_live": Rights(READ, NOTHING),
    "providers_conversation_preview": Rights(NOTHING, REPLY),
    "providers_conversation_seen": Rights(NOTHING, REPLY),
    "providers_conversation_again": Rights(NOTHING, REPLY),
    "providers_conversation_template": Rights(NOTHING, REPLY),
    "providers_conversation_unread": Rights(NOTHING, REPLY),
    "providers_conversation_unread_count": Rights(READ, NOTHING),
    "providers_conversation_change": Rights(READ, READ),
    # Campaigns
    "campaigns_campaign_begin_change": Rights(NOTHING, WORK),
    "campaigns_campaign_calendar": Rights(READ, NOTHING),
    "campaigns_campaign_calendar_load": Rights(READ, NOTHING),
    "campaigns_campaign_case": Rights(READ, NOTHING),
    "campaigns_campaign_clone": Rights(NOTHING, WORK),
    "campaigns_campaign_dates": Rights(NOTHING, WORK),
    "campaigns_campaign_goal": Rights(NOTHING, WORK),
    "campaigns_campaign_occasion": Rights(NOTHING, WORK),
    "campaigns_campaign_occasion_words": Rights(NOTHING, WORK),
    "campaigns_campaign_delete_now": Rights(WORK, WORK),
    "campaigns_campaign_keep": Rights(NOTHING, WORK),
    "campaigns_campaign_live": Rights(READ, NOTHING),
    "campaigns_campaign_compare": Rights(READ, NOTHING),
    "campaigns_campaign_report": Rights(READ, NOTHING),
    "campaigns_campaign_export": Rights(REPLY, REPLY),
    "campaigns_campaign_export_results": Rights(REPLY, REPLY),
    "campaigns_campaign_follow_up": Rights(NOTHING, WORK),
    "campaigns_campaign_of_template": Rights(READ, NOTHING),
    "campaigns_campaign_followed": Rights(READ, NOTHING),
    "campaigns_campaign_over_time": Rights(READ, NOTHING),
    "campaigns_campaign_over_time_file": Rights(READ, NOTHING),
    "campaigns_campaign_last_days_file": Rights(READ, NOTHING),
    "campaigns_campaign_report_file": Rights(READ, NOTHING),
    "campaigns_campaign_runs_file": Rights(READ, NOTHING),
    "campaigns_campaign_pause_now": Rights(WORK, WORK),
    "campaigns_campaign_people": Rights(WORK, WORK),
    "campaigns_campaign_preview": Rights(NOTHING, WORK),
    "campaigns_campaign_publish": Rights(WORK, WORK),
    "campaigns_campaign_publish_approve": Rights(NOTHING, APPROVE),
    "campaigns_campaign_publish_ask": Rights(NOTHING, WORK),
    "campaigns_campaign_publish_example": Rights(WORK, NOTHING),
    "campaigns_campaign_publish_links": Rights(WORK, NOTHING),
    "campaigns_campaign_publish_reach": Rights(WORK, NOTHING),
    "campaigns_campaign_publish_return": Rights(NOTHING, APPROVE),
    "campaigns_campaign_publish_values": Rights(WORK, NOTHING),
    "campaigns_campaign_reach": Rights(NOTHING, WORK),
    "campaigns_campaign_resume_now": Rights(WORK, WORK),
    "campaigns_campaign_slots": Rights(NOTHING, WORK),
    "campaigns_campaign_assume_sent_now": Rights(GUARD, GUARD),
    "campaigns_campaign_retry_now": Rights(WORK, WORK),
    "campaigns_campaign_send_again_now": Rights(GUARD, GUARD),
    "campaigns_message_assume_sent_now": Rights(GUARD, GUARD),
    "campaigns_message_send_again_now": Rights(GUARD, GUARD),
    "campaigns_campaign_take_back_now": Rights(WORK, WORK),
    "campaigns_campaign_try": Rights(WORK, NOTHING),
    "campaigns_campaign_try_preview": Rights(NOTHING, WORK),
    "campaigns_campaign_try_send": Rights(NOTHING, WORK),
    "campaigns_campaign_unschedule_now": Rights(WORK, WORK),
    "campaigns_campaign_stop_now": Rights(WORK, WORK),
    "campaigns_campaign_winner_now": Rights(WORK, WORK),
    "campaigns_customlist_export": Rights(REPLY, REPLY),
    "campaigns_export_cancel": Rights(NOTHING, REPLY),
    "campaigns_export_change": Rights(REPLY, REPLY),  # it only shows
    "campaigns_export_download": Rights(REPLY, NOTHING),
    "campaigns_export_messages": Rights(REPLY, REPLY),
    "campaigns_export_events": Rights(REPLY, REPLY),
    "campaigns_export_inbound": Rights(REPLY, REPLY),
    "campaigns_export_opt_outs": Rights(REPLY, REPLY),
    "campaigns_export_progress": Rights(REPLY, NOTHING),
    "campaigns_profile_export": Rights(REPLY, REPLY),
    "campaigns_segment_export": Rights(REPLY, REPLY),
    "campaigns_import_cancel": Rights(NOTHING, WORK),
    "campaigns_import_encoding": Rights(NOTHING, WORK),
    "campaigns_import_sheet": Rights(NOTHING, WORK),
    "campaigns_import_progress": Rights(READ, NOTHING),
    "campaigns_import_refused": Rights(REPLY, NOTHING),
    "campaigns_segment_build": Rights(NOTHING, READ),  # keeps nothing
    "campaigns_profile_filter": Rights(READ, READ),  # keeps nothing
    "campaigns_profile_into_list": Rights(WORK, WORK),
    "campaigns_profile_out_of_list": Rights(WORK, WORK),
    "campaigns_profile_opt_out": Rights(WORK, WORK),
    "campaigns_profile_make_tests": Rights(WORK, WORK),
    "campaigns_profile_end_tests": Rights(WORK, WORK),
    "campaigns_profile_erase_many": Rights(SETTINGS, SETTINGS),
    "campaigns_eventkind_delete_names": Rights(SETTINGS, SETTINGS),
    "campaigns_profile_look": Rights(READ, NOTHING),
    "campaigns_message_keep_view": Rights(WORK, WORK),
    "campaigns_message_drop_view": Rights(WORK, WORK),
    "campaigns_profile_keep_view": Rights(WORK, WORK),
    "campaigns_profile_drop_view": Rights(WORK, WORK),
    "campaigns_profile_undo": Rights(WORK, WORK),
    "campaigns_profile_total": Rights(READ, NOTHING),
    "campaigns_profile_everything": Rights(WORK, NOTHING),
    "campaigns_profile_erase": Rights(SETTINGS, SETTINGS),
    "campaigns_profile_segments": Rights(READ, NOTHING),
    "campaigns_profile_timeline": Rights(READ, NOTHING),
    "campaigns_profile_properties": Rights(WORK, WORK),
    "campaigns_profileproperty_people": Rights(READ, NOTHING),
    "campaigns_profileproperty_rename": Rights(WORK, WORK),
    "campaigns_profileproperty_retype": Rights(WORK, WORK),
    "campaigns_profileproperty_remove": Rights(WORK, WORK),
    "campaigns_profile_why_not": Rights(READ, NOTHING),
    "campaigns_segment_change": Rights(READ, WORK),
    "campaigns_segment_estimate": Rights(NOTHING, READ),
    "campaigns_segment_person": Rights(NOTHING, READ),
    "campaigns_segment_clone": Rights(NOTHING, WORK),
    "campaigns_customlist_copy": Rights(WORK, WORK),
    "campaigns_customlist_take_out": Rights(WORK, WORK),
    "campaigns_segment_list": Rights(WORK, WORK),
    "campaigns_testsend_panel": Rights(NOTHING, CONNECT),
    "campaigns_testsend_result": Rights(READ, NOTHING),
    "campaigns_testsend_send": Rights(CONNECT, NOTHING),
    "campaigns_testsend_submit": Rights(NOTHING, CONNECT),
    "campaigns_testsend_template": Rights(CONNECT, NOTHING),
    "campaigns_testsend_template_last": Rights(READ, NOTHING),
    "campaigns_testsend_template_request": Rights(NOTHING, CONNECT),
    "campaigns_testsend_template_send": Rights(NOTHING, CONNECT),
    "campaigns_testsend_window": Rights(NOTHING, CONNECT),
    # Projects, people, the provider
    "providers_apikey_revoke": Rights(MANAGE, MANAGE),
    "providers_auditentry_installation": Rights(INSTALL, INSTALL),
    "auth_user_password_change": Rights(INSTALL, INSTALL),
    "providers_membership_password_link": Rights(MANAGE, MANAGE),
    "providers_membership_reset_second_factor": Rights(MANAGE, MANAGE),
    "providers_membership_withdraw": Rights(NOTHING, MANAGE),
    "providers_project_general": Rights(READ, SETTINGS),
    "providers_provider_add": Rights(READ, CONNECT),  # leads to the one there is
    "providers_provider_callback_key": Rights(GUARD, GUARD),
    "providers_provider_end_old_keys": Rights(NOTHING, GUARD),
    "providers_provider_verify_hsm": Rights(NOTHING, CONNECT),
    "providers_provider_verify_two_way": Rights(NOTHING, CONNECT),
    "providers_user_password_link": Rights(INSTALL, INSTALL),
    "providers_user_reset_second_factor": Rights(INSTALL, INSTALL),
    "doctor": Rights(READ, NOTHING),
    "doctor_check": Rights(NOTHING, CONNECT),
    "doctor_end_trial": Rights(NOTHING, GUARD),
    "doctor_part": Rights(READ, NOTHING),
    "operations": Rights(INSTALL, NOTHING),
    "restored": Rights(INSTALL, INSTALL),
    "mail_reports": Rights(READ, READ),
    # Templates
    "templates_app_template_approve_now": Rights(WORK, WORK),
    "templates_app_template_archive_now": Rights(WORK, WORK),
    "templates_app_template_clone": Rights(WORK, WORK),
    "templates_app_template_delete_now": Rights(WORK, WORK),
    "templates_app_template_export": Rights(READ, NOTHING),
    "templates_app_template_import": Rights(WORK, WORK),
    "templates_app_template_imported": Rights(WORK, WORK),
    "templates_app_template_keep": Rights(NOTHING, WORK),
    "templates_app_template_media": Rights(NOTHING, WORK),
    "templates_app_template_pause_now": Rights(WORK, WORK),
    "templates_app_template_pend_now": Rights(WORK, WORK),
    "templates_app_template_preview": Rights(NOTHING, READ),
    "templates_app_template_reject_now": Rights(WORK, WORK),
    "templates_app_template_restore": Rights(WORK, WORK),
}

# Addresses that answer the same whichever row is named, as they belong to no project.
OF_NO_PROJECT = {
    "app_list",
    "help",
    "help_start",
    "auth_user_password_change",
    "invitation",
    "operations",
    "password_new",
    "providers_user_change",
    "providers_user_delete",
    "providers_user_history",
    "providers_user_password_link",
    "providers_user_reset_second_factor",
    "restored",
    "view_on_site",
}


# Addresses about a row of another kind than their name's beginning says.
ABOUT = {
    "callbacks_receipt_about": "campaigns_message",
    "campaigns_testsend_template": "templates_app_template",
    "campaigns_testsend_template_last": "templates_app_template",
    "campaigns_testsend_template_request": "templates_app_template",
    "campaigns_testsend_template_send": "templates_app_template",
    "providers_membership_withdraw": "providers_invitation",
}


def rights() -> dict[str, Rights]:
    """By URL name, without its namespace."""
    usual = {
        f"{page}_{name}": rights
        for page, lines in PAGES.items()
        for name, rights in lines.rights().items()
    }
    return usual | ADDRESSES


HOW_TO_ADD = """
Say in tests/console_rights.py who may open these addresses, by the line of MAY that stands for it:
a new admin page in PAGES, any other address in ADDRESSES, as Rights(who may GET, who may POST).
An address about a row of another kind than its name's beginning says stands in ABOUT, too.
Addresses that were given up go from there. See docs/development.md, “How to add things”.
"""
