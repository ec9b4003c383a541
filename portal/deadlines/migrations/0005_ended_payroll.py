"""What of a company has ended, and why there is nothing to do in a period.

Rows say so once the worker has worked them out again (portal.deadlines.tasks.catch_up).
"""

from django.db import migrations, models

LAPSE = models.CharField(
    blank=True, choices=[("nobody", "nobody in service"), ("stopped", "payroll ended")], default="", max_length=10
)


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0004_open_returns")]

    operations = [
        migrations.AddField("arrangement", "payroll_end", models.DateField(null=True)),
        migrations.AddField("arrangement", "payroll_end_reason", models.CharField(blank=True, max_length=200)),
        migrations.AddField("arrangement", "pension_end", models.DateField(null=True)),
        migrations.AddField("arrangement", "pension_end_reason", models.CharField(blank=True, max_length=200)),
        migrations.AddField("deadline", "lapse", LAPSE),
        migrations.AddField("periodstate", "lapse", LAPSE.clone()),
    ]
