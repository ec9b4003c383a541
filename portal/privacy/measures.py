"""What keeps the data safe, in general terms, as the records of processing tell it (GDPR art. 30 and 32)."""

from django.utils.translation import gettext_lazy as _

#: Each is so in every installation; docs/privacy.md, docs/access.md, docs/sign-in.md and docs/audit.md say how.
MEASURES = (
    _("everybody signs in with a second step"),
    _("rights by role and by client, with a review that is asked for once a year"),
    _("IBANs, tokens and second steps are encrypted, with keys outside the database"),
    _("cause and remark of an illness and the BSN itself are dropped before anything is stored"),
    _("an audit trail of what was read and done, in which later changes show"),
    _("backups are encrypted for a key that is not on the server"),
)
