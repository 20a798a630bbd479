from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0024_api_key_daily_sends")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="needs_approval",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="campaigns need approval"
            ),
        ),
    ]
