"""What a new installation begins with: all up to 0033 in one, which takes a quarter of their time.

One that has migrated goes on along the others; they can go once no supported version stands before
0033."""

from importlib import import_module

import campaigns.models.importing
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

storage = import_module("campaigns.migrations.0003_storage")
kept_values = import_module("campaigns.migrations.0022_what_was_sent")
custom_events = import_module("campaigns.migrations.0029_custom_events")

PROFILE_BY_NAME = (
    "CREATE INDEX profile_by_name ON campaigns_profile (project_id, upper(name) text_pattern_ops)"
)
# Columns that 0031 left behind for a release.
LEFT_BEHIND = """
ALTER TABLE campaigns_campaign ADD COLUMN audience_list_id bigint,
    ADD COLUMN audience_segment_id bigint
"""


def in_months(
    model: migrations.CreateModel, *statements: str
) -> migrations.SeparateDatabaseAndState:
    """A table that Django can't make, since it has partitions."""
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in statements
        ],
        state_operations=[model],
    )


class Migration(migrations.Migration):
    replaces = [
        ("campaigns", "0001_initial"),
        ("campaigns", "0002_initial"),
        ("campaigns", "0003_storage"),
        ("campaigns", "0004_audience"),
        ("campaigns", "0005_profile_by_name"),
        ("campaigns", "0006_profile_by_phone"),
        ("campaigns", "0007_saved_chunks"),
        ("campaigns", "0008_tests_and_verifications"),
        ("campaigns", "0009_disconnected"),
        ("campaigns", "0010_lean_launch"),
        ("campaigns", "0011_breakers"),
        ("campaigns", "0012_event_source"),
        ("campaigns", "0013_times"),
        ("campaigns", "0014_second_try"),
        ("campaigns", "0015_no_outbox_by_run"),
        ("campaigns", "0016_cut_off"),
        ("campaigns", "0017_launch_shares"),
        ("campaigns", "0018_rounds"),
        ("campaigns", "0019_audience_is_chosen"),
        ("campaigns", "0020_run_keys"),
        ("campaigns", "0021_tally_series"),
        ("campaigns", "0022_what_was_sent"),
        ("campaigns", "0023_single_message_walk"),
        ("campaigns", "0024_marketing_stopped"),
        ("campaigns", "0025_import_encoding"),
        ("campaigns", "0026_segments"),
        ("campaigns", "0027_run_audience"),
        ("campaigns", "0028_audience_segment"),
        ("campaigns", "0029_custom_events"),
        ("campaigns", "0030_lists_of_texts"),
        ("campaigns", "0031_audience_parts"),
        ("campaigns", "0032_import_kinds"),
        ("campaigns", "0033_event_words"),
    ]

    initial = True

    dependencies = [
        ("providers", "0017_neighbourhoods"),
        ("templates_app", "0007_reading"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
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
                (
                    "kind",
                    models.CharField(
                        choices=[("once", "Once")],
                        db_default="once",
                        default="once",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("status_reason", models.TextField(blank=True, editable=False)),
                (
                    "audience",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not chosen yet"),
                            ("everybody", "Everybody in the project"),
                            ("some", "People of segments and lists"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("cut_off_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("cut_off_at", models.DateTimeField(editable=False, null=True)),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_until", models.TimeField(blank=True, null=True)),
                (
                    "quiet_action",
                    models.CharField(
                        choices=[
                            ("delay", "Wait until they are over"),
                            ("discard", "Don't send them"),
                        ],
                        default="delay",
                        max_length=10,
                    ),
                ),
                ("per_minute", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "left_over",
                    models.CharField(default="campaign_stopped", editable=False, max_length=24),
                ),
                (
                    "resend_in_doubt",
                    models.BooleanField(default=False, verbose_name="send again when in doubt"),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
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
                        related_name="campaigns",
                        to="providers.project",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "-created_at"], name="campaign_recent"),
                    models.Index(fields=["status"], name="campaign_by_status"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lists",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="one_list_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="EventKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("key", models.CharField(editable=False, max_length=120)),
                (
                    "ignored",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="What comes under this name from now on is not kept. What is there stays.",
                        verbose_name="switched off",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="event_kinds",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "custom event",
                "constraints": [
                    models.UniqueConstraint(fields=("project", "key"), name="one_event_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("match_key", models.BigIntegerField()),
                ("blocked", models.BooleanField()),
                ("own_word", models.BooleanField(default=False)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("import", "Import"),
                            ("api", "API"),
                            ("console", "Console"),
                            ("keyword", "Keyword"),
                            ("button", "Button"),
                            ("whatsapp", "WhatsApp"),
                        ],
                        max_length=10,
                    ),
                ),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("marketing_stopped", models.BooleanField(db_default=False, default=False)),
                ("marketing_changed_at", models.DateTimeField(null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phone_blocks",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "match_key"), name="one_phone_block")
                ],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "identity",
                    models.CharField(help_text="Your own key for this person.", max_length=255),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "phone",
                    models.CharField(
                        blank=True, help_text="With + and country code.", max_length=16
                    ),
                ),
                ("match_key", models.BigIntegerField(editable=False, null=True)),
                ("phone_is_invalid", models.BooleanField(default=False, editable=False)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("language", models.CharField(blank=True, max_length=20)),
                ("time_zone", models.CharField(blank=True, max_length=64)),
                ("properties", models.JSONField(blank=True, default=dict)),
                (
                    "subscribed",
                    models.BooleanField(
                        blank=True,
                        help_text="Only people with “Yes” here get messages; unknown counts as no.",
                        null=True,
                        verbose_name="MSG-whatsapp",
                    ),
                ),
                ("is_test", models.BooleanField(default=False, verbose_name="test profile")),
                (
                    "first_seen_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "last_seen_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profiles",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["match_key", "project"], name="profile_by_phone"),
                    models.Index(fields=["project", "id"], name="profile_walk"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("identity", "project"),
                        name="one_identity",
                        opclasses=["varchar_pattern_ops", "int8_ops"],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfileProperty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("boolean", "Yes or no"),
                            ("date", "Date"),
                            ("texts", "List of texts"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="properties",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "profile properties",
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="one_property_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="SeenEventId",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["at"], name="seen_event_by_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("rule", models.JSONField()),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("counted_at", models.DateTimeField(editable=False, null=True)),
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
                        related_name="segments",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="one_segment_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="AudiencePart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_left_out", models.BooleanField()),
                (
                    "slice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("targeted", "were chosen for it"),
                            ("sent", "were sent it"),
                            ("delivered", "had it delivered"),
                            ("viewed", "viewed it"),
                            ("clicked", "clicked in it"),
                            ("replied", "replied to it"),
                            ("failed", "failed to get it"),
                            ("suppressed", "were left out of it"),
                            ("not_delivered", "were sent it, and have no report of its delivery"),
                            ("not_viewed", "were sent it, and did not view it"),
                            ("not_clicked", "were sent it, and did not click"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "earlier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "custom_list",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.customlist",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.segment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("custom_list__isnull", False),
                                ("earlier", None),
                                ("segment", None),
                                ("slice", ""),
                            ),
                            models.Q(
                                ("custom_list", None),
                                ("earlier", None),
                                ("segment__isnull", False),
                                ("slice", ""),
                            ),
                            models.Q(
                                ("custom_list", None),
                                ("earlier__isnull", False),
                                ("is_left_out", True),
                                ("segment", None),
                                models.Q(("slice", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_part_names_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EventKindDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("n", models.BigIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="campaigns.eventkind",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "day"), name="one_event_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="EventKindProperty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("type", models.CharField(max_length=10)),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="properties",
                        to="campaigns.eventkind",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "name", "type"), name="one_event_property"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Import",
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
                            ("people", "Add and update people"),
                            ("list", "Only put people you already have into a list"),
                            ("events", "Events of people you already have"),
                        ],
                        default="people",
                        max_length=10,
                        verbose_name="what to do",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True, upload_to=campaigns.models.importing.unguessable_name
                    ),
                ),
                ("file_name", models.CharField(max_length=255)),
                ("mapping", models.JSONField(default=dict)),
                (
                    "encoding",
                    models.CharField(blank=True, db_default="", default="", max_length=20),
                ),
                ("default_country", models.CharField(blank=True, max_length=2)),
                ("new_subscribed", models.BooleanField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "Waiting for its columns"),
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("cancel_asked", models.BooleanField(default=False)),
                ("bytes_total", models.BigIntegerField(default=0)),
                ("bytes_done", models.BigIntegerField(default=0)),
                ("rows_read", models.PositiveIntegerField(default=0)),
                ("saved_chunks", models.JSONField(default=list)),
                ("created", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("repeated", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                (
                    "refused_file",
                    models.FileField(
                        blank=True, upload_to=campaigns.models.importing.unguessable_name
                    ),
                ),
                ("problem", models.TextField(blank=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
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
                    "into_list",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to="campaigns.customlist",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imports",
                        to="providers.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "custom_list",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="campaigns.customlist",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="campaigns.profile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("custom_list", "profile"), name="one_list_member"
                    )
                ],
            },
        ),
        in_months(
            migrations.CreateModel(
                name="Occurrence",
                fields=[
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "kind_id",
                            "at",
                            "fingerprint",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("fingerprint", models.BigIntegerField()),
                    ("properties", models.JSONField(default=dict)),
                    (
                        "kind",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="campaigns.eventkind",
                        ),
                    ),
                    (
                        "profile",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="campaigns.profile",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["profile", "kind", "-at"], name="occurrence_by_profile"
                        )
                    ],
                },
            ),
            custom_events.TABLE,
            custom_events.BY_PROFILE,
            custom_events.FIRST_MONTHS,
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(default=1)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("launching", "Launching"),
                            ("sending", "Sending"),
                            ("finished", "Finished"),
                        ],
                        default="launching",
                        max_length=10,
                    ),
                ),
                ("due_key", models.DateField(null=True)),
                ("superseded", models.JSONField(default=dict, editable=False)),
                (
                    "superseded_as_of",
                    models.CharField(blank=True, default="", editable=False, max_length=40),
                ),
                ("last_profile_id", models.BigIntegerField()),
                ("as_of", models.DateTimeField(null=True)),
                ("keeps_audience", models.BooleanField(db_default=False, default=False)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("launched_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "retry_of",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retry",
                        to="campaigns.run",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "number"), name="one_run_number"),
                    models.UniqueConstraint(
                        fields=("campaign", "due_key"), name="one_run_a_planned_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentSize",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("people", models.BigIntegerField()),
                (
                    "segment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sizes",
                        to="campaigns.segment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "day"), name="one_size_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="SubscriptionChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("match_key", models.BigIntegerField(null=True)),
                (
                    "flag",
                    models.CharField(
                        choices=[
                            ("MSG-whatsapp", "MSG-whatsapp"),
                            ("MSG-dndWhatsApp", "MSG-dndWhatsApp"),
                            ("marketing stopped", "Marketing stopped"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.BooleanField(null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("import", "Import"),
                            ("api", "API"),
                            ("console", "Console"),
                            ("keyword", "Keyword"),
                            ("button", "Button"),
                            ("whatsapp", "WhatsApp"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscription_changes",
                        to="campaigns.profile",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("match_key__isnull", False)),
                        fields=["match_key", "project"],
                        name="subscription_by_phone",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Variant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("values", models.JSONField(default=dict)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="variants",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="variants",
                        to="templates_app.templateversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "position"), name="one_variant_position"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LaunchShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("of", models.PositiveSmallIntegerField()),
                ("cursor", models.BigIntegerField(default=0)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="campaigns.run",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "number"), name="one_launch_share")
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Campaign"),
                            (2, "Test"),
                            (3, "Auto-reply"),
                            (4, "Confirmation"),
                            (5, "Reply"),
                            (6, "API"),
                        ]
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16)),
                ("send_key", models.BigIntegerField(null=True)),
                ("content", models.JSONField(null=True)),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (0, "Queued"),
                            (1, "Suppressed"),
                            (20, "In doubt"),
                            (21, "Failed"),
                            (30, "Sent"),
                            (40, "Failed"),
                            (50, "Delivered"),
                            (60, "Viewed"),
                        ],
                        default=0,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_phone", "No phone number"),
                            ("invalid_phone", "Phone number is not valid"),
                            ("not_subscribed", "Not subscribed (MSG-whatsapp)"),
                            ("number_blocked", "Number is blocked (MSG-dndWhatsApp)"),
                            ("marketing_stopped", "Stopped marketing in WhatsApp"),
                            ("duplicate_phone", "Another profile has the same phone"),
                            ("control_group", "In the control group"),
                            ("excluded", "Excluded"),
                            ("cap_reached", "Targeting cap reached"),
                            ("trial_mode", "Trial mode: test profiles only"),
                            ("missing_value", "A placeholder came out empty"),
                            ("value_too_long", "A text became too long"),
                            ("offer_expired", "The offer had expired"),
                            ("quiet_hours", "Quiet hours"),
                            ("cut_off", "After the cut-off time"),
                            ("frequency_cap", "Too many messages to this person"),
                            ("template_not_approved", "Template is no longer approved"),
                            ("campaign_stopped", "Campaign was stopped"),
                            ("disconnected", "The provider was disconnected"),
                            ("refused", "Refused by Gupshup"),
                            ("reported", "Failed by delivery report"),
                            ("opt_in_refused", "Gupshup refused the opt-in"),
                            ("retries_exhausted", "Tried too often"),
                            ("unknown", "No answer and no report: nobody knows"),
                        ],
                        default="",
                        max_length=24,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("detail", models.CharField(blank=True, default="", max_length=300)),
                ("attempt", models.SmallIntegerField(default=0)),
                ("external_id", models.CharField(blank=True, default="", max_length=100)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("clicked_at", models.DateTimeField(null=True)),
                ("replied_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.project",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="campaigns.profile",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="campaigns.run",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.variant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "id"], name="message_walk"),
                    models.Index(
                        condition=models.Q(("kind", 1), _negated=True),
                        fields=["project", "kind", "id"],
                        name="single_message_walk",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("run__isnull", False)),
                        fields=("run", "profile"),
                        name="one_row_per_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("send_key__isnull", False)),
                        fields=("project", "send_key", "run"),
                        name="one_message_per_phone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunAudience",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id",
                        "profile_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("match_key", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, db_default="", default="", max_length=24)),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="campaigns.profile",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.run",
                    ),
                ),
                (
                    "arm",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="campaigns.variant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("quarter", models.DateTimeField(null=True)),
                ("n", models.BigIntegerField()),
                ("folded", models.BooleanField(db_default=False, default=False)),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="campaigns.run",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.variant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("folded", False)), fields=["run"], name="tally_to_fold"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("properties", models.JSONField(default=dict)),
                ("dedupe", models.BigIntegerField(default=0)),
                ("source", models.BigIntegerField(null=True)),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.project",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="events",
                        to="campaigns.message",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="campaigns.profile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "name", "at", "profile"], name="event_by_name"),
                    models.Index(fields=["profile", "at"], name="event_by_profile"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "name", "dedupe"), name="one_system_event"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayId",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=100)),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.project",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.message",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "external_id"), name="one_gateway_id"
                    )
                ],
            },
        ),
        in_months(
            migrations.CreateModel(
                name="KeptValues",
                fields=[
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "message_id",
                            "at",
                            "attempt",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("attempt", models.SmallIntegerField()),
                    ("filled", models.TextField()),
                    (
                        "message",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="campaigns.message",
                        ),
                    ),
                ],
            ),
            kept_values.TABLE,
            kept_values.OTHERWISE,
            kept_values.INDEX,
            kept_values.FIRST_MONTHS,
        ),
        migrations.CreateModel(
            name="TestSend",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        choices=[("hsm", "HSM account"), ("two_way", "Two-way account")],
                        max_length=10,
                    ),
                ),
                ("with_stored_credentials", models.BooleanField(default=True)),
                ("opt_in_refused", models.BooleanField(default=False)),
                ("verdict", models.CharField(blank=True, default="", max_length=10)),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("detail", models.CharField(blank=True, default="", max_length=500)),
                ("http_status", models.PositiveSmallIntegerField(null=True)),
                ("milliseconds", models.PositiveIntegerField(null=True)),
                ("answer", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(null=True)),
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
                    "message",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="test_send",
                        to="campaigns.message",
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
            ],
            options={
                "verbose_name": "test send",
                "indexes": [models.Index(fields=["project", "-id"], name="test_send_walk")],
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="outbox",
                        serialize=False,
                        to="campaigns.message",
                    ),
                ),
                (
                    "lane",
                    models.SmallIntegerField(
                        choices=[(0, "Tests, replies and confirmations"), (1, "Campaigns")]
                    ),
                ),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[(0, "Ready"), (1, "Claimed"), (2, "In doubt")], default=0
                    ),
                ),
                ("attempt", models.SmallIntegerField(default=0)),
                ("tries", models.SmallIntegerField(db_default=0, default=0)),
                (
                    "due_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.project",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outbox",
                        to="campaigns.run",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lane", 1), ("state", 0)),
                        fields=["campaign", "due_at", "message"],
                        name="outbox_ready",
                    ),
                    models.Index(
                        condition=models.Q(("lane", 0), ("state", 0)),
                        fields=["project", "due_at", "message"],
                        name="outbox_urgent",
                    ),
                    models.Index(
                        condition=models.Q(("state", 0), _negated=True),
                        fields=["due_at"],
                        name="outbox_open",
                    ),
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False), ("state", 0)),
                        fields=["expires_at"],
                        name="outbox_expiring",
                    ),
                ],
            },
        ),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for statement in (
                storage.MESSAGE,
                storage.OUTBOX,
                storage.TALLY,
                PROFILE_BY_NAME,
                LEFT_BEHIND,
            )
        ),
    ]
