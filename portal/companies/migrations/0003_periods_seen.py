import django.db.models.deletion
from django.db import migrations, models


def begin(apps, schema_editor):
    """What is the current period now is the first one that we saw of each company."""
    current = apps.get_model('companies', 'CurrentPeriod')._base_manager
    seen = apps.get_model('companies', 'PeriodSeen')
    rows = current.values_list('company', 'year', 'number', 'last_changed')
    seen.objects.bulk_create(
        [seen(company_id=company, year=year, number=number, seen_at=moment) for company, year, number, moment in rows],
        batch_size=500,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0002_records'),
    ]

    operations = [
        migrations.CreateModel(
            name='PeriodSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('number', models.PositiveSmallIntegerField(verbose_name='period')),
                ('seen_at', models.DateTimeField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods_seen', to='companies.company')),
            ],
            options={
                'ordering': ['-seen_at', '-pk'],
                'indexes': [models.Index(fields=['company', '-seen_at'], name='period_seen_company')],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
