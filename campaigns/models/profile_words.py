"""The words by which people are found. Written behind the tables of people, so that an import does
not wait for an index of words (docs/decisions/0025-words-behind-the-people.md)."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

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

    class Meta:
        indexes = [GinIndex(fields=["words"], name="profile_words")]

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
