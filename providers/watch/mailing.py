"""Mails to people who work here. Where no mail is set up, pages show the link instead."""

import logging
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

logger = logging.getLogger(__name__)


def sends_mail() -> bool:
    return bool(settings.SENDS_MAIL)


def send_mail_to(
    address: str, *, subject: str, text: str, html: str = "", number: str = ""
) -> bool:
    """Whether the mail server took it. Neither address nor text stands in the log. `subject` may
    hold what somebody typed: a line break in it would be a header of theirs, and is a blank. A mail
    that may be tried again has a `number`, by which the second one is known to be the first."""
    if not (sends_mail() and address):
        return False
    mail = EmailMultiAlternatives(" ".join(subject.split()), text, None, [address])
    if html:
        mail.attach_alternative(html, "text/html")
    if number:
        host = urlsplit(settings.PUBLIC_BASE_URL).hostname
        mail.extra_headers["Message-ID"] = f"<{number}@{host}>"
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        logger.error("A mail could not be sent: %s", type(error).__name__)
        return False
    return True
