"""The words by which people are found. Written behind the tables of people, so that an import does
not wait for an index of words (docs/decisions/0025-words-behind-the-people.md)."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from campaigns.models.profile import Profile


class ProfileWords(models.Model):
    """Of a person's name and e-mail; each word begins with its project's number."""

    profile = models.OneToOneField(
        Profile,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="+",
    )
    words = SearchVectorField()
    # The name as it is sorted, behind the project's number; None without a name.
    name_key = models.CharField(max_length=80, null=True, db_collation="C")

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="profile_words"),
            models.Index(
                fields=["name_key", "profile"],
                condition=Q(name_key__isnull=False),
                name="people_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}"


class WordsDue(models.Model):
    """Profiles from `first` to `last` whose words are to be written anew."""

    first = models.BigIntegerField()
    last = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["first"], name="words_due")]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"
