"""A passkey as a device would have registered it."""

import os
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from portal.accounts.models import User

HOST = "testserver"
FLAGS = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT


def add_passkey(user: User, name: str) -> Authenticator:
    """Give the person a passkey."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    number = os.urandom(16)
    attested = AttestedCredentialData.create(Aaguid.NONE, number, key)
    known = AttestationObject.create("none", AuthenticatorData.create(sha256(HOST.encode()), FLAGS, 0, attested), {})
    asked = CollectedClientData.create("webauthn.create", b"challenge", f"https://{HOST}")
    credential: dict[str, Any] = {
        "type": "public-key",
        "id": websafe_encode(number),
        "rawId": websafe_encode(number),
        "response": {"clientDataJSON": websafe_encode(asked), "attestationObject": websafe_encode(known)},
        "clientExtensionResults": {"credProps": {"rk": False}},
    }
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": name, "credential": credential})
