from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0016_unreadable_values")]

    operations = [
        migrations.AddField(
            model_name="signintry",
            name="neighbourhood",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
