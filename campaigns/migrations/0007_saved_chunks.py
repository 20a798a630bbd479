
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0006_profile_by_phone'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='import',
            name='saved_up_to',
        ),
        migrations.AddField(
            model_name='import',
            name='saved_chunks',
            field=models.JSONField(default=list),
        ),
    ]
