from django.db import migrations, models

BY = [
    ("one", "One message for everybody"),
    ("split", "Several, split by shares"),
    ("language", "Each person's language"),
    ("property", "A property's value"),
]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0051_people_view")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="variants_by",
            field=models.CharField(
                blank=True, choices=BY, db_default="one", default="one", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="by_property",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="variant",
            name="share",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="variant",
            name="fits",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
