"""What a new installation begins with: all up to 0016 in one, which takes a quarter of their time.

One that has migrated goes on along the others; they can go once no supported version stands before
0016."""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

storage = import_module("callbacks.migrations.0007_storage")


class Migration(migrations.Migration):
    replaces = [
        ("callbacks", "0001_initial"),
        ("callbacks", "0002_initial"),
        ("callbacks", "0003_initial"),
        ("callbacks", "0004_leases_and_last_calls"),
        ("callbacks", "0005_inbound_number"),
        ("callbacks", "0006_names_and_troubles"),
        ("callbacks", "0007_storage"),
        ("callbacks", "0008_told_by_gupshup"),
        ("callbacks", "0009_inbox"),
        ("callbacks", "0010_inbound_files"),
        ("callbacks", "0011_people_without_a_number"),
        ("callbacks", "0012_unread_conversations"),
        ("callbacks", "0013_inbound_message_name"),
        ("callbacks", "0014_slim_parking"),
        ("callbacks", "0015_referral"),
        ("callbacks", "0016_file_due_at"),
    ]

    initial = True

    dependencies = [
        ("campaigns", "0033_event_words"),
        ("providers", "0017_neighbourhoods"),
        ("templates_app", "0007_reading"),
    ]

    operations = [
        migrations.CreateModel(
            name="LastCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("endpoint", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
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
                    models.UniqueConstraint(fields=("project", "endpoint"), name="one_last_call")
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("endpoint", models.CharField(max_length=10)),
                ("method", models.CharField(max_length=7)),
                ("content_type", models.CharField(blank=True, max_length=200)),
                ("query", models.TextField(blank=True)),
                ("body", models.BinaryField()),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (0, "Waiting"),
                            (1, "Applied"),
                            (2, "Not understood"),
                            (3, "Failed"),
                        ],
                        default=0,
                    ),
                ),
                ("tries", models.SmallIntegerField(default=0)),
                (
                    "due_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("kind", models.CharField(blank=True, default="", max_length=10)),
                ("facts", models.IntegerField(default=0)),
                ("applied", models.IntegerField(default=0)),
                ("parked", models.IntegerField(default=0)),
                ("left_out", models.IntegerField(db_default=0, default=0)),
                ("foreign_count", models.IntegerField(default=0)),
                ("rejected", models.JSONField(default=list)),
                ("problem", models.TextField(blank=True, default="")),
                ("processed_at", models.DateTimeField(null=True)),
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
                "verbose_name": "callback",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", 0)), fields=["id"], name="receipt_waiting"
                    ),
                    models.Index(fields=["project", "id"], name="receipt_walk"),
                    models.Index(
                        condition=models.Q(("state__in", [2, 3])),
                        fields=["project", "id"],
                        name="receipt_troubles",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountNews",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("receipt_number", models.BigIntegerField()),
                ("field", models.CharField(max_length=100)),
                ("event", models.CharField(blank=True, max_length=200)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("outcome", models.CharField(max_length=400)),
                ("received_at", models.DateTimeField()),
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
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="templates_app.template",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="callbacks.receipt",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "account news",
                "indexes": [
                    models.Index(fields=["project", "field", "subject"], name="account_news_about")
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16)),
                ("match_key", models.BigIntegerField(null=True)),
                (
                    "person_id",
                    models.CharField(blank=True, db_default="", default="", max_length=140),
                ),
                ("wa_number", models.CharField(blank=True, default="", max_length=16)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("type", models.CharField(max_length=30)),
                ("text", models.TextField(blank=True)),
                ("payload", models.TextField(blank=True)),
                ("media", models.JSONField(null=True)),
                ("location", models.JSONField(null=True)),
                ("referral", models.JSONField(null=True)),
                ("reply_to", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "consequence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Nothing"),
                            ("opted_out", "Opted out"),
                            ("opted_in", "Opted in"),
                            ("auto_replied", "Auto-replied"),
                            ("held_known", "No auto-reply: a profile has this phone"),
                            ("held_off", "No auto-reply: it is switched off"),
                            ("held_pause", "No auto-reply: this phone got one lately"),
                            ("held_daily", "No auto-reply: this phone's daily limit"),
                            ("held_own", "No auto-reply: your own number"),
                            ("held_old", "No auto-reply: older than 24 hours"),
                            ("held_type", "No auto-reply: a reaction"),
                            ("held_blocked", "No auto-reply: this phone opted out"),
                            ("held_repeated", "No auto-reply: the same text again and again"),
                            ("held_no_phone", "No auto-reply: no phone number"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "file_state",
                    models.SmallIntegerField(
                        choices=[
                            (0, "No file"),
                            (1, "Being fetched"),
                            (2, "Kept"),
                            (3, "Not fetched"),
                        ],
                        db_default=0,
                        default=0,
                    ),
                ),
                ("file_due_at", models.DateTimeField(null=True)),
                ("file_tries", models.SmallIntegerField(db_default=0, default=0)),
                ("file", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "file_problem",
                    models.CharField(blank=True, db_default="", default="", max_length=200),
                ),
                (
                    "answers",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.message",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inbound_messages",
                        to="providers.conversation",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="inbound_messages",
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
                (
                    "reply_message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.message",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="callbacks.receipt",
                    ),
                ),
            ],
            options={
                "verbose_name": "inbound message",
                "indexes": [
                    models.Index(fields=["project", "-id"], name="inbound_recent"),
                    models.Index(fields=["conversation", "-id"], name="inbound_talk"),
                    models.Index(
                        condition=models.Q(("file_state", 1)),
                        fields=["id"],
                        name="inbound_files_wanted",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "digest"), name="one_inbound_message"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ParkedFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fact", models.JSONField()),
                ("names", models.BigIntegerField(null=True)),
                ("external_id", models.CharField(blank=True, default="", max_length=100)),
                ("tries", models.SmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
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
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parked_facts",
                        to="callbacks.receipt",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["due_at"], name="parked_due"),
                    models.Index(fields=["project", "external_id"], name="parked_by_external_id"),
                    models.Index(
                        condition=models.Q(("names", 0)), fields=["due_at"], name="parked_unnamed"
                    ),
                ],
            },
        ),
        migrations.RunSQL(storage.RECEIPT, migrations.RunSQL.noop),
        migrations.RunSQL(storage.PARKED, migrations.RunSQL.noop),
    ]
