from typing import Any

from django.db import migrations, models
from django.utils import timezone


def who_closed(apps: Any, _schema: Any) -> None:
    """The firms that closed what is closed now.

    A firm where places waited for a return closed the account, and so did one whose trail says so and nothing of
    opening it since. Where both are gone it may have been any firm that knew the person.
    """
    user, membership, member = (apps.get_model("accounts", name) for name in ("User", "Membership", "TeamMember"))
    entry, closed_by = apps.get_model("audit", "Entry"), user.closed_by.through
    closed = list(user.objects.filter(is_active=False))
    last: dict[tuple[int, int], str] = {}
    told = entry.objects.filter(kind__in=["user_disabled", "user_enabled"], object_type="user", firm_id__isnull=False)
    for about, firm, kind in told.order_by("number").values_list("object_id", "firm_id", "kind"):
        last[about, firm] = kind
    firms = set(apps.get_model("accounts", "Firm").objects.values_list("pk", flat=True))
    for one in closed:
        own = membership.objects.filter(user=one)
        lasting = models.Q(ends__isnull=True) | models.Q(ends__gt=one.closed_at or timezone.now())
        found = {
            *own.filter(lasting).values_list("firm_id", flat=True),
            *member.objects.filter(user=one).values_list("team__firm_id", flat=True),
            *(firm for (about, firm), kind in last.items() if about == one.pk and kind == "user_disabled"),
        } & firms
        found = found or set(own.values_list("firm_id", flat=True))
        closed_by.objects.bulk_create(closed_by(user_id=one.pk, firm_id=firm) for firm in sorted(found))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_closed_accounts"), ("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            "user", "closed_by", models.ManyToManyField("accounts.firm", editable=False, related_name="+")
        ),
        migrations.RunPython(who_closed, migrations.RunPython.noop),
    ]
