"""Exports that programs ask for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0071_approvals"),
        ("providers", "0024_api_key_daily_sends"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="created_by_key",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="providers.apikey",
            ),
        ),
    ]
