"""A property may hold lists of texts. Nothing of the database changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0029_custom_events")]

    operations = [
        migrations.AlterField(
            model_name="profileproperty",
            name="type",
            field=models.CharField(
                choices=[
                    ("text", "Text"),
                    ("number", "Number"),
                    ("boolean", "Yes or no"),
                    ("date", "Date"),
                    ("texts", "List of texts"),
                ],
                max_length=10,
            ),
        )
    ]
