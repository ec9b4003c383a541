"""Making people and giving them their place in a firm: the one home of these writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role

if TYPE_CHECKING:
    from django.db.models import Model


@dataclass(frozen=True)
class Appointed:
    """Who was appointed, and whether the account is new."""

    user: User
    created: bool


def somebody(email: str) -> User | None:
    """The person with this e-mail address, whatever its case."""
    return User.objects.filter(email__iexact=email.strip()).first()


@transaction.atomic
def appoint_administrator(firm: Firm, email: str, name: str, password: str | None) -> Appointed:
    """Make the person with `email` an administrator of `firm`; a new account gets `name` and `password`.

    Somebody who has an account keeps their name and password. Without a password nobody can sign in with one.
    Raises ValidationError for a weak password.
    """
    appointed = _account(email, name, password)
    Membership.objects.get_or_create(user=appointed.user, firm=firm, role=Role.ADMINISTRATOR, debtor=None)
    return appointed


@transaction.atomic
def appoint_accountant(firm: Firm, email: str, name: str, debtors: "Iterable[Model]") -> Appointed:
    """Make the person with `email` an accountant of these debtors of `firm`, beside those they already have.

    A new account has no password. `debtors` are rows of debtors.Debtor, which this room does not import.
    """
    appointed = _account(email, name, None)
    for debtor in debtors:
        Membership.objects.get_or_create(user=appointed.user, firm=firm, role=Role.ACCOUNTANT, debtor_id=debtor.pk)
    return appointed


def _account(email: str, name: str, password: str | None) -> Appointed:
    user = somebody(email)
    if user is not None:
        return Appointed(user, created=False)
    if password is not None:
        validate_password(password, User(email=email, name=name))
    return Appointed(User.objects.create_user(email, name, password), created=True)
