"""Live campaigns: what sets them off, and a trigger for each time that it has."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

OPEN = Q(("ended_at__isnull", True))


def loose_key(to: str, **options: object) -> models.Field:
    return models.ForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to=to,
        **options,
    )


def event_kind() -> models.Field:
    return models.ForeignKey(
        db_index=False,
        editable=False,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to="campaigns.eventkind",
    )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0055_versions")]

    operations = [
        migrations.AddField("campaign", "occasion", models.JSONField(blank=True, null=True)),
        migrations.AddField("campaign", "awaited", event_kind()),
        migrations.AddField("campaign", "averted_by", event_kind()),
        migrations.AlterField(
            "campaign",
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
        migrations.AddIndex(
            "campaign",
            models.Index(
                condition=Q(("awaited__isnull", False)),
                fields=["awaited"],
                name="campaign_awaits",
            ),
        ),
        migrations.AddIndex(
            "campaign",
            models.Index(
                condition=Q(("averted_by__isnull", False)),
                fields=["averted_by"],
                name="campaign_averted",
            ),
        ),
        migrations.AlterField(
            "run",
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
        migrations.AddIndex(
            "run",
            models.Index(
                condition=Q(("status", "standing")), fields=["campaign"], name="run_standing"
            ),
        ),
        migrations.AlterField(
            "message",
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
        migrations.CreateModel(
            name="Trigger",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("campaign", loose_key("campaigns.campaign", db_index=False)),
                ("profile", loose_key("campaigns.profile")),
                ("match_key", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("times", models.IntegerField(default=1)),
                ("properties", models.JSONField(default=dict)),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("broken_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=24)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=OPEN, fields=["campaign", "due_at"], name="trigger_due"
                    ),
                    models.Index(
                        fields=["campaign", "match_key", "at"], name="trigger_of_person"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=OPEN, fields=("campaign", "match_key"), name="one_open_trigger"
                    )
                ],
            },
        ),
    ]
