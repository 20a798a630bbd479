import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('campaigns', '0063_mail_reports'),
        ('providers', '0022_api_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='PeopleCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('people', models.PositiveBigIntegerField()),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='people_counts', to='providers.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'day'), name='one_people_count_a_day')],
            },
        ),
        AddIndexConcurrently(
            model_name='subscriptionchange',
            index=models.Index(condition=models.Q(('source__in', ('keyword', 'button', 'whatsapp')), ('value', True)), fields=['project', 'at'], name='people_who_left'),
        ),
    ]
