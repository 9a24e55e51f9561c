"""The certificate of the control API: what is known of it, and what a person should do about it in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from playout.check.finding import Finding, Severity
from playout.config import Api

__all__ = ["SOON_DAYS", "Certificate", "check_certificate", "days_left", "served_names"]

SOON_DAYS = 30
"""A certificate that ends within so many days is told of."""
_DAY_NS = 24 * 3600 * 10**9
_RENEW = "`playout tls create --renew` makes the next one, or ask whoever issued it"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as its file has it; instants are UTC ns."""

    path: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    """DNS names and addresses for which it is good, in lower case, addresses without brackets."""
    starts_ns: int
    ends_ns: int
    fingerprint: str
    """SHA-256 of it, as browsers show it: `AB:CD:...`."""
    matches_key: bool
    """Whether the private key beside it is its own."""


def check_certificate(certificate: Certificate, api: Api, now_ns: int) -> Iterator[Finding]:
    """What is wrong with it, or soon will be."""
    where = certificate.path
    if not certificate.matches_key:
        yield Finding(
            "certificate.key", Severity.ERROR, where, f"the certificate does not belong to the key {api.key}",
            "give the key with which it was made as api.key",
        )  # fmt: skip
    left = days_left(certificate, now_ns)
    if now_ns >= certificate.ends_ns:
        message = "the certificate has expired, browsers refuse the page of the sign"
        yield Finding("certificate.expired", Severity.ERROR, where, message, _RENEW)
    elif now_ns < certificate.starts_ns:
        message = "the certificate is not valid yet by the clock of this machine"
        yield Finding("certificate.early", Severity.WARNING, where, message, "set the clock: `timedatectl`")
    elif left < SOON_DAYS:
        message = f"the certificate expires in {left} days"
        yield Finding("certificate.soon", Severity.WARNING, where, message, _RENEW, measured=left, required=SOON_DAYS)
    missing = [name for name in served_names(api) if not any(_covers(given, name) for given in certificate.names)]
    if missing:
        yield Finding(
            "certificate.names", Severity.WARNING, where,
            f"the certificate is not good for {', '.join(missing)}, by which the API is addressed",
            f"{_RENEW}; or take the name out of api.hosts",
        )  # fmt: skip


def days_left(certificate: Certificate, now_ns: int) -> int:
    """Whole days until it expires; negative once it has."""
    return (certificate.ends_ns - now_ns) // _DAY_NS


def served_names(api: Api) -> tuple[str, ...]:
    """The names and addresses by which people address the API, each once; not those that stand for any address."""
    names = [name.lower().removeprefix("[").removesuffix("]") for name in (*api.hosts, api.host)]
    return tuple(dict.fromkeys(name for name in names if not _is_any(name)))


def _is_any(name: str) -> bool:
    try:
        return ip_address(name).is_unspecified
    except ValueError:
        return False


def _covers(given: str, name: str) -> bool:
    """Whether a name of a certificate is good for a name; `*.example` is for one label. Source: RFC 9525, 6.3."""
    if given.startswith("*."):
        _, dot, rest = name.partition(".")
        return bool(dot) and rest == given[2:]
    try:
        return ip_address(given) == ip_address(name)
    except ValueError:
        return given == name
