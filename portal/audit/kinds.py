"""What the trail knows: the one list of acts, in words. The stored value of a kind never changes its meaning."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """How an act ended."""

    DONE = "done", _("carried out")
    REFUSED = "refused", _("refused")


class Kind(models.TextChoices):
    """An act, or a look at something sensitive."""

    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in refused")
    LOCKED_OUT = "locked_out", _("Sign-in locked after too many tries")
    REAUTHENTICATED = "reauthenticated", _("Identity confirmed again")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    PASSWORD_RESET_ASKED = "password_reset_asked", _("New password asked for")
    PASSWORD_RESET = "password_reset", _("Password reset")
    SIGN_ON_TIED = "sign_on_tied", _("Office account tied to the person")
    SECOND_FACTOR_ADDED = "second_factor_added", _("Second factor added")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("Second factor removed")
    SECOND_FACTOR_RESET = "second_factor_reset", _("Second factor reset by an administrator")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("Recovery codes made")
    RECOVERY_CODE_USED = "recovery_code_used", _("Recovery code used")
    SESSIONS_ENDED = "sessions_ended", _("Sessions ended")

    INVITED = "invited", _("Invitation sent")
    INVITATION_RESENT = "invitation_resent", _("Invitation sent again")
    INVITATION_WITHDRAWN = "invitation_withdrawn", _("Invitation withdrawn")
    INVITATION_ACCEPTED = "invitation_accepted", _("Invitation accepted")
    FIRM_ADDED = "firm_added", _("Firm added")
    USER_ADDED = "user_added", _("Account made")
    USER_CHANGED = "user_changed", _("Account changed")
    USER_DISABLED = "user_disabled", _("Account disabled")
    USER_ENABLED = "user_enabled", _("Account enabled")
    MEMBERSHIP_GIVEN = "membership_given", _("Access given")
    MEMBERSHIP_CHANGED = "membership_changed", _("Access changed")
    MEMBERSHIP_ENDED = "membership_ended", _("Access ended")
    TEAM_CHANGED = "team_changed", _("Team changed")
    RULE_CHANGED = "rule_changed", _("Rule for new clients changed")
    ACCESS_ASKED = "access_asked", _("Access asked for")
    ACCESS_GRANTED = "access_granted", _("Asked access granted")
    ACCESS_DECLINED = "access_declined", _("Asked access declined")
    ACCESS_TAKEN_BACK = "access_taken_back", _("Asked access no longer asked for")
    DEPUTY_CHANGED = "deputy_changed", _("Deputy changed")
    LOOK_AS_STARTED = "look_as_started", _("Began looking as somebody else")
    LOOK_AS_ENDED = "look_as_ended", _("Stopped looking as somebody else")
    ACCESS_EXPLAINED = "access_explained", _("Access explained")
    ACCESS_REVIEWED = "access_reviewed", _("Access reviewed")
    TRAIL_REVIEWED = "trail_reviewed", _("Audit trail reviewed")

    PERSON_READ = "person_read", _("Page of an employee read")
    LIST_READ = "list_read", _("List of personal data read")
    DOCUMENT_READ = "document_read", _("Document opened")
    REVEALED = "revealed", _("Hidden value shown")
    EXPORTED = "exported", _("Exported")
    REFUSED = "refused", _("Request refused")
    ADMIN_READ = "admin_read", _("Table read in Django's admin")

    RESYNC_ASKED = "resync_asked", _("Sync asked for")
    RESYNC_CANCELLED = "resync_cancelled", _("Sync cancelled")
    HOLD_ACCEPTED = "hold_accepted", _("Held answer accepted")
    HOLD_REJECTED = "hold_rejected", _("Held answer rejected")
    OPT_IN_CHANGED = "opt_in_changed", _("Choice about a sensitive kind changed")
    SETTINGS_CHANGED = "settings_changed", _("Settings changed")
    CONNECTION_ADDED = "connection_added", _("Connection to Nmbrs added")
    CONNECTION_CHANGED = "connection_changed", _("Connection to Nmbrs changed")
    KEYS_ROTATED = "keys_rotated", _("Keys changed")
    AGREEMENT_CHANGED = "agreement_changed", _("Role or agreement of a client changed")
    RETENTION_TERM_CHANGED = "retention_term_changed", _("Term for the data of a client changed")
    LEGAL_HOLD_PLACED = "legal_hold_placed", _("Legal hold placed on a client")
    LEGAL_HOLD_LIFTED = "legal_hold_lifted", _("Legal hold on a client lifted")
    RETENTION_RUN = "retention_run", _("Old personal data removed")
    DEBTOR_REMOVED = "debtor_removed", _("Data of a client removed")
    SUBJECT_EXPORTED = "subject_exported", _("Data of one employee handed out")

    TRAIL_ANCHORED = "trail_anchored", _("Head of the audit trail written to its file")
    TRAIL_SEALED = "trail_sealed", _("Old month of the audit trail sealed and dropped")
    TRAIL_LOSS = "trail_loss", _("Loss in the audit trail accepted")


#: Kinds that only change what the trail keeps of itself.
OWN = frozenset({Kind.TRAIL_ANCHORED, Kind.TRAIL_SEALED, Kind.TRAIL_LOSS})


def words(kind: str) -> str:
    """The words for a stored kind; one that this version does not know reads as it is stored."""
    return str(Kind(kind).label) if kind in Kind else kind
