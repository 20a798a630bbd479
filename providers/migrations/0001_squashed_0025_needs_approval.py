"""What a new installation begins with: all up to 0025 in one, which takes a quarter of their time.

One that has migrated goes on along the others; they can go once no supported version stands before
0025."""

from importlib import import_module

import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import providers.models.fields
import providers.models.invitation
import providers.models.project

append_only = import_module("providers.migrations.0005_audit_log")
installation = import_module("providers.migrations.0006_trial_and_installation")

CONVERSATION_BY_NAME = (
    "CREATE INDEX conversation_by_name ON providers_conversation"
    " (project_id, upper(name) text_pattern_ops)"
)


class Migration(migrations.Migration):
    replaces = [
        ("providers", "0001_initial"),
        ("providers", "0002_member_names"),
        ("providers", "0003_incident_kinds"),
        ("providers", "0004_tests_and_verifications"),
        ("providers", "0005_audit_log"),
        ("providers", "0006_trial_and_installation"),
        ("providers", "0007_networks_and_diagnoses"),
        ("providers", "0008_signing_in"),
        ("providers", "0009_told_by_gupshup"),
        ("providers", "0010_breakers"),
        ("providers", "0011_inbox"),
        ("providers", "0012_callback_incidents"),
        ("providers", "0013_people_without_a_number"),
        ("providers", "0014_reckonable_spans"),
        ("providers", "0015_unread_conversations"),
        ("providers", "0016_unreadable_values"),
        ("providers", "0017_neighbourhoods"),
        ("providers", "0018_one_clock"),
        ("providers", "0019_api_keys"),
        ("providers", "0020_project_control_group"),
        ("providers", "0021_frequency_caps"),
        ("providers", "0022_api_answers"),
        ("providers", "0023_segment_rush"),
        ("providers", "0024_api_key_daily_sends"),
        ("providers", "0025_needs_approval"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("skew", models.FloatField(default=0.0)),
            ],
        ),
        migrations.CreateModel(
            name="ObservedIP",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.GenericIPAddressField(unique=True)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "account_id",
                    models.CharField(
                        default=providers.models.project.new_account_id, max_length=12, unique=True
                    ),
                ),
                ("time_zone", models.CharField(default="Asia/Kolkata", max_length=64)),
                (
                    "default_country",
                    models.CharField(
                        default="IN",
                        help_text="Two letters. Numbers without a country code are read as this country's.",
                        max_length=2,
                    ),
                ),
                (
                    "imported_as_subscribed",
                    models.BooleanField(
                        blank=True,
                        default=None,
                        help_text="What MSG-whatsapp becomes for imported people when the file has no such column.",
                        null=True,
                    ),
                ),
                (
                    "opt_out_words",
                    models.JSONField(default=providers.models.project.default_opt_out_words),
                ),
                (
                    "opt_in_words",
                    models.JSONField(default=providers.models.project.default_opt_in_words),
                ),
                (
                    "opt_out_confirmation",
                    models.TextField(
                        blank=True,
                        default="You will not get any more messages from us. Reply START to undo this.",
                    ),
                ),
                (
                    "opt_in_confirmation",
                    models.TextField(
                        blank=True, default="Welcome back! You will get our messages again."
                    ),
                ),
                (
                    "reply_window_hours",
                    models.PositiveIntegerField(
                        default=72,
                        help_text="A reply counts for the last campaign message sent within this many hours.",
                        validators=[django.core.validators.MaxValueValidator(8760)],
                    ),
                ),
                (
                    "auto_reply_pause_minutes",
                    models.PositiveIntegerField(
                        default=60, validators=[django.core.validators.MaxValueValidator(525600)]
                    ),
                ),
                (
                    "auto_reply_daily_limit",
                    models.PositiveIntegerField(
                        default=5, validators=[django.core.validators.MaxValueValidator(1000)]
                    ),
                ),
                (
                    "control_percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(50)],
                        verbose_name="control group, in percent",
                    ),
                ),
                (
                    "most_per_day",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="messages to one person in 24 hours, at most",
                    ),
                ),
                (
                    "most_per_week",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="in 7 days, at most",
                    ),
                ),
                (
                    "most_per_month",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="in 30 days, at most",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="campaigns need approval"
                    ),
                ),
                ("requires_two_factor", models.BooleanField(default=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="email address"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=150, verbose_name="last name"),
                ),
                (
                    "sessions_number",
                    models.PositiveIntegerField(
                        default=0,
                        editable=False,
                        help_text="Raised to end all sessions of this person.",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="What uses it, like “Web shop”.", max_length=60),
                ),
                ("public_id", models.CharField(editable=False, max_length=12, unique=True)),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("scopes", models.JSONField(default=list)),
                ("networks", models.JSONField(blank=True, default=list)),
                ("sends_a_day", models.PositiveIntegerField(blank=True, null=True)),
                ("sent_on", models.DateField(editable=False, null=True)),
                (
                    "sent_today",
                    models.PositiveIntegerField(db_default=0, default=0, editable=False),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="made"
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                (
                    "revoked_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="revoked"),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="last used"),
                ),
                ("last_used_from", models.GenericIPAddressField(editable=False, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
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
                        related_name="api_keys",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("marketer", "Marketer"),
                            ("admin", "Project admin"),
                        ],
                        default="marketer",
                        max_length=10,
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "expires_at",
                    models.DateTimeField(default=providers.models.invitation.invitation_ends),
                ),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
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
                        related_name="invitations",
                        to="providers.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(default="gupshup", editable=False, max_length=20)),
                (
                    "nickname",
                    models.CharField(
                        help_text="A name for this set of credentials, seen by your team only.",
                        max_length=60,
                    ),
                ),
                (
                    "hsm_user_id",
                    providers.models.fields.EncryptedField(verbose_name="HSM account ID"),
                ),
                (
                    "hsm_password",
                    providers.models.fields.EncryptedField(verbose_name="HSM account password"),
                ),
                (
                    "two_way_user_id",
                    providers.models.fields.EncryptedField(verbose_name="Two-way account user ID"),
                ),
                (
                    "two_way_password",
                    providers.models.fields.EncryptedField(verbose_name="Two-way account password"),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="Your WhatsApp number at Gupshup, like +919000000001, or its shortcode.",
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(\\+[1-9]\\d{7,14}|\\d{3,8})$",
                                "Enter the number with + and country code, or a shortcode of 3 to 8 digits.",
                            )
                        ],
                        verbose_name="mobile number",
                    ),
                ),
                (
                    "auto_reply_enabled",
                    models.BooleanField(
                        default=False,
                        help_text="Answer people who write to you but are not among your profiles.",
                        verbose_name="auto-reply",
                    ),
                ),
                (
                    "auto_reply_text",
                    models.TextField(
                        blank=True, max_length=4096, verbose_name="auto-reply message"
                    ),
                ),
                (
                    "rate",
                    models.PositiveIntegerField(
                        default=20,
                        help_text="Messages per second, all campaigns together. Ask Gupshup before raising it.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5000),
                        ],
                        verbose_name="sending rate",
                    ),
                ),
                (
                    "opt_in_by",
                    models.CharField(
                        choices=[("kabootar", "Done by Kabootar"), ("elsewhere", "Done elsewhere")],
                        default="kabootar",
                        help_text="Gupshup wants each number opted in once before its first template.",
                        max_length=10,
                        verbose_name="opt-in at Gupshup",
                    ),
                ),
                (
                    "messaging_limit",
                    models.CharField(blank=True, default="", editable=False, max_length=30),
                ),
                ("messaging_limit_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "credentials_changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("trial_ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provider",
                        to="providers.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignInTry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=64)),
                (
                    "place",
                    models.CharField(
                        help_text="The address, or the browser if known.", max_length=64
                    ),
                ),
                ("address", models.CharField(max_length=64)),
                (
                    "neighbourhood",
                    models.CharField(blank=True, db_default="", default="", max_length=64),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["name", "-at"], name="sign_in_try_by_name"),
                    models.Index(fields=["address", "-at"], name="sign_in_try_by_address"),
                    models.Index(fields=["at"], name="sign_in_try_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TwoFactor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    providers.models.fields.EncryptedField(help_text="20 bytes, in hexadecimal."),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("last_step", models.BigIntegerField(default=-1, help_text="A code is good once.")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="two_factor",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("call", models.CharField(max_length=64)),
                ("status", models.SmallIntegerField()),
                ("body", models.TextField()),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), db_index=True
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.apikey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "name"), name="one_api_answer")
                ],
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("instance_id", models.CharField(max_length=200)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("foreign_id", models.CharField(blank=True, default="", max_length=200)),
                ("foreign_since", models.DateTimeField(null=True)),
                ("doubting_since", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_installation")
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("marketer", "Marketer"),
                            ("admin", "Project admin"),
                        ],
                        default="marketer",
                        max_length=10,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "member",
                "constraints": [
                    models.UniqueConstraint(fields=("project", "user"), name="one_membership")
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
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
                            ("credentials", "Gupshup refused the credentials"),
                            ("ip_refused", "Gupshup refused this server's IP address"),
                            ("balance", "The balance at Gupshup is used up"),
                            ("account", "Gupshup refused the account"),
                            ("outage", "Gupshup can't be reached"),
                            ("storm", "Too many messages failed"),
                            ("callbacks_silent", "Messages go out, but no reports come back"),
                            ("callbacks_refused", "Callbacks are refused"),
                            ("callbacks_lag", "Callbacks wait too long to be processed"),
                            ("callbacks_unmatched", "Many reports fit no message"),
                            ("values_unreadable", "Values of campaigns can't be read any more"),
                            ("segment_rush", "Very many people came into a segment at once"),
                        ],
                        max_length=30,
                    ),
                ),
                ("detail", models.TextField(blank=True)),
                ("count", models.PositiveIntegerField(default=1)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="incidents",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("project", "kind"),
                        name="one_open_incident",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("match_key", models.BigIntegerField()),
                ("opted_in", models.BooleanField()),
                ("code", models.CharField(blank=True, max_length=20)),
                ("answered_at", models.DateTimeField()),
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
                        fields=("project", "match_key"), name="one_gateway_consent"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Diagnosis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                (
                    "health",
                    models.CharField(
                        choices=[("pass", "Pass"), ("fail", "Fail"), ("unknown", "Unknown")],
                        max_length=10,
                    ),
                ),
                ("message", models.TextField(blank=True, default="")),
                ("way_out", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="diagnoses",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="one_diagnosis")
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "match_key",
                    models.BigIntegerField(
                        help_text="Digits by which WhatsApp's spellings are equal; without a phone, negative."
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16)),
                (
                    "person_id",
                    models.CharField(blank=True, db_default="", default="", max_length=140),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                ("last_inbound_at", models.DateTimeField(null=True)),
                ("window_until", models.DateTimeField(null=True)),
                ("seen_up_to", models.BigIntegerField(db_default=0, default=0)),
                ("is_unread", models.BooleanField(db_default=False, default=False)),
                ("auto_replied_at", models.DateTimeField(null=True)),
                ("auto_replies_on", models.DateField(null=True)),
                ("auto_replies_today", models.PositiveIntegerField(default=0)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversations",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "-last_inbound_at"], name="conversation_recent"
                    ),
                    models.Index(
                        condition=models.Q(("person_id", ""), _negated=True),
                        fields=["project", "person_id"],
                        name="conversation_by_person",
                    ),
                    models.Index(
                        condition=models.Q(("is_unread", True)),
                        fields=["project", "-last_inbound_at"],
                        name="conversation_unread",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "match_key"), name="one_conversation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallbackSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "network",
                    models.CharField(
                        help_text="IPv4 or IPv6, like 203.0.113.7 or 203.0.113.0/28.",
                        max_length=43,
                        verbose_name="address or range",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, help_text="For example: Gupshup, Mumbai.", max_length=60
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
                        related_name="callback_sources",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "network"), name="one_callback_source"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallbackKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "secret",
                    providers.models.fields.EncryptedField(
                        default=providers.models.project.new_callback_secret
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("retires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="callback_keys",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retires_at", None)),
                        fields=("project",),
                        name="one_current_callback_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("action", models.CharField(help_text='Like "campaign.published".', max_length=60)),
                (
                    "target_kind",
                    models.CharField(help_text='Like "campaigns.campaign".', max_length=60),
                ),
                ("target_id", models.CharField(max_length=40)),
                (
                    "changes",
                    models.JSONField(
                        default=list,
                        help_text="Per field its label and, where they tell nothing of a person, the old and the new value.",
                    ),
                ),
                ("note", models.CharField(max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        help_text="Where a program did it; then there is no person.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="providers.apikey",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
                "indexes": [
                    models.Index(fields=["project", "-id"], name="audit_by_project"),
                    models.Index(fields=["by", "-id"], name="audit_by_person"),
                    models.Index(fields=["target_kind", "target_id"], name="audit_by_target"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "digest"), name="one_recovery_code")
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusedCallback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(blank=True, max_length=43)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("key", "Wrong or old callback key"),
                            ("source", "Not from an accepted network"),
                        ],
                        max_length=10,
                    ),
                ),
                ("minute", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                (
                    "project",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["minute"], name="refused_callback_by_minute")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "reason", "minute", "network"),
                        name="one_refused_callback",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SendingIP",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "network",
                    models.CharField(
                        help_text="IPv4 or IPv6, like 203.0.113.7 or 203.0.113.0/28.",
                        max_length=43,
                        verbose_name="address or range",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, help_text="For example: server in Mumbai.", max_length=60
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sending_ips",
                        to="providers.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "sending address",
                "verbose_name_plural": "IP whitelist",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "network"), name="one_sending_ip", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Verification",
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
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("works", "Works"),
                            ("wrong_credentials", "Wrong credentials"),
                            ("ip_refused", "This server's IP is refused"),
                            ("unreachable", "Unreachable"),
                            ("unclear", "Can't tell"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("verify", "Verify"), ("test", "Send test")],
                        default="verify",
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("http_status", models.PositiveSmallIntegerField(null=True)),
                ("milliseconds", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verifications",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "account"), name="one_verification")
                ],
            },
        ),
        migrations.RunSQL(append_only.REFUSE, append_only.ALLOW),
        migrations.RunSQL(CONVERSATION_BY_NAME, "DROP INDEX conversation_by_name"),
        migrations.RunPython(
            installation.write_down_whose_database_this_is, migrations.RunPython.noop
        ),
    ]
