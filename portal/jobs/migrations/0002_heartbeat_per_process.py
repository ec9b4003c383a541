from django.db import migrations, models


class Migration(migrations.Migration):
    """One heartbeat for each process. The old single row says nothing about one, so it is not carried over."""

    dependencies = [
        ('jobs', '0001_initial'),
    ]

    operations = [
        migrations.DeleteModel(name='Heartbeat'),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=150, primary_key=True, serialize=False)),
                ('started', models.DateTimeField()),
                ('beat_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-beat_at', 'name'],
            },
        ),
    ]
