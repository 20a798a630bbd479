"""How MSG-whatsapp of people began who came together is one row for all of them."""

import django.db.models.deletion
from django.db import migrations, models

# Of who came together, each gets a row of their own again.
EXPAND = """
INSERT INTO campaigns_subscriptionchange (project_id, profile_id, flag, value, source, at, words)
SELECT s.project_id, p.id, 'MSG-whatsapp', s.value, s.source, s.at, s.words
FROM campaigns_subscriptionstart s JOIN campaigns_profile p ON p.subscription_start_id = s.id
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0074_event_kind_going"), ("providers", "0025_needs_approval")]

    operations = [
        migrations.CreateModel(
            name="SubscriptionStart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("value", models.BooleanField()),
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
                ("at", models.DateTimeField()),
                (
                    "words",
                    models.CharField(blank=True, db_default="", default="", max_length=500),
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
        ),
        migrations.AddField(
            model_name="profile",
            name="subscription_start",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="campaigns.subscriptionstart",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, EXPAND),
    ]
