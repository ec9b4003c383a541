"""A tiny OpenID Connect provider on a real socket: it lets everybody in as whoever the test says."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal", "kan-client-secret-9f3c"


@dataclass
class Provider:
    """What the provider says and what it was told."""

    url: str
    claims: dict[str, Any] = field(default_factory=dict)
    issuer: str = ""
    audience: str = CLIENT
    age: int = 0
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    signing_key: rsa.RSAPrivateKey | None = None
    algorithm: str = "RS256"
    token_status: int = 200
    redirects_to: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    challenges: dict[str, str] = field(default_factory=dict)

    def token(self) -> str:
        """A signed token with the claims of the moment."""
        now = int(time.time()) - self.age
        claims = {"iss": self.issuer or self.url, "aud": self.audience, "iat": now, "exp": now + 300, **self.claims}
        if self.algorithm == "none":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})
        return jwt.encode(claims, self.signing_key or self.key, algorithm="RS256", headers={"kid": "one"})


@contextmanager
def provider() -> Iterator[Provider]:
    """Runs the provider for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Silence."""

        def answer(self, body: dict[str, Any], status: int = 200) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def to(self, address: str) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            made.paths.append(parts.path)
            if parts.path == "/.well-known/openid-configuration":
                self.answer(
                    {
                        "issuer": made.issuer or made.url,
                        "authorization_endpoint": f"{made.url}/authorize",
                        "token_endpoint": f"{made.url}/token",
                        "jwks_uri": f"{made.url}/keys",
                        "token_endpoint_auth_methods_supported": ["client_secret_post"],
                    }
                )
            elif parts.path == "/keys":
                public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(made.key.public_key()))
                self.answer({"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]})
            else:
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                made.challenges["a-code"] = query.get("code_challenge", "")
                self.to(f"{query['redirect_uri']}?{urlencode({'code': 'a-code', 'state': query['state']})}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            made.paths.append(self.path)
            made.asked.append(form)
            if made.redirects_to:
                self.to(made.redirects_to)
                return
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == made.challenges.get(form.get("code", ""))
            if form.get("client_secret") != SECRET or not proven or made.token_status != 200:
                self.answer({"error": "invalid_grant"}, 400)
                return
            self.answer({"access_token": "unused", "token_type": "Bearer", "id_token": made.token()})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
