from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0041_room_in_event_days")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="control_percent",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, validators=[MaxValueValidator(50)]
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="most_people",
            field=models.PositiveIntegerField(
                blank=True, null=True, validators=[MinValueValidator(100)]
            ),
        ),
    ]
