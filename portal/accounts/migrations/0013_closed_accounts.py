from typing import Any

from django.db import migrations, models
from django.utils import timezone


def closed_now(apps: Any, _schema: Any) -> None:
    """When accounts were closed until today is not known: their year begins now."""
    users = apps.get_model("accounts", "User").objects
    users.filter(is_active=False, closed_at__isnull=True).update(closed_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_review_of_switches_and_teams")]

    operations = [
        migrations.AddField("user", "closed_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("reviewline", "starts", models.DateTimeField(null=True, verbose_name="from")),
        migrations.AddField("reviewline", "closed", models.BooleanField(default=False)),
        migrations.RunPython(closed_now, migrations.RunPython.noop),
    ]
