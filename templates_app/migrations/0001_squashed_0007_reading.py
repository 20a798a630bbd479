"""What a new installation begins with: all up to 0007 in one, which takes a quarter of their time.

One that has migrated goes on along the others; they can go once no supported version stands before
0007."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import templates_app.models.media_file
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("templates_app", "0001_initial"),
        ("templates_app", "0002_life"),
        ("templates_app", "0003_imports"),
        ("templates_app", "0004_told_by_gupshup"),
        ("templates_app", "0005_unsaved_edits"),
        ("templates_app", "0006_media_files"),
        ("templates_app", "0007_reading"),
    ]

    initial = True

    dependencies = [
        ("providers", "0017_neighbourhoods"),
    ]

    operations = [
        migrations.CreateModel(
            name="MediaFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=templates_app.models.media_file.new_token,
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("extension", models.CharField(max_length=5)),
                ("content_type", models.CharField(max_length=100)),
                (
                    "file",
                    models.FileField(
                        max_length=200, upload_to=templates_app.models.media_file.place_of
                    ),
                ),
                ("size", models.PositiveBigIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
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
                        related_name="media_files",
                        to="providers.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TemplateImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("upload", "A file"),
                            ("paste", "Pasted text"),
                            ("gateway", "Gupshup's list"),
                        ],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_reading", models.BooleanField(db_default=False, default=False)),
                ("listed", models.PositiveIntegerField(db_default=0, default=0)),
                ("beat_at", models.DateTimeField(null=True)),
                ("trouble", models.TextField(blank=True, db_default="", default="")),
                ("found", models.JSONField(default=list)),
                ("refused", models.JSONField(default=list)),
                ("report", models.JSONField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "by",
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
                        related_name="template_imports",
                        to="providers.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Template",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Exactly as at Gupshup: small letters, digits and _.",
                        max_length=512,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9_]+$", "Use a-z, 0-9 and _ only, as at Meta."
                            )
                        ],
                    ),
                ),
                ("language", models.CharField(default="en", max_length=10)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("basic", "Basic"),
                            ("limited_time_offer", "Limited-time offer"),
                            ("carousel", "Carousel"),
                        ],
                        default="basic",
                        editable=False,
                        max_length=20,
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[("MARKETING", "Marketing"), ("UTILITY", "Utility")],
                        default="MARKETING",
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("paused", "Paused"),
                            ("disabled", "Disabled"),
                            ("archived", "Archived"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "status_reason",
                    models.TextField(
                        blank=True,
                        help_text="What Gupshup or Meta gave as the reason, if anything.",
                        max_length=2000,
                        verbose_name="reason",
                    ),
                ),
                (
                    "quality",
                    models.CharField(blank=True, default="", editable=False, max_length=20),
                ),
                (
                    "vendor_id",
                    models.CharField(
                        blank=True,
                        help_text="The long number beside the template in Gupshup's dashboard.",
                        max_length=40,
                        verbose_name="Gupshup template ID",
                    ),
                ),
                (
                    "sending_style",
                    models.CharField(
                        choices=[("id", "By template id"), ("text", "By rendered text")],
                        default="id",
                        help_text="By ID is safer: nothing has to match word by word.",
                        max_length=4,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="templates",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "name", "language"), name="one_template_per_language"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("set_aside", models.JSONField(default=list, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
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
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="templates_app.template",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "number"), name="one_version_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnsavedEdit",
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
                            ("basic", "Basic"),
                            ("limited_time_offer", "Limited-time offer"),
                            ("carousel", "Carousel"),
                        ],
                        max_length=20,
                    ),
                ),
                ("form", models.TextField(null=True)),
                ("kept_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.project",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unsaved_edits",
                        to="templates_app.template",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("template__isnull", False)),
                        fields=("by", "template"),
                        name="one_unsaved_edit",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("template__isnull", True)),
                        fields=("by", "project", "kind"),
                        name="one_unsaved_new",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("created", "Added"),
                            ("edited", "Changed"),
                            ("status", "Status changed"),
                            ("set_aside", "Rule set aside"),
                            ("restored", "Older version restored"),
                            ("imported", "Imported"),
                            ("cloned", "Cloned"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("paused", "Paused"),
                            ("disabled", "Disabled"),
                            ("archived", "Archived"),
                        ],
                        max_length=10,
                    ),
                ),
                ("why", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="templates_app.template",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="templates_app.templateversion",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["template", "-at"], name="template_history")],
            },
        ),
        migrations.AddField(
            model_name="template",
            name="current",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="templates_app.templateversion",
            ),
        ),
    ]
