"""The words of people whom a factory made, written as the worker writes them."""

from django.db.models import Max

from campaigns.audience.words.indexing import write_what_is_due
from campaigns.models import Profile, WordsDue


def index_everybody() -> None:
    newest = Profile.objects.aggregate(newest=Max("pk"))["newest"]
    WordsDue.objects.create(first=1, last=newest or 1)
    write_what_is_due()
