"""Celery's entry points: ids in, one act each, harmless when it runs twice."""

from celery import shared_task

from providers.api_keys import answering_once
from providers.models import User
from providers.network import whitelist
from providers.people import forgetting
from providers.people.passwords import mail_reset_link
from providers.watch import incident_mails


@shared_task
def mail_password_links(*user_ids: int) -> None:
    """Apart from the page, which must take the same time whether there is such a person or not:
    so it is asked for nobody, too."""
    for user in User.objects.filter(pk__in=user_ids, is_active=True):
        mail_reset_link(user)


@shared_task
def observe_address() -> None:
    """Under which address this installation sends."""
    whitelist.observe()


@shared_task
def forget_old_networks() -> None:
    whitelist.prune()


@shared_task
def forget_old_sign_ins() -> None:
    forgetting.forget_old_sign_ins()


@shared_task
def forget_old_api_answers() -> None:
    answering_once.forget_old_answers()


@shared_task
def mail_incidents() -> None:
    incident_mails.mail_new()
