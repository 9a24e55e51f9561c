"""People: the rights of roles, what the store keeps of them, and the commands that change it."""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from playout.cli import app
from playout.errors import NotAllowed
from playout.model.people import RIGHTS, Right, Role
from playout.store import Store, journal, open_store, people, sessions, tokens
from playout.store.db import connect, migrate
from playout.store.people import Person
from playout.store.secret import fingerprint

SCHEMA = Path(people.__file__).parent / "schema"
PASSWORD = "cửa khẩu Lệ Thanh"
CONFIG = """
[[screens]]
id = "main"
sink = "memory"

[[screens]]
id = "side"
sink = "memory"
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "state.db") as made:
        yield made


def person(login: str = "anh", role: Role = Role.OPERATOR) -> Person:
    return Person(login, "Nguyễn Văn Anh", role, ("main",), 5)


def test_each_role_has_the_rights_it_should() -> None:
    assert set(RIGHTS) == set(Role)
    assert RIGHTS[Role.VIEWER] == {Right.LOOK}
    assert RIGHTS[Role.ADMIN] == set(Right)
    for role in (Role.APPROVER, Role.ICT):
        assert RIGHTS[Role.OPERATOR] < RIGHTS[role]
        assert Right.PEOPLE not in RIGHTS[role]
    assert Right.EMERGENCY not in RIGHTS[Role.APPROVER]
    assert Right.APPROVE not in RIGHTS[Role.ICT]


def test_a_password_is_argon2id_of_19_mib_and_opens_by_itself_only() -> None:
    hashed = people.hash_password(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert people.hash_password(PASSWORD) != hashed
    assert people.is_password(hashed, PASSWORD)
    assert people.is_password(hashed, unicodedata.normalize("NFD", PASSWORD)), "the same letters, typed as parts"
    assert not people.is_password(hashed, PASSWORD + "x")
    assert not people.is_password("no hash", PASSWORD)
    long = "x" * people.PASSWORD_MAX
    assert not people.is_password(people.hash_password(long), long + "y")


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 201])
def test_a_password_that_is_too_short_or_long_is_refused(password: str) -> None:
    with pytest.raises(NotAllowed, match="12 to 200"):
        people.hash_password(password)


def test_the_store_keeps_people(store: Store) -> None:
    with store.write() as db:
        people.add(db, person(), "hash")
        people.add(db, person("binh", Role.ADMIN), "other")
        assert people.find(db, "anh") == person()
        assert people.find(db, "an") is None
        assert people.password_of(db, "anh") == "hash"
        assert people.password_of(db, "an") is None
        assert [each.login for each in people.listing(db)] == ["anh", "binh"]
        with pytest.raises(NotAllowed, match="somebody has the login"):
            people.add(db, person(), "again")


@pytest.mark.parametrize("login", ["", "Anh", "a b", "-a", "á", "a" * 33, "a/b", "anh\n"])
def test_what_is_no_login(store: Store, login: str) -> None:
    with store.write() as db, pytest.raises(NotAllowed, match="is no login name"):
        people.add(db, person(login), "hash")


def test_no_token_has_the_name_of_a_person(store: Store) -> None:
    with store.write() as db:
        people.add(db, person(), "hash")
        with pytest.raises(NotAllowed, match="somebody's login"):
            tokens.create(db, "anh", Role.VIEWER, 1)
        tokens.create(db, "binh", Role.VIEWER, 1)
        with pytest.raises(NotAllowed, match="a token is called"):
            people.add(db, person("binh"), "hash")
        tokens.revoke(db, "binh", 2)
        people.add(db, person("binh"), "hash")


def test_the_last_admin_stays(store: Store) -> None:
    with store.write() as db:
        assert not people.has_admin(db)
        people.add(db, person("mot", Role.ADMIN), "hash")
        people.add(db, person("hai", Role.ADMIN), "hash")
        people.set_enabled(db, "hai", 9, enabled=False)
        with pytest.raises(NotAllowed, match="only admin"):
            people.set_enabled(db, "mot", 9, enabled=False)
        with pytest.raises(NotAllowed, match="only admin"):
            people.set_role(db, "mot", Role.ICT, ())
        people.set_role(db, "hai", Role.VIEWER, ("side",))
        people.set_enabled(db, "hai", 9, enabled=True)
        assert people.find(db, "hai") == Person("hai", "Nguyễn Văn Anh", Role.VIEWER, ("side",), 5)
        assert people.has_admin(db)
        with pytest.raises(NotAllowed, match="nobody has the login"):
            people.set_role(db, "ba", Role.ADMIN, ())


@pytest.mark.parametrize("change", ["password", "disable"])
def test_a_new_password_and_a_locked_door_end_sessions(store: Store, change: str) -> None:
    with store.write() as db:
        people.add(db, person(), "hash")
        people.add(db, person("binh"), "hash")
        mine, others = sessions.sign_in(db, "anh", 0), sessions.sign_in(db, "binh", 0)
        assert sessions.find(db, fingerprint(mine), 1) == sessions.Session("anh", sessions.SESSION_NS)
        if change == "password":
            people.set_password(db, "anh", "new")
        else:
            people.set_enabled(db, "anh", 1, enabled=False)
        assert sessions.find(db, fingerprint(mine), 1) is None
        assert sessions.find(db, fingerprint(others), 1) is not None
        sessions.end(db, fingerprint(others))
        assert sessions.find(db, fingerprint(others), 1) is None


def test_somebody_has_few_sessions_at_a_time(store: Store) -> None:
    with store.write() as db:
        other = sessions.sign_in(db, "binh", 0)
        secrets = [sessions.sign_in(db, "anh", number) for number in range(25)]
        found = [sessions.find(db, fingerprint(secret), 30) is not None for secret in secrets]
        assert found == [False] * 5 + [True] * 20
        assert sessions.find(db, fingerprint(other), 30) is not None


def test_tokens_of_before_become_roles(tmp_path: Path) -> None:
    old = tmp_path / "schema"
    old.mkdir()
    for script in sorted(SCHEMA.glob("000[123].sql")):
        (old / script.name).write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "state.db"
    connection = connect(path)
    migrate(connection, path, old)
    for name, scope in (("a", "read"), ("b", "operate")):
        connection.execute(
            "INSERT INTO tokens (hash, name, scope, created_ns) VALUES (?, ?, ?, 1)", (fingerprint(name), name, scope)
        )
    connection.close()
    with open_store(path) as store, store.read() as db:
        assert [(token.name, token.role) for token in tokens.listing(db)] == [("a", Role.VIEWER), ("b", Role.OPERATOR)]


class Site:
    """A folder with a configuration, and the commands in it."""

    def __init__(self, folder: Path) -> None:
        self.state, self.config = folder / "state", folder / "playout.toml"
        self.state.mkdir()
        self.config.write_text(CONFIG, encoding="utf-8")

    def run(self, *words: str, typed: str = "", fails: int = 0) -> str:
        where = ["--config", str(self.config), "--state", str(self.state)]
        done = CliRunner().invoke(app, [*words, *where], input=typed)
        assert done.exit_code == fails, done.output
        return done.output

    def entries(self) -> list[journal.Entry]:
        with open_store(self.state / "state.db") as store, store.read() as db:
            return list(journal.newest(db, 20))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_people_by_the_command(site: Site) -> None:
    site.run("user", "add", "anh", "--role", "operator", "--name", "Anh", "--screens", "side", typed=PASSWORD + "\n")
    site.run("user", "add", "binh", "--role", "admin", typed=PASSWORD + "\n")
    (anh, binh) = json.loads(site.run("user", "list", "--json"))
    assert anh | {"created": ""} == {
        "login": "anh", "name": "Anh", "role": "operator", "screens": ["side"], "enabled": True, "created": "",
    }  # fmt: skip
    assert (binh["name"], binh["screens"]) == ("binh", [])
    site.run("user", "disable", "anh")
    site.run("user", "role", "anh", "ict")
    site.run("user", "password", "anh", typed="another long one\n")
    assert "only admin" in site.run("user", "disable", "binh", fails=1)
    table = site.run("user", "list")
    assert "ict" in table
    assert "no" in table
    site.run("user", "enable", "anh")
    with open_store(site.state / "state.db") as store, store.read() as db:
        hashed, found = people.password_of(db, "anh"), people.find(db, "anh")
    assert hashed is not None
    assert people.is_password(hashed, "another long one")
    assert found is not None
    assert (found.role, found.screens, found.is_enabled) == (Role.ICT, (), True)
    entries = site.entries()
    assert [entry.what for entry in reversed(entries)] == [
        "user.add", "user.add", "user.disable", "user.role", "user.password", "user.enable",
    ]  # fmt: skip
    assert not any(PASSWORD in entry.detail or "argon2" in entry.detail for entry in entries)


@pytest.mark.parametrize(
    ("words", "typed", "fails", "told"),
    [
        (("user", "add", "anh", "--role", "boss"), PASSWORD, 78, "choose from viewer, operator, approver, ict, admin"),
        (("user", "add", "anh", "--role", "ict", "--screens", "sid"), PASSWORD, 78, "did you mean 'side'"),
        (("user", "add", "anh", "--role", "ict"), "short", 1, "12 to 200 characters"),
        (("user", "add", "anh", "--role", "ict"), "", 1, "12 to 200 characters"),
        (("user", "add", "Anh", "--role", "ict"), PASSWORD, 1, "is no login name"),
        (("user", "role", "anh", "ict"), "", 1, "playout user list"),
        (("token", "create", "x", "--role", "boss"), "", 78, "choose from viewer"),
        (("token", "create", "x", "--screens", "none"), "", 78, "no screen is called 'none'"),
        (("token", "create", "x", "--expires", "never"), "", 78, "12h, 90d"),
        (("token", "create", "x", "--expires", "3651d"), "", 78, "at most 3650d"),
        (("token", "revoke", "x"), "", 1, "playout token list"),
    ],
)
def test_what_the_commands_refuse(site: Site, words: tuple[str, ...], typed: str, fails: int, told: str) -> None:
    said = site.run(*words, typed=typed, fails=fails)
    assert told in " ".join(said.split())
    assert not (site.state / "state.db").exists() or not site.entries()


def test_tokens_by_the_command(site: Site) -> None:
    told = json.loads(
        site.run("token", "create", "x", "--role", "operator", "--screens", "main", "--expires", "12h", "--json")
    )
    secret = site.run("token", "create", "y").strip()
    with open_store(site.state / "state.db") as store, store.read() as db:
        x, y = tokens.find(db, fingerprint(told["token"])), tokens.find(db, fingerprint(secret))
    assert x is not None
    assert y is not None
    assert (x.role, x.screens, (x.expires_ns or 0) - x.created_ns) == (Role.OPERATOR, ("main",), 12 * 3600 * 10**9)
    assert (y.role, y.screens) == (Role.VIEWER, ())
    assert [each["name"] for each in json.loads(site.run("token", "list", "--json"))] == ["x", "y"]
    site.run("token", "revoke", "x")
    table = site.run("token", "list")
    assert "viewer" in table
    assert "operator" not in table
