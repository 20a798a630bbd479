"""Mails to people who work here. Where no mail is set up, pages show the link instead."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail

logger = logging.getLogger(__name__)


def sends_mail() -> bool:
    return bool(settings.SENDS_MAIL)


def send_mail_to(address: str, *, subject: str, text: str) -> bool:
    """Whether the mail server took it. Neither address nor text stands in the log. `subject` may
    hold what somebody typed: a line break in it would be a header of theirs, and is a blank."""
    if not (sends_mail() and address):
        return False
    try:
        send_mail(" ".join(subject.split()), text, None, [address])
    except (OSError, smtplib.SMTPException) as error:
        logger.error("A mail could not be sent: %s", type(error).__name__)
        return False
    return True
