"""Campaigns that somebody else lets go out."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

PERSON = {
    "null": True,
    "on_delete": django.db.models.deletion.SET_NULL,
    "related_name": "+",
    "to": settings.AUTH_USER_MODEL,
}


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0070_own_time"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="campaign",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("awaiting", "Awaiting approval"),
                    ("scheduled", "Scheduled"),
                    ("launching", "Launching"),
                    ("running", "Running"),
                    ("paused", "Paused"),
                    ("completed", "Completed"),
                    ("stopped", "Stopped"),
                    ("failed", "Failed"),
                ],
                default="draft",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="campaign", name="one_change_at_a_time"),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(
                fields=["version_of"],
                condition=Q(status__in=["draft", "awaiting", "scheduled"]),
                name="one_change_at_a_time",
            ),
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Open"),
                            ("approved", "Approved"),
                            ("returned", "Returned"),
                            ("taken_back", "Taken back"),
                            ("not_needed", "Published without approval"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("word", models.CharField(blank=True, default="", max_length=500)),
                ("asking_mailed_at", models.DateTimeField(null=True)),
                ("outcome_mailed_at", models.DateTimeField(null=True)),
                ("asked_by", models.ForeignKey(**PERSON)),
                ("decided_by", models.ForeignKey(**PERSON)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="approvals",
                        to="campaigns.campaign",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("outcome", "")), fields=("campaign",), name="one_open_approval"
                    )
                ]
            },
        ),
    ]
