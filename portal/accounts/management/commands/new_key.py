"""`manage.py new_key NAME`: a key of the settings is replaced, and later the one before it dropped."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.signin.rotation import outdated_seeds
from portal.audit.actors import command
from portal.audit.anchor import BadLine
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.audit.verifying import signed_with_older_keys
from portal.vault.env_file import fresh_keys
from portal.vault.new_keys import OLDER, NotInFile, begin, drop_older, older
from portal.vault.rotation import encrypted_columns, outdated

#: What is to be done after a new key, and until when the old one is needed.
NEXT = {
    "SECRET_KEY": (
        "Sessions and links in mails of before work on. Drop the old key after a day: "
        "manage.py new_key SECRET_KEY --drop-old."
    ),
    "VAULT_KEYS": (
        "Then run manage.py rotate_keys, which encrypts everything anew, and manage.py new_key VAULT_KEYS --drop-old."
    ),
    "HASH_KEY": (
        "Open invitations and addresses of calendars work on; an address gets the new key when a program asks for it. "
        "Drop the old key after a week: manage.py new_key HASH_KEY --drop-old. Every answer of Nmbrs is read once more "
        "and its rows are hashed with the new key; nothing counts as changed by that. Rows that no sync reads any more "
        "keep their hashes. If somebody may know the old key: manage.py new_key HASH_KEY --leaked."
    ),
    "AUDIT_KEYS": (
        "The old key stays for good: it proves what was signed with it, and seals and lines of the file of heads are "
        "never thrown away. If somebody may know it, run manage.py audit_head after the restart, so that a line of the "
        "new key vouches for all before it, and copy that file to where they cannot come."
    ),
}
#: Keys of which an older value serves nobody but for a while: it can go at once, at a price.
MAY_LEAK = {
    "SECRET_KEY": "Everybody is signed out, and links in mails work no more.",
    "HASH_KEY": (
        "Open invitations and addresses of calendars work no more: send and make them anew. After the restart run "
        "manage.py wipe_hashes: until then the hashes of citizen service numbers and of records in the database are "
        "those of the leaked key, with which the numbers can be found by trying. Backups of before keep such hashes."
    ),
}


class Command(BaseCommand):
    """Changes the file of settings; portal and worker read it when they start."""

    help = (
        "Put a fresh key into the file of settings in front of the old one, which counts on. After a restart, and when "
        "it is needed no more: --drop-old."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=list(OLDER), help="which key")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--drop-old", action="store_true", help="take the older keys out, if nothing needs them")
        what.add_argument(
            "--leaked", action="store_true", help="somebody may know the old key: put a fresh one, the old one goes now"
        )
        what.add_argument("--print", action="store_true", help="print a fresh key and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["name"]
        if options["print"]:
            self.stdout.write(fresh_keys()[name])
            return
        if options["leaked"] and name not in MAY_LEAK:
            raise CommandError(
                f"What was made with the old one of {name} cannot be read or proven without it. "
                f"Put a new one in front (manage.py new_key {name}) and go on as it says."
            )
        try:
            # The entry is undone when the file cannot be changed, and the file not touched when nothing can be entered.
            with transaction.atomic():
                said = _drop(name) if options["drop_old"] else _begin(name, leaked=options["leaked"])
        except NotInFile as error:
            raise CommandError(
                f"{settings.ENV_FILE} does not hold the {error} that this portal runs with: the environment of the "
                f"process sets it. Change it there; manage.py new_key {name} --print prints a fresh key."
            ) from None
        except OSError as error:
            raise CommandError(f"{settings.ENV_FILE} cannot be changed: {error.strerror}. It is as it was.") from None
        except BadLine as error:
            raise CommandError(str(error)) from None
        self.stdout.write(said)


def _begin(name: str, *, leaked: bool) -> str:
    """Put a fresh key; returns what to do then."""
    _record(name, "leaked" if leaked else "new")
    begin(settings.ENV_FILE, name, _held(name), older_count=not leaked)
    after = MAY_LEAK[name] if leaked else NEXT[name]
    return f"{settings.ENV_FILE} has a new {name}. Restart portal and worker. {after}"


def _drop(name: str) -> str:
    """Take the older keys out, if nothing needs them; returns what to do then."""
    if not older(name, _held(name)):
        return f"{OLDER[name]} holds no older key."
    if needed := _still_needed(name):
        raise CommandError(f"The older keys in {OLDER[name]} are needed: {needed}")
    _record(name, "old_dropped")
    drop_older(settings.ENV_FILE, name, _held(name))
    return f"The older keys are gone from {OLDER[name]} of {settings.ENV_FILE}. Restart portal and worker."


def _held(name: str) -> dict[str, list[str]]:
    """What this portal runs with."""
    value = getattr(settings, name)
    held = {name: list(value) if isinstance(value, list) else [value]}
    return held if OLDER[name] == name else {**held, OLDER[name]: list(getattr(settings, OLDER[name]))}


def _still_needed(name: str) -> str:
    """What would be lost with the older keys; empty for nothing that can be known."""
    if name == "VAULT_KEYS" and (left := sum(map(outdated, encrypted_columns())) + outdated_seeds()):
        return f"{left} values are encrypted with one of them. Run manage.py rotate_keys first."
    if name == "AUDIT_KEYS" and (left := signed_with_older_keys()):
        return (
            f"{left} entries, seals and lines of the file of heads are signed with one of them. Seals and lines are "
            "kept for good, and with them the keys that prove them: there is nothing to wait for. docs/audit.md says "
            "what to do when one leaked."
        )
    return ""


def _record(name: str, what: str) -> None:
    record(Kind.KEYS_ROTATED, actor=command("new_key"), detail={"what": f"{name.lower()}_{what}"})
