"""Who there is and what they may see: people, memberships, teams, requests, invitations and reviews."""

from portal.accounts.models.invitations import Invitation
from portal.accounts.models.memberships import Membership, Switch
from portal.accounts.models.people import Firm, FirmLogo, User
from portal.accounts.models.requests import AccessRequest, RequestState
from portal.accounts.models.reviews import AccessReview, Decision, LogReview, ReviewedKind, ReviewLine
from portal.accounts.models.single_sign_on import SignOnIdentity, SingleSignOn
from portal.accounts.models.teams import Deputy, TagRule, Team, TeamDebtor, TeamMember

__all__ = [
    "AccessRequest",
    "AccessReview",
    "Decision",
    "Deputy",
    "Firm",
    "FirmLogo",
    "Invitation",
    "LogReview",
    "Membership",
    "RequestState",
    "ReviewLine",
    "ReviewedKind",
    "SignOnIdentity",
    "SingleSignOn",
    "Switch",
    "TagRule",
    "Team",
    "TeamDebtor",
    "TeamMember",
    "User",
]
