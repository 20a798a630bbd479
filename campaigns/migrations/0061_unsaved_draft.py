"""What somebody has written in a draft's form and not saved yet."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0060_conversions'),
        ('providers', '0022_api_answers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UnsavedDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.TextField(null=True)),
                ('kept_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='unsaved_drafts', to='campaigns.campaign')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='providers.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('campaign__isnull', False)), fields=('by', 'campaign'), name='one_unsaved_draft'), models.UniqueConstraint(condition=models.Q(('campaign__isnull', True)), fields=('by', 'project'), name='one_unsaved_new_draft')],
            },
        ),
    ]
