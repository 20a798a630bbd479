"""A file that messages show, at an address that nobody can guess and that stays valid."""

import secrets

from django.db import models
from django.utils import timezone

from providers.models import Project, User


def new_token() -> str:
    return secrets.token_urlsafe(24)


def place_of(media: "MediaFile", _name: str) -> str:
    """The sender's own name of the file stays out of it."""
    return f"template-media/{media.token}.{media.extension}"


class MediaFile(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="media_files")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    extension = models.CharField(max_length=5)
    content_type = models.CharField(max_length=100)
    file = models.FileField(upload_to=place_of, max_length=200)
    size = models.PositiveBigIntegerField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.token}.{self.extension}"
