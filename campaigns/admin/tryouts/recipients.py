"""To whom a test goes: the test profiles that were ticked, and a number that was typed."""

from django.http import HttpRequest

from campaigns.tryouts.testing_templates import Recipient, recipient_of, team_profiles
from providers.models import Project
from providers.phones.numbers import PhoneError, read_phone

NOBODY_CHOSEN = "Choose a test profile, or type a number."


def chosen_recipients(request: HttpRequest, project: Project) -> tuple[list[Recipient], list[str]]:
    """Those that were chosen, and what is wrong with any of them."""
    chosen = set(request.POST.getlist("profile"))
    recipients, problems = [], []
    for profile in team_profiles(project):
        if str(profile.pk) not in chosen:
            continue
        try:
            recipients.append(recipient_of(profile))
        except PhoneError as error:
            problems.append(f"{profile}: {error.reason}")
    number = request.POST.get("to", "").strip()
    if number:
        try:
            phone = read_phone(number, default_country=project.default_country)
            recipients.append(Recipient(phone))
        except PhoneError as error:
            problems.append(error.reason)
    return recipients, problems
