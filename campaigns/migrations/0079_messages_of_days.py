"""What an export of messages is called, now that it need not be about a campaign."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0078_starts_that_lost_people")]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="kind",
            field=models.CharField(
                choices=[
                    ("people", "People"),
                    ("messages", "Messages"),
                    ("results", "Results of campaigns"),
                    ("events", "Events"),
                    ("inbound", "What people wrote"),
                    ("opt_outs", "Opt-outs"),
                ],
                max_length=10,
                verbose_name="what",
            ),
        ),
    ]
