"""Mails to people about their own account, in their language."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

from portal.accounts.models import User

log = logging.getLogger(__name__)


def tell(user: User, template: str) -> bool:
    """Send the person the mail `template`; returns whether it could be sent. Not inside a transaction."""
    with translation.override(user.language):
        context = {"portal_url": settings.PORTAL_URL}
        subject = render_to_string(f"{template}_subject.txt", context).strip()
        text = render_to_string(f"{template}_message.txt", context)
        try:
            send_mail(subject, text, None, [user.email])
        except OSError as error:
            log.error("user %s: the mail %s could not be sent: %s", user.pk, template, type(error).__name__)
            return False
    return True
