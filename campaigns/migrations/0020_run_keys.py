"""What kind a campaign is, which day a run is for, and until when a message may go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0019_audience_is_chosen")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="kind",
            field=models.CharField(
                choices=[("once", "Once")],
                db_default="once",
                default="once",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="due_key",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                fields=("campaign", "due_key"), name="one_run_a_planned_day"
            ),
        ),
        migrations.AddField(
            model_name="outbox",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("state", 0)),
                fields=["expires_at"],
                name="outbox_expiring",
            ),
        ),
    ]
