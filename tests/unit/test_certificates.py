"""Certificates of the control API: made and renewed by the sign's own authority, judged, taken up when they change."""

import json
import ssl
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from api_stage import FakeClock
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from typer.testing import CliRunner

from playout import authority
from playout.api.tls import Tls, load_context
from playout.check.certificate import Certificate, check_certificate, days_left, served_names
from playout.cli import app
from playout.config import Api
from playout.errors import ConfigError, NotAllowed, StoreError

DAY_NS = 24 * 3600 * 10**9
NOW_NS = 1_800_000_000 * 10**9
NAMES = ("sign.example", "192.0.2.7", "2001:db8::7")


@pytest.fixture
def made(tmp_path: Path) -> authority.Made:
    return authority.make(tmp_path / "tls", NAMES, 90, NOW_NS)


def _load(certificate: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(Path(certificate.path).read_bytes())


def test_the_certificate_is_good_for_the_names_and_this_machine(made: authority.Made) -> None:
    assert set(made.server.names) == {*NAMES, "localhost", "127.0.0.1", "::1"}
    assert days_left(made.server, NOW_NS) == 89
    assert made.server.matches_key
    store = Store([_load(made.authority)])
    at = _load(made.server).not_valid_before_utc
    for name in ("sign.example", "localhost"):
        verifier = PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName(name))
        assert len(verifier.verify(_load(made.server), [])) == 2
    other = PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName("bank.example"))
    with pytest.raises(VerificationError):
        other.verify(_load(made.server), [])


def test_the_authority_vouches_for_nothing_else(made: authority.Made) -> None:
    found = _load(made.authority).extensions.get_extension_for_class(x509.NameConstraints)
    assert found.critical
    allowed = {each.value for each in found.value.permitted_subtrees or []}
    assert {"sign.example", "localhost", ip_network("192.0.2.7/32"), ip_network("127.0.0.1/32")} <= allowed
    assert days_left(made.authority, NOW_NS) == 3649
    with pytest.raises(NotAllowed, match=r"may not vouch for bank\.example"):
        authority.renew(made.folder, ["bank.example"], 90, NOW_NS)
    with pytest.raises(NotAllowed, match=r"may not vouch for 192\.0\.2\.8"):
        authority.renew(made.folder, ["192.0.2.8"], 90, NOW_NS)


def test_only_their_owner_reads_the_keys(made: authority.Made) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in made.folder.iterdir()}
    assert modes == {"ca.key": 0o600, "server.key": 0o600, "ca.pem": 0o644, "server.pem": 0o644}


def test_a_renewal_keeps_authority_key_and_names(made: authority.Made) -> None:
    kept = {name: (made.folder / name).read_bytes() for name in ("ca.pem", "ca.key", "server.key")}
    again = authority.renew(made.folder, ["gate.sign.example"], 398, NOW_NS + 80 * DAY_NS)
    assert kept == {name: (made.folder / name).read_bytes() for name in kept}
    assert set(again.server.names) == {*made.server.names, "gate.sign.example"}
    assert days_left(again.server, NOW_NS) == 80 + 397
    assert again.server.fingerprint != made.server.fingerprint
    load_context(Api(certificate=again.server.path, key=str(again.key)))


def test_a_certificate_does_not_outlive_its_authority(made: authority.Made) -> None:
    late = authority.renew(made.folder, [], 398, NOW_NS + 3600 * DAY_NS)
    assert late.server.ends_ns == made.authority.ends_ns
    with pytest.raises(NotAllowed, match="authority has expired"):
        authority.renew(made.folder, [], 398, NOW_NS + 3650 * DAY_NS)


def test_what_is_there_is_not_overwritten(made: authority.Made, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in made.folder.iterdir()}
    with pytest.raises(NotAllowed, match="--renew"):
        authority.make(made.folder, NAMES, 90, NOW_NS)
    assert before == {path.name: path.read_bytes() for path in made.folder.iterdir()}
    (tmp_path / "mine").mkdir()
    with pytest.raises(NotAllowed, match=r"has no ca\.pem"):
        authority.make(tmp_path / "mine", NAMES, 90, NOW_NS)
    with pytest.raises(NotAllowed, match="without --renew"):
        authority.renew(tmp_path / "none", [], 90, NOW_NS)


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="cannot be written"):
        authority.make(tmp_path / "file" / "tls", NAMES, 90, NOW_NS)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_name_that_is_none_leaves_nothing(tmp_path: Path) -> None:
    wrong = [
        "https://sign.example",
        "sign.example:8080",
        "*.example",
        "0.0.0.0",
        "a b",
        "",
        "-x",
        "1.2.3.999",
        "é" * 70,
    ]
    with pytest.raises(ConfigError) as caught:
        authority.make(tmp_path / "tls", ["sign.example", *wrong], 90, NOW_NS)
    assert len(caught.value.problems) == len(wrong)
    assert list(tmp_path.iterdir()) == []


def test_names_are_written_as_certificates_have_them(tmp_path: Path) -> None:
    made = authority.make(tmp_path / "tls", ["Cửa.Example.", "[2001:DB8:0::7]"], 90, NOW_NS)
    assert made.server.names[0].encode("ascii").decode("idna") == "cửa.example"
    assert "2001:db8::7" in made.server.names


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("server.pem", "nothing", "is not a certificate"),
        ("server.key", "nothing", "is not a private key"),
        ("server.pem", None, "cannot be read"),
        ("server.key", None, "cannot be read"),
    ],
)
def test_files_that_cannot_be_read_are_named(made: authority.Made, file: str, text: str | None, told: str) -> None:
    path = made.folder / file
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(ConfigError, match=told) as caught:
        authority.read_certificate(made.folder / "server.pem", made.folder / "server.key")
    assert str(path) in str(caught.value)
    with pytest.raises(ConfigError, match=r"api\.certificate"):
        load_context(Api(certificate=str(made.folder / "server.pem"), key=str(made.folder / "server.key")))


GOOD = Certificate(
    "c.pem", "CN=a", "CN=b", ("sign.example", "192.0.2.7"), NOW_NS - DAY_NS, NOW_NS + 90 * DAY_NS, "", True
)
API = Api("192.0.2.7", hosts=("SIGN.example",), certificate="c.pem", key="k.pem")


@pytest.mark.parametrize(
    ("certificate", "api", "codes"),
    [
        (GOOD, API, []),
        (GOOD, replace(API, host="0.0.0.0"), []),
        (GOOD, replace(API, host="::"), []),
        (replace(GOOD, ends_ns=NOW_NS + 30 * DAY_NS), API, []),
        (replace(GOOD, ends_ns=NOW_NS + 30 * DAY_NS - 1), API, ["certificate.soon"]),
        (replace(GOOD, ends_ns=NOW_NS + 1), API, ["certificate.soon"]),
        (replace(GOOD, ends_ns=NOW_NS), API, ["certificate.expired"]),
        (replace(GOOD, starts_ns=NOW_NS + 1), API, ["certificate.early"]),
        (replace(GOOD, matches_key=False), API, ["certificate.key"]),
        (GOOD, replace(API, hosts=("other.example",)), ["certificate.names"]),
        (GOOD, replace(API, host="192.0.2.8"), ["certificate.names"]),
        (replace(GOOD, names=("*.example", "192.0.2.7")), API, []),
        (
            replace(GOOD, names=("*.example", "192.0.2.7")),
            replace(API, hosts=("a.sign.example",)),
            ["certificate.names"],
        ),
        (replace(GOOD, names=("sign.example", "2001:db8::1")), Api("2001:DB8:0::1", hosts=("[2001:db8::1]",)), []),
    ],
)
def test_what_is_told_of_a_certificate(certificate: Certificate, api: Api, codes: list[str]) -> None:
    assert [finding.code for finding in check_certificate(certificate, api, NOW_NS)] == codes


def test_addresses_that_stand_for_any_are_no_names() -> None:
    assert served_names(Api("0.0.0.0", hosts=("A.example", "[::1]", "a.example"))) == ("a.example", "::1")


def _shows(certificate: Certificate, counted: Path) -> list[str]:
    """A command that prints what `playout tls show --json` would, and counts how often."""
    script = f"open({str(counted)!r}, 'a').write('x'); print({json.dumps(asdict(certificate))!r})"
    return [sys.executable, "-c", script]


@pytest.mark.anyio
async def test_a_changed_certificate_is_taken_up_and_a_wrong_one_is_not(made: authority.Made, tmp_path: Path) -> None:
    clock, counted = FakeClock(), tmp_path / "counted"
    files = Path(made.server.path), made.key
    api = Api(certificate=str(files[0]), key=str(files[1]))
    tls = Tls(api, _shows(made.server, counted), clock)
    assert tls.context is not None
    await tls.look()
    await tls.look()
    assert tls.warnings() == ()
    assert counted.read_text() == "x"
    clock.move(70 * 24 * 3600)
    await tls.look()
    assert [text.partition("; ")[0] for text in tls.warnings()] == [f"{files[0]}: the certificate expires in 19 days"]
    assert counted.read_text() == "x"

    renewed = authority.renew(made.folder, [], 90, clock.utc_ns())
    assert _served(tls.context, made) == made.server.fingerprint
    await tls.look()
    assert _served(tls.context, made) == renewed.server.fingerprint
    assert counted.read_text() == "xx"

    files[0].write_bytes((made.folder / "ca.pem").read_bytes())
    await tls.look()
    assert "the certificate before is used on" in tls.warnings()[0]
    assert _served(tls.context, made) == renewed.server.fingerprint


def _served(context: ssl.SSLContext, made: authority.Made) -> str:
    """Fingerprint of the certificate that a client is given, in a handshake in memory."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = context.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server, server_hostname="sign.example")
    done: set[Callable[[], None]] = set()
    for _ in range(10):
        for shake in (theirs.do_handshake, ours.do_handshake):
            try:
                shake()
                done.add(shake)
            except ssl.SSLWantReadError:
                continue
    assert len(done) == 2
    binary = theirs.getpeercert(binary_form=True)
    assert binary is not None
    return x509.load_der_x509_certificate(binary).fingerprint(hashes.SHA256()).hex(":").upper()


@pytest.mark.anyio
async def test_where_the_certificate_cannot_be_read_that_is_told(made: authority.Made) -> None:
    api = Api(certificate=made.server.path, key=str(made.key))
    for command in (["/none/such"], [sys.executable, "-c", "import sys; sys.exit('no reason')"]):
        tls = Tls(api, command, FakeClock())
        await tls.look()
        assert "cannot be told when the certificate expires" in tls.warnings()[0]


@pytest.mark.anyio
async def test_without_a_certificate_there_is_nothing_to_do() -> None:
    tls = Tls(Api(), ["/none/such"], FakeClock())
    await tls.look()
    assert (tls.context, tls.warnings()) == (None, ())


def test_the_command_says_what_to_configure_and_what_to_import(tmp_path: Path) -> None:
    file = tmp_path / "playout.toml"
    file.write_text('[[screens]]\nid = "a"\nsink = "memory"\n[api]\nhosts = ["sign.example"]\n')
    where = ["--config", str(file), "--state", str(tmp_path / "state")]
    ran = CliRunner().invoke(app, ["tls", "create", "--host", "192.0.2.7", *where])
    assert ran.exit_code == 0, ran.output
    folder = tmp_path / "state" / "tls"
    for line in (
        'hosts = ["sign.example", "192.0.2.7"]', f'certificate = "{folder}/server.pem"', f'key = "{folder}/server.key"',
        f"import {folder}/ca.pem",
    ):  # fmt: skip
        assert line in ran.output
    ca = authority.read_certificate(folder / "ca.pem", folder / "ca.key")
    assert ca.fingerprint in ran.output.splitlines()[-1]

    api = f'[api]\nhosts = ["other.example"]\ncertificate = "{folder}/server.pem"\nkey = "{folder}/server.key"\n'
    file.write_text(f'[[screens]]\nid = "a"\nsink = "memory"\n{api}')
    shown = CliRunner().invoke(app, ["tls", "show", "--json", *where])
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.output)
    assert (told["matches_key"], told["days_left"]) == (True, 395)
    assert [finding["code"] for finding in told["findings"]] == ["certificate.names"]
    refused = CliRunner().invoke(app, ["tls", "create", *where])
    assert (refused.exit_code, "--renew" in refused.output) == (1, True)
    refused = CliRunner().invoke(app, ["tls", "show", *where, "--folder", str(tmp_path / "none")])
    assert "playout tls create" in refused.output
