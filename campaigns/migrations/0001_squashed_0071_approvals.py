"""What a new installation begins with: all up to 0071 in one, which takes a quarter of their time.

One that has migrated goes on along the others; they can go once no supported version stands before
0071."""

from importlib import import_module

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import campaigns.models.export
import campaigns.models.importing

storage = import_module("campaigns.migrations.0003_storage")
kept_values = import_module("campaigns.migrations.0022_what_was_sent")
custom_events = import_module("campaigns.migrations.0029_custom_events")
event_days = import_module("campaigns.migrations.0041_room_in_event_days")

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
        ("campaigns", "0034_message_entry"),
        ("campaigns", "0035_entry_keys"),
        ("campaigns", "0036_erasure"),
        ("campaigns", "0037_one_clock"),
        ("campaigns", "0038_import_sheet_and_whole_rows"),
        ("campaigns", "0039_consent_words"),
        ("campaigns", "0040_words_of_people"),
        ("campaigns", "0041_room_in_event_days"),
        ("campaigns", "0042_control_and_cap"),
        ("campaigns", "0043_project_control_group"),
        ("campaigns", "0044_frequency_caps"),
        ("campaigns", "0045_exports"),
        ("campaigns", "0046_direct_lane"),
        ("campaigns", "0047_people_change"),
        ("campaigns", "0048_property_change"),
        ("campaigns", "0049_import_new_list"),
        ("campaigns", "0050_people_by_name"),
        ("campaigns", "0051_people_view"),
        ("campaigns", "0052_variants"),
        ("campaigns", "0053_ab_tests"),
        ("campaigns", "0054_recurring"),
        ("campaigns", "0055_versions"),
        ("campaigns", "0056_live"),
        ("campaigns", "0057_entry_in_phone_key"),
        ("campaigns", "0058_labels"),
        ("campaigns", "0059_goals"),
        ("campaigns", "0060_conversions"),
        ("campaigns", "0061_unsaved_draft"),
        ("campaigns", "0062_rate_cards"),
        ("campaigns", "0063_mail_reports"),
        ("campaigns", "0064_people_counts"),
        ("campaigns", "0065_export_formats"),
        ("campaigns", "0066_message_views"),
        ("campaigns", "0067_segment_entry"),
        ("campaigns", "0068_awaited_messages"),
        ("campaigns", "0069_trigger_left_out"),
        ("campaigns", "0070_own_time"),
        ("campaigns", "0071_approvals"),
    ]

    initial = True

    dependencies = [
        ("providers", "0025_needs_approval"),
        ("templates_app", "0007_reading"),
    ]

    operations = [
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("once", "Once"),
                            ("recurring", "Recurring"),
                            ("live", "When something happens"),
                        ],
                        db_default="once",
                        default="once",
                        max_length=10,
                    ),
                ),
                (
                    "labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        db_default=[],
                        default=list,
                        size=None,
                    ),
                ),
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                ("status_reason", models.TextField(blank=True, editable=False)),
                ("goal", models.JSONField(blank=True, null=True)),
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
                (
                    "control_percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(50)],
                    ),
                ),
                (
                    "most_people",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(100)],
                    ),
                ),
                (
                    "variants_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("one", "One message for everybody"),
                            ("test", "A/B test: the winner goes to the rest"),
                            ("split", "Several, split by shares"),
                            ("language", "Each person's language"),
                            ("property", "A property's value"),
                        ],
                        db_default="one",
                        default="one",
                        max_length=10,
                    ),
                ),
                (
                    "by_property",
                    models.CharField(blank=True, db_default="", default="", max_length=120),
                ),
                (
                    "test_percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "decides_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("read", "Viewed"),
                            ("clicked", "Clicked"),
                            ("replied", "Replied"),
                            ("converted", "Reached the goal"),
                        ],
                        db_default="read",
                        default="read",
                        max_length=10,
                    ),
                ),
                ("decides_after", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("first", "The winner; if the difference may be chance, variant A"),
                            (
                                "leader",
                                "The winner; if the difference may be chance, the one that is ahead",
                            ),
                            (
                                "ask",
                                "The winner; if the difference may be chance, one of us chooses",
                            ),
                            ("person", "One of us chooses, in any case"),
                        ],
                        db_default="first",
                        default="first",
                        max_length=10,
                    ),
                ),
                ("decides_at", models.DateTimeField(editable=False, null=True)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                (
                    "decided_why",
                    models.TextField(blank=True, db_default="", default="", editable=False),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                (
                    "own_time",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "The project's: everybody's turn comes at the same moment"),
                            (
                                "next_day",
                                "Each person's own; whoever is past it gets it the next day",
                            ),
                            ("leave_out", "Each person's own; whoever is past it doesn't get it"),
                        ],
                        db_default="",
                        default="",
                        max_length=10,
                    ),
                ),
                ("schedule", models.JSONField(blank=True, null=True)),
                ("occasion", models.JSONField(blank=True, null=True)),
                (
                    "awaited_message",
                    models.CharField(
                        blank=True, db_default="", default="", editable=False, max_length=30
                    ),
                ),
                (
                    "averted_by_message",
                    models.CharField(
                        blank=True, db_default="", default="", editable=False, max_length=30
                    ),
                ),
                ("sends_late", models.BooleanField(db_default=False, default=False)),
                ("next_due_at", models.DateTimeField(editable=False, null=True)),
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
                ("ignores_caps", models.BooleanField(db_default=False, default=False)),
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
                (
                    "version_of",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "averted_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.eventkind",
                    ),
                ),
                (
                    "awaited",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.eventkind",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "-created_at"], name="campaign_recent"),
                    models.Index(fields=["status"], name="campaign_by_status"),
                    models.Index(
                        condition=models.Q(("next_due_at__isnull", False)),
                        fields=["next_due_at"],
                        name="campaign_due",
                    ),
                    models.Index(
                        condition=models.Q(("awaited__isnull", False)),
                        fields=["awaited"],
                        name="campaign_awaits",
                    ),
                    models.Index(
                        condition=models.Q(("averted_by__isnull", False)),
                        fields=["averted_by"],
                        name="campaign_averted",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("awaited_message__gt", ""),
                            ("averted_by_message__gt", ""),
                            _connector="OR",
                        ),
                        fields=["project"],
                        name="campaign_hears",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["draft", "awaiting", "scheduled"])),
                        fields=("version_of",),
                        name="one_change_at_a_time",
                    )
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
            name="Goal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document", models.JSONField()),
                ("within", models.DurationField()),
                ("value", models.CharField(blank=True, default="", max_length=120)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("currency_property", models.CharField(blank=True, default="", max_length=120)),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("is_open", models.BooleanField(db_default=True, default=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goals",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.eventkind",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_open", True)), fields=["kind"], name="goal_open"
                    )
                ],
            },
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
                            ("waiting", "Waiting for the winner"),
                            ("launching", "Launching"),
                            ("sending", "Sending"),
                            ("standing", "Standing"),
                            ("finished", "Finished"),
                        ],
                        default="launching",
                        max_length=10,
                    ),
                ),
                ("due_key", models.DateField(null=True)),
                (
                    "skipped_because",
                    models.TextField(blank=True, db_default="", default="", editable=False),
                ),
                ("waiting_people", models.PositiveIntegerField(db_default=0, default=0)),
                ("superseded", models.JSONField(default=dict, editable=False)),
                (
                    "superseded_as_of",
                    models.CharField(blank=True, default="", editable=False, max_length=40),
                ),
                ("last_profile_id", models.BigIntegerField()),
                ("as_of", models.DateTimeField(null=True)),
                ("keeps_audience", models.BooleanField(db_default=False, default=False)),
                (
                    "started_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("compared_at", models.DateTimeField(null=True)),
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
                    "goal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="campaigns.goal",
                    ),
                ),
                (
                    "rest_of",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rest",
                        to="campaigns.run",
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "standing")),
                        fields=["campaign"],
                        name="run_standing",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "number"), name="one_run_number"),
                    models.UniqueConstraint(
                        fields=("campaign", "due_key"), name="one_run_a_planned_day"
                    ),
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
                ("share", models.PositiveSmallIntegerField(null=True)),
                ("fits", models.TextField(blank=True, db_default="", default="")),
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
                ("entry", models.BigIntegerField(db_default=0, default=0)),
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
                            ("project_control_group", "In the project's control group"),
                            ("control_group", "In the control group"),
                            ("excluded", "Excluded"),
                            ("condition_failed", "Its condition did not hold any more"),
                            ("entered_before", "They had it not long ago"),
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
                            ("erased", "The person was erased"),
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
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
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
                        fields=("run", "profile", "entry"),
                        name="one_row_per_entry",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("send_key__isnull", False)),
                        fields=("project", "send_key", "run", "entry"),
                        name="one_message_per_entry",
                    ),
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
            name="ErasedPhone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(max_length=32)),
                ("blocked", models.BooleanField(default=False)),
                ("marketing_stopped", models.BooleanField(default=False)),
                (
                    "source",
                    models.CharField(
                        blank=True,
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
                ("stopped_at", models.DateTimeField(null=True)),
                ("marketing_stopped_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField()),
                ("walked_to", models.BigIntegerField(default=0)),
                ("walked_at", models.DateTimeField(null=True)),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erased_phones",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "digest"), name="one_erased_phone")
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("people", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("prepared_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
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
                        related_name="erasures",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=["id"],
                        name="erasure_unfinished",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasedProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("profile_id", models.BigIntegerField()),
                ("erased_at", models.DateTimeField(null=True)),
                ("looked_again_at", models.DateTimeField(null=True)),
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
                    "erasure",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profiles",
                        to="campaigns.erasure",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("erased_at__isnull", True)),
                        fields=["id"],
                        name="erased_profile_waiting",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("erased_at__isnull", False), ("looked_again_at__isnull", True)
                        ),
                        fields=["id"],
                        name="erased_profile_once_more",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("erasure", "profile_id"), name="one_erased_profile"
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
                            ("events", "Events"),
                            ("inbound", "What people wrote"),
                            ("opt_outs", "Opt-outs"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "format",
                    models.CharField(
                        choices=[("csv", "CSV"), ("xlsx", "Excel workbook")],
                        db_default="csv",
                        default="csv",
                        max_length=4,
                    ),
                ),
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
                ("sheet", models.CharField(blank=True, db_default="", default="", max_length=100)),
                ("default_country", models.CharField(blank=True, max_length=2)),
                ("new_subscribed", models.BooleanField(null=True)),
                (
                    "consent",
                    models.CharField(blank=True, db_default="", default="", max_length=500),
                ),
                ("only_whole_rows", models.BooleanField(db_default=False, default=False)),
                (
                    "new_list",
                    models.CharField(blank=True, db_default="", default="", max_length=100),
                ),
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
                ("incomplete", models.PositiveIntegerField(db_default=0, default=0)),
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
            name="MailWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ends_since", models.DateTimeField(null=True)),
                ("weekly_since", models.DateTimeField(null=True)),
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mail_wish",
                        to="providers.membership",
                    ),
                ),
            ],
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
                        choices=[
                            (0, "Tests, replies and confirmations"),
                            (1, "Campaigns"),
                            (2, "Messages of programs"),
                        ]
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
                        condition=models.Q(("lane", 2), ("state", 0)),
                        fields=["project", "due_at", "message"],
                        name="outbox_direct",
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
        migrations.CreateModel(
            name="MessageView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("filters", models.JSONField(default=dict)),
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
                        related_name="+",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="one_message_view")
                ],
            },
        ),
        migrations.CreateModel(
            name="PeopleChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("opt_out", "Opt out"),
                            ("test", "Make test profiles"),
                            ("no_test", "Make ordinary profiles"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "Under way"),
                            ("done", "Done"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("people", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("walked_to", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("is_final", models.BooleanField(default=False)),
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
                        related_name="people_changes",
                        to="providers.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PeopleCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("people", models.PositiveBigIntegerField()),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people_counts",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "day"), name="one_people_count_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PeopleView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("rule", models.JSONField(default=dict)),
                ("order", models.CharField(max_length=10)),
                ("columns", models.JSONField(default=list)),
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
                        related_name="+",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="one_people_view")
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
            name="ProfileWords",
            fields=[
                (
                    "profile",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="campaigns.profile",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("name_key", models.CharField(db_collation="C", max_length=80, null=True)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], name="profile_words"
                    ),
                    models.Index(
                        condition=models.Q(("name_key__isnull", False)),
                        fields=["name_key", "profile"],
                        name="people_by_name",
                    ),
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
        migrations.CreateModel(
            name="GoalEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("fingerprint", models.BigIntegerField()),
                (
                    "noted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "look_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
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
                "indexes": [models.Index(fields=["look_at"], name="goal_event_due")],
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
            name="ChangedPerson",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "change_id",
                        "profile_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("was", models.BooleanField(null=True)),
                ("changed_at", models.DateTimeField(null=True)),
                (
                    "change",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.peoplechange",
                    ),
                ),
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
            ],
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
            name="PropertyChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("rename", "Renamed"),
                            ("retype", "Read as another type"),
                            ("delete", "Deleted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("old_name", models.CharField(max_length=120)),
                ("new_name", models.CharField(blank=True, max_length=120)),
                ("read_as", models.CharField(blank=True, max_length=10)),
                ("is_copied", models.BooleanField(default=False)),
                ("walked_to", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.profileproperty",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "old_name"), name="one_property_change"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RateCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("valid_from", models.DateField()),
                ("prices", models.JSONField()),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rate_cards",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "rate card",
            },
        ),
        migrations.CreateModel(
            name="ReportMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week", models.DateField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("held_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "wish",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="campaigns.mailwish",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at__isnull", True)),
                        fields=["id"],
                        name="mail_to_send",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("wish", "campaign"), name="one_mail_a_campaign"
                    ),
                    models.UniqueConstraint(fields=("wish", "week"), name="one_mail_a_week"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("campaign__isnull", False), ("week__isnull", True)),
                            models.Q(("campaign__isnull", True), ("week__isnull", False)),
                            _connector="OR",
                        ),
                        name="mail_about_one_thing",
                    ),
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
            name="SegmentMember",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "campaign_id",
                        "profile_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.profile",
                    ),
                ),
            ],
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
                ("words", models.CharField(blank=True, db_default="", default="", max_length=500)),
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
                    ),
                    models.Index(
                        condition=models.Q(
                            ("source__in", ("keyword", "button", "whatsapp")), ("value", True)
                        ),
                        fields=["project", "at"],
                        name="people_who_left",
                    ),
                ],
            },
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
            name="Trigger",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("match_key", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("times", models.IntegerField(default=1)),
                ("properties", models.JSONField(default=dict)),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("broken_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=24)),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.profile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["campaign", "due_at"],
                        name="trigger_due",
                    ),
                    models.Index(fields=["campaign", "match_key", "at"], name="trigger_of_person"),
                    models.Index(
                        condition=models.Q(("reason__gt", "")),
                        fields=["ended_at"],
                        name="trigger_left_out",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("campaign", "match_key"),
                        name="one_open_trigger",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnsavedDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "campaign",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unsaved_drafts",
                        to="campaigns.campaign",
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("campaign__isnull", False)),
                        fields=("by", "campaign"),
                        name="one_unsaved_draft",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("campaign__isnull", True)),
                        fields=("by", "project"),
                        name="one_unsaved_new_draft",
                    ),
                ],
            },
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
            name="Conversion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "who",
                    models.SmallIntegerField(
                        choices=[
                            (0, "Sent a message"),
                            (1, "To be sent one, and never was"),
                            (2, "In the campaign's control group"),
                            (3, "In the project's control group"),
                        ]
                    ),
                ),
                ("at", models.DateTimeField()),
                ("fingerprint", models.BigIntegerField()),
                ("value", models.DecimalField(decimal_places=3, max_digits=13, null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                (
                    "credited_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
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
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.message",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
                "indexes": [models.Index(fields=["message"], name="conversion_by_message")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "kind", "at", "fingerprint"), name="one_conversion"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WordsDue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["first"], name="words_due")],
            },
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
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                        condition=models.Q(("outcome", "")),
                        fields=("campaign",),
                        name="one_open_approval",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="winner",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="campaigns.variant",
            ),
        ),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for statement in (
                storage.MESSAGE,
                storage.OUTBOX,
                storage.TALLY,
                event_days.DAYS,
                LEFT_BEHIND,
            )
        ),
    ]
