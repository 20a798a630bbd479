"""What somebody wrote in a draft's form and never saved, once nobody comes back to it."""

from campaigns.models import UnsavedDraft
from providers.people import unsaved


def forget_old_drafts() -> None:
    unsaved.forget_old(UnsavedDraft.objects.all())
