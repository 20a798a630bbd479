import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0062_rate_cards'),
        ('providers', '0022_api_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ends_since', models.DateTimeField(null=True)),
                ('weekly_since', models.DateTimeField(null=True)),
                ('membership', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mail_wish', to='providers.membership')),
            ],
        ),
        migrations.CreateModel(
            name='ReportMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('held_until', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.campaign')),
                ('wish', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='campaigns.mailwish')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['id'], name='mail_to_send')],
                'constraints': [models.UniqueConstraint(fields=('wish', 'campaign'), name='one_mail_a_campaign'), models.UniqueConstraint(fields=('wish', 'week'), name='one_mail_a_week'), models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('week__isnull', True)), models.Q(('campaign__isnull', True), ('week__isnull', False)), _connector='OR'), name='mail_about_one_thing')],
            },
        ),
    ]
