"""A day's events are counted in parts, so that who stores at once doesn't wait for each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0079_messages_of_days")]

    operations = [
        migrations.AddField(
            model_name="eventkindday",
            name="part",
            field=models.SmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RemoveConstraint(model_name="eventkindday", name="one_event_day"),
        migrations.AddConstraint(
            model_name="eventkindday",
            constraint=models.UniqueConstraint(
                fields=("kind", "day", "part"), name="one_event_day_part"
            ),
        ),
    ]
