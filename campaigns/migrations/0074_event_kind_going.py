"""Names of events that are deleted in the background."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0073_forgotten_up_to")]

    operations = [
        migrations.AddField(
            model_name="eventkind",
            name="going_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
