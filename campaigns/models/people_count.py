"""How many people a project had on a day, counted once a day: with millions that takes long."""

from django.db import models

from providers.models import Project


class PeopleCount(models.Model):
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="people_counts", db_index=False
    )
    day = models.DateField()  # of UTC
    people = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="one_people_count_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.people}"
