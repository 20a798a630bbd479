
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0005_profile_by_name'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='profile',
            name='profile_by_phone',
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(fields=['match_key', 'project'], name='profile_by_phone'),
        ),
    ]
