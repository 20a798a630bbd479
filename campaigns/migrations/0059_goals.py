"""What a campaign is to bring about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0058_labels")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="goal",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="decides_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("read", "Viewed"),
                    ("clicked", "Clicked"),
                    ("replied", "Replied"),
                    ("converted", "Reached the goal"),
                ],
                db_default="read",
                default="read",
                max_length=10,
            ),
        ),
    ]
