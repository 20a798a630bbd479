import campaigns.models.export
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0044_frequency_caps"),
        ("providers", "0019_api_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("people", "People"),
                            ("messages", "A campaign's messages"),
                            ("results", "Results of campaigns"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("asked", models.JSONField(default=dict)),
                (
                    "file",
                    models.FileField(
                        blank=True, upload_to=campaigns.models.export.unguessable_export
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Being written"),
                            ("done", "Ready"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                            ("gone", "No longer kept"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("cancel_asked", models.BooleanField(default=False)),
                ("rows_total", models.PositiveIntegerField(null=True)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("bytes", models.BigIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("queued", "running"))),
                        fields=["id"],
                        name="export_to_write",
                    )
                ],
            },
        ),
    ]
