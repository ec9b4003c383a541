"""`manage.py mail_test ADDRESS`: whether mails of the portal leave this machine."""

import smtplib
import ssl
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.core.validators import validate_email

from portal.sync.notices import send

PRINTING = "django.core.mail.backends.console.EmailBackend"

#: What is wrong, by the type of the error; the first that fits. None of them repeats the server's text or a password.
WORDS: list[tuple[type[Exception], str]] = [
    (smtplib.SMTPAuthenticationError, "The mail server refuses the user or the password in MAIL_URL."),
    (smtplib.SMTPSenderRefused, "The mail server does not let this user send as MAIL_FROM ({sender})."),
    (smtplib.SMTPRecipientsRefused, "The mail server does not take mail for {address}."),
    (smtplib.SMTPNotSupportedError, "The mail server offers no encryption or no sign-in at this port; check MAIL_URL."),
    (smtplib.SMTPServerDisconnected, "The mail server hung up. Does the port in MAIL_URL go with tls or ssl?"),
    (smtplib.SMTPException, "The mail server refused the mail."),
    (ssl.SSLError, "No encrypted connection came about: another port, or a certificate that is not trusted."),
    (TimeoutError, "The mail server at {host}:{port} did not answer in time. Check the address and the firewall."),
    (ConnectionRefusedError, "Nothing listens at {host}:{port}. Check the address in MAIL_URL."),
    (OSError, "The mail server at {host}:{port} cannot be reached. Check the name in MAIL_URL and the network."),
]


class Command(BaseCommand):
    """Sends one mail with the portal's own settings."""

    help = "Send a test mail to ADDRESS, or say what keeps mails from being sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", metavar="ADDRESS")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"]
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"{address} is not an e-mail address.") from None
        mail = EmailMessage("Test of the payroll portal", "The payroll portal can send mail.", to=[address])
        try:
            send(mail)
        except OSError as error:
            # smtplib says that the server hung up when it only kept silent.
            silent = isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError)
            told = error.__context__ if silent else error
            words = next(words for kind, words in WORDS if isinstance(told, kind))
            said = words.format(
                address=address,
                sender=settings.DEFAULT_FROM_EMAIL,
                host=settings.EMAIL_HOST,
                port=settings.EMAIL_PORT,
            )
            code = f" (code {error.smtp_code})" if isinstance(error, smtplib.SMTPResponseException) else ""
            raise CommandError(f"{said}{code} Nothing was sent.") from None
        if settings.EMAIL_BACKEND == PRINTING:
            self.stdout.write("MAIL_URL names no mail server, so the mail was printed and not sent.")
        else:
            self.stdout.write(f"The mail server took a mail for {address}. Look whether it arrives.")
