"""How a firm looks to its people: name, logo and colour. The one home of these writes."""

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction

from portal.accounts.grants import firms_of
from portal.accounts.models import Firm, FirmLogo
from portal.audit.kinds import Kind
from portal.audit.recording import record

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User


def logo_of(user: "User | AnonymousUser | None") -> bytes | None:
    """The logo of the one firm in which the person has a place, a PNG; None for people of several firms."""
    firms = firms_of(user)
    if len(firms) != 1:
        return None
    image = FirmLogo.objects.filter(firm__in=firms).values_list("image", flat=True).first()
    return None if image is None else bytes(image)


@transaction.atomic
def change(firm: Firm, *, name: str, accent: str, logo: bytes | None = None, without_logo: bool = False) -> list[str]:
    """Keep what is new and enter it in the trail; `logo` None leaves the logo as it is. Returns what was changed."""
    kept = Firm.objects.select_for_update().get(pk=firm.pk)
    wanted = {"name": name, "accent": accent}
    if logo is not None:
        wanted["logo_mark"] = hashlib.sha256(logo).hexdigest()[:16]
    elif without_logo:
        wanted["logo_mark"] = ""
    changed = [field for field, value in wanted.items() if getattr(kept, field) != value]
    if not changed:
        return []
    for field in changed:
        setattr(kept, field, wanted[field])
    kept.save(update_fields=changed)
    if "logo_mark" in changed:
        if logo is None:
            FirmLogo.objects.filter(firm=kept).delete()
        else:
            FirmLogo.objects.update_or_create(firm=kept, defaults={"image": logo})
    fields = ["logo" if field == "logo_mark" else field for field in changed]
    record(Kind.SETTINGS_CHANGED, kept, detail={"what": "branding", "fields": fields})
    return fields
