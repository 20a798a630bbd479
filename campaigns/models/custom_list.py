"""Fixed lists of people. Written by the million, so their rows are as lean as profiles'."""

from django.db import models
from django.utils import timezone

from campaigns.models.profile import Profile
from providers.models import Project, User
from providers.models.fields import LooseForeignKey, NameField


class CustomList(models.Model):
    """A fixed set of profiles, uploaded once."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="lists")
    name = NameField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_list_name")]

    def __str__(self) -> str:
        return self.name


class ListMember(models.Model):
    custom_list = LooseForeignKey(
        CustomList,
        on_delete=models.CASCADE,
        related_name="members",
    )
    profile = LooseForeignKey(
        Profile,
        on_delete=models.CASCADE,
        related_name="memberships",
        db_index=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["custom_list", "profile"], name="one_list_member")
        ]

    def __str__(self) -> str:
        return f"{self.custom_list_id}:{self.profile_id}"
