"""A set time by each person's own clocks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0069_trigger_left_out")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="own_time",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "The project's: everybody's turn comes at the same moment"),
                    ("next_day", "Each person's own; whoever is past it gets it the next day"),
                    ("leave_out", "Each person's own; whoever is past it doesn't get it"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
    ]
