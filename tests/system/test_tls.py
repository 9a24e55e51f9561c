"""TLS of the running control program, judged by curl and openssl."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from peers import need_program
from system.rig import CLOCK, Sign, until

from playout.api.links import one_time_link
from playout.clock import SystemClock
from playout.store import open_store

MAIN = '[[screens]]\nid = "main"\nsink = "memory"\nfps = 20\n'
NAME = "sign.example"
UNTRUSTED = 60
"""What curl ends with where it cannot prove the server's certificate. Source: curl(1), EXIT CODES."""

pytestmark = pytest.mark.system


class Secure:
    """A sign whose control speaks TLS, and a browser that trusts its authority."""

    def __init__(self, sign: Sign, names: tuple[str, ...] = (NAME,)) -> None:
        self.sign, self.folder = sign, sign.state / "tls"
        self.curl, self.openssl = need_program("curl", "curl"), need_program("openssl", "openssl")
        made = sign.call("tls", "create", "--json", *(word for name in names for word in ("--host", name)))
        assert made.returncode == 0, made.stderr
        told = json.loads(made.stdout)
        sign.file.write_text(
            f"{MAIN}\n[api]\nport = {sign.port}\nhosts = {json.dumps(told['hosts'])}\n"
            f'certificate = "{told["server"]["path"]}"\nkey = "{told["key"]}"\n{CLOCK}',
            encoding="utf-8",
        )
        sign.make_token()
        self.control = sign.start("control")
        until("control answers", lambda: self.get("/healthz").returncode == 0)

    def get(
        self, path: str, *words: str, name: str = NAME, authority: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Asks under a name; the answer with its headers."""
        return subprocess.run(
            [
                self.curl, "--silent", "--show-error", "--include", "--max-time", "10", "--noproxy", "*",
                "--cacert", str(authority or self.folder / "ca.pem"),
                "--resolve", f"{name}:{self.sign.port}:127.0.0.1",
                *words, f"https://{name}:{self.sign.port}{path}",
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def shake(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A handshake by openssl that fails unless the certificate is proved."""
        return subprocess.run(
            [
                self.openssl, "s_client", "-connect", f"127.0.0.1:{self.sign.port}", "-servername", NAME,
                "-CAfile", str(self.folder / "ca.pem"), "-verify_hostname", NAME, "-verify_return_error", *words,
            ],
            input="", capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip

    def warnings(self) -> str:
        """What the status warns of."""
        answer = self.get("/api/v1/status", "--header", f"Authorization: Bearer {self.sign.token}").stdout
        return " ".join(json.loads(answer.partition("\n\n")[2].strip() or answer.split("\r\n\r\n")[-1])["warnings"])


def test_browsers_that_trust_the_authority_are_served_and_others_go(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    secure = Secure(make_sign(MAIN), (NAME, "127.0.0.1"))
    answer = secure.get("/healthz")
    head = answer.stdout.lower()
    assert head.startswith("http/1.1 200")
    assert "\nstrict-transport-security: max-age=15552000\n" in head
    assert "access-control-" not in head

    other = make_sign(MAIN)
    assert other.call("tls", "create", "--host", NAME).returncode == 0
    assert secure.get("/healthz", authority=other.state / "tls" / "ca.pem").returncode == UNTRUSTED
    assert secure.get("/healthz", name="else.example").returncode == UNTRUSTED
    foreign = secure.get("/healthz", "--header", "Host: evil.example").stdout.lower()
    assert foreign.startswith("http/1.1 421")
    assert "strict-transport-security" in foreign

    for version in ("-tls1_2", "-tls1_3"):
        shaken = secure.shake(version)
        assert shaken.returncode == 0, shaken.stderr
        assert "Verify return code: 0 (ok)" in shaken.stdout
    old = secure.shake("-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0")
    assert old.returncode != 0
    assert "Cipher is (NONE)" in old.stdout
    weak = secure.shake("-tls1_2", "-cipher", "AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
    assert weak.returncode != 0
    assert "Cipher is (NONE)" in weak.stdout

    with open_store(secure.sign.paths.database) as store:
        link = one_time_link(store, secure.sign.config, SystemClock().utc_ns())
    entered = secure.get(link.partition(str(secure.sign.port))[2]).stdout.lower()
    [cookie] = [line for line in entered.splitlines() if line.startswith("set-cookie: ")]
    assert {"secure", "httponly", "samesite=strict"} <= set(cookie.split("; "))

    plain = subprocess.run(
        [secure.curl, "--silent", "--max-time", "10", f"http://127.0.0.1:{secure.sign.port}/healthz"], check=False
    )
    assert plain.returncode != 0
    assert secure.get("/healthz").returncode == 0
    assert not secure.sign.says("Traceback")


def test_a_renewed_certificate_is_taken_up_and_a_broken_one_is_told(make_sign: Callable[..., Sign]) -> None:
    secure = Secure(make_sign(MAIN))
    until("its names are told", lambda: "not good for" not in secure.warnings())
    assert secure.get("/healthz", name=f"gate.{NAME}").returncode == UNTRUSTED
    renewed = secure.sign.call("tls", "create", "--renew", "--host", f"gate.{NAME}", "--days", "20")
    assert renewed.returncode == 0, renewed.stderr
    until("the new one is served", lambda: secure.get("/healthz", name=f"gate.{NAME}").returncode == 0)
    until("it is told that it ends soon", lambda: "the certificate expires in 18 days" in secure.warnings())
    checked = secure.sign.call("check", "--json")
    assert "certificate.soon" in {finding["code"] for finding in json.loads(checked.stdout)["findings"]}

    (secure.folder / "server.pem").write_text("nothing", encoding="utf-8")
    until("it is told", lambda: "the certificate before is used on" in secure.warnings())
    assert secure.get("/healthz", name=f"gate.{NAME}").returncode == 0
    assert secure.control.poll() is None
    assert not secure.sign.says("Traceback")
