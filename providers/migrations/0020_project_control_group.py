from django.core.validators import MaxValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0019_api_keys")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="control_percent",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[MaxValueValidator(50)],
                verbose_name="control group, in percent",
            ),
        )
    ]
