"""What recurs: its days, and which of them comes next."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0053_ab_tests")]

    operations = [
        migrations.AlterField(
            model_name="campaign",
            name="kind",
            field=models.CharField(
                choices=[("once", "Once"), ("recurring", "Recurring")],
                db_default="once",
                default="once",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="schedule",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="sends_late",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="campaign",
            name="next_due_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="skipped_because",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(
                condition=Q(("next_due_at__isnull", False)),
                fields=["next_due_at"],
                name="campaign_due",
            ),
        ),
    ]
