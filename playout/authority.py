"""A certificate authority for one sign, and the certificate of its control API: made, renewed, read.

The authority is good for the names that it was made for and for this machine, and for nothing else: whoever imports it
into a browser does not let it vouch for a bank. Only what needs it imports this module, because the library behind it
is large.
"""

import os
import pwd
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes, PrivateKeyTypes, PublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from playout.check.certificate import Certificate
from playout.clock import SECOND_NS
from playout.errors import ConfigError, NotAllowed, StoreError
from playout.ipc.files import sync_folder, write_durably

__all__ = ["DAYS_MAX", "Made", "make", "read_certificate", "renew"]

DAYS_MAX = 398
"""Longest life of a server's certificate that browsers take. Source: CA/Browser Forum, Baseline Requirements 6.3.2."""
_AUTHORITY_DAYS = 3650
_BEFORE = timedelta(days=1)
"""A certificate is valid so long before it is made: clocks of other machines may be late."""
_HERE = ("localhost", "127.0.0.1", "::1")
_CONTROL = "playout-control"
_CA, _CA_KEY, _SERVER, _SERVER_KEY = "ca.pem", "ca.key", "server.pem", "server.key"
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, slots=True)
class Made:
    """What was made, and where it is."""

    folder: Path
    authority: Certificate
    server: Certificate

    @property
    def key(self) -> Path:
        """The private key of the server's certificate."""
        return self.folder / _SERVER_KEY


def make(folder: Path, names: Sequence[str], days: int, now_ns: int) -> Made:
    """Makes an authority, unless there is one, and a server's certificate for these names: all of it or nothing.

    Raises: ConfigError for a name that is none, NotAllowed where there is a certificate already or the authority may
    not vouch for a name, StoreError.
    """
    wanted = _names(names)
    if (folder / _SERVER).exists():
        raise NotAllowed(f"{folder / _SERVER}: is there already", hint="--renew makes the next one")
    if (folder / _CA).exists():
        return _issue(folder, wanted, days, now_ns)
    if folder.exists():
        raise NotAllowed(f"{folder}: is there and has no {_CA}", hint="move it away, or give another with --folder")
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        aside.mkdir(mode=0o755, parents=True)
        aside.chmod(0o755)
        _make_authority(aside, wanted, now_ns)
        _issue(aside, wanted, days, now_ns)
        aside.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise _not_written(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return _made(folder)


def renew(folder: Path, names: Iterable[str], days: int, now_ns: int) -> Made:
    """Makes the next server's certificate by the same authority and with the same key, also for the names it has.

    Raises: ConfigError for a name that is none, NotAllowed where there is nothing to renew or the authority may not
    vouch for a name, StoreError.
    """
    if not (folder / _SERVER).exists():
        raise NotAllowed(f"{folder / _SERVER}: is not there", hint="make the first one without --renew")
    old = _read(folder / _SERVER)
    return _issue(folder, _names((*_named(old), *names)), days, now_ns)


def read_certificate(certificate: Path, key: Path) -> Certificate:
    """What a certificate's file says (its first one). Raises: ConfigError where file or key cannot be read."""
    found, own = _read(certificate), _read_key(key)
    return Certificate(
        path=str(certificate),
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        names=_named(found),
        starts_ns=_ns(found.not_valid_before_utc),
        ends_ns=_ns(found.not_valid_after_utc),
        fingerprint=found.fingerprint(hashes.SHA256()).hex(":").upper(),
        matches_key=_public_bytes(found.public_key()) == _public_bytes(own.public_key()),
    )


def _make_authority(folder: Path, names: Sequence[str], now_ns: int) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"playout authority of {names[0]}"[:64])])
    allowed = [_constraint(name) for name in dict.fromkeys((*names, *_HERE))]
    start = _instant(now_ns) - _BEFORE
    made = (
        _builder(subject, subject, key.public_key(), start, start + timedelta(days=_AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=allowed, excluded_subtrees=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_durably(folder / _CA_KEY, _key_bytes(key), 0o600)
    _write_public(folder / _CA, made)


def _issue(folder: Path, names: Sequence[str], days: int, now_ns: int) -> Made:
    """Signs a server's certificate; its key is made where there is none. The certificate comes last."""
    authority, signer = _read(folder / _CA), _read_key(folder / _CA_KEY)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise ConfigError(f"{folder / _CA_KEY}: is not the key of an authority made here")
    every = tuple(dict.fromkeys((*names, *_HERE)))
    _check_constraints(folder / _CA, authority, every)
    start = _instant(now_ns) - _BEFORE
    end = min(start + timedelta(days=days), authority.not_valid_after_utc)
    if end <= _instant(now_ns):
        raise NotAllowed(
            f"{folder / _CA}: the authority has expired", hint="move the folder away, make another, and import that one"
        )
    if (folder / _SERVER_KEY).exists():
        key = _read_key(folder / _SERVER_KEY)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ConfigError(f"{folder / _SERVER_KEY}: is not a key made here", hint="move it away")
    else:
        key = ec.generate_private_key(ec.SECP256R1())
        write_durably(folder / _SERVER_KEY, _key_bytes(key), 0o600)
        _give_to_control(folder / _SERVER_KEY)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, every[0][:64])])
    made = (
        _builder(subject, authority.subject, key.public_key(), start, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in every]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    _write_public(folder / _SERVER, made)
    return _made(folder)


def _made(folder: Path) -> Made:
    authority = read_certificate(folder / _CA, folder / _CA_KEY)
    return Made(folder, authority, read_certificate(folder / _SERVER, folder / _SERVER_KEY))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _names(given: Iterable[str]) -> tuple[str, ...]:
    """The names as certificates have them: lower case, ASCII, each once. Raises: ConfigError."""
    names: dict[str, None] = {}
    problems: list[str] = []
    for text in given:
        name = _name(text)
        if name is None:
            problems.append(f"{text!r} is neither a host name nor an address; write it without https:// and port")
        else:
            names[name] = None
    if problems:
        raise ConfigError(problems)
    return tuple(names)


def _name(text: str) -> str | None:
    text = text.strip().removeprefix("[").removesuffix("]")
    with suppress(ValueError):
        address = ip_address(text)
        return None if address.is_unspecified else str(address)
    try:
        name = text.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = name.split(".")
    is_name = all(label and not set(label) - _LABEL and not label.startswith("-") for label in labels)
    return name if is_name and not labels[-1].isdigit() else None


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _constraint(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(ip_network(address))


def _named(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    addresses = map(str, names.get_values_for_type(x509.IPAddress))
    return (*(name.lower() for name in names.get_values_for_type(x509.DNSName)), *addresses)


def _check_constraints(path: Path, authority: x509.Certificate, names: Iterable[str]) -> None:
    """Raises: NotAllowed where the authority may not vouch for one of the names."""
    try:
        allowed = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    except x509.ExtensionNotFound:
        return
    dns = [each.value.lower() for each in allowed if isinstance(each, x509.DNSName)]
    nets = [each.value for each in allowed if isinstance(each, x509.IPAddress)]
    for name in names:
        address = _address(name)
        if address is None:
            is_allowed = any(name == each or name.endswith(f".{each}") for each in dns)
        else:
            is_allowed = any(address in net for net in nets if not isinstance(net, IPv4Address | IPv6Address))
        if not is_allowed:
            raise NotAllowed(
                f"{path}: the authority was made for other names and may not vouch for {name}",
                hint="move its folder away, make another authority with all names, and import that one into browsers",
            )


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}", hint="correct its owner and mode") from error
    except ValueError as error:
        raise ConfigError(f"{path}: is not a certificate", hint="give a PEM file: -----BEGIN CERTIFICATE") from error


def _read_key(path: Path) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}", hint="correct its owner and mode") from error
    except TypeError as error:
        raise ConfigError(f"{path}: the key is encrypted", hint="store it without a passphrase, mode 0600") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"{path}: is not a private key", hint="give a PEM file: -----BEGIN PRIVATE KEY") from error


def _public_bytes(public: CertificatePublicKeyTypes | PublicKeyTypes) -> bytes:
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_public(path: Path, certificate: x509.Certificate) -> None:
    write_durably(path, certificate.public_bytes(serialization.Encoding.PEM))
    path.chmod(0o644)  # whatever the umask: control reads what root has made


def _give_to_control(path: Path) -> None:
    """Made by root on an installed sign, the server's key belongs to the user of the control program."""
    if os.geteuid() == 0:
        with suppress(KeyError):
            os.chown(path, pwd.getpwnam(_CONTROL).pw_uid, -1)


def _not_written(folder: Path, error: OSError) -> StoreError:
    hint = "correct the owner of the folder above, or give another with --folder"
    return StoreError(f"{folder}: cannot be written: {error.strerror}", hint=hint)


def _instant(at_ns: int) -> datetime:
    return datetime.fromtimestamp(at_ns // SECOND_NS, UTC)


def _ns(at: datetime) -> int:
    return int(at.timestamp()) * SECOND_NS
