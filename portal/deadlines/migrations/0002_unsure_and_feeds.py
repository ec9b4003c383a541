"""Which dates are to be checked, and calendar addresses of one client.

Dates count as to be checked until the worker has worked them out again (portal.deadlines.tasks.catch_up).
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deadlines", "0001_initial"),
        ("debtors", "0003_guids"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            migrations.AddField(model, name, models.BooleanField(default=True))
            for model, name in (
                ("deadline", "unsure"),
                ("periodstate", "pay_unsure"),
                ("periodstate", "return_unsure"),
                ("periodstate", "pension_unsure"),
                ("periodstate", "next_unsure"),
            )
        ),
        migrations.AlterField(
            "calendarfeed",
            "user",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="calendar_feeds",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "calendarfeed",
            "debtor",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="calendar_feeds",
                to="debtors.debtor",
            ),
        ),
        migrations.AddConstraint(
            "calendarfeed", models.UniqueConstraint(fields=["user", "debtor"], name="calendar_feed_of_client")
        ),
        migrations.AddConstraint(
            "calendarfeed",
            models.UniqueConstraint(
                condition=models.Q(debtor__isnull=True), fields=["user"], name="calendar_feed_of_all"
            ),
        ),
    ]
