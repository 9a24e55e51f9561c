"""One-time links: how a person on the machine lets a browser look. Any process may make one."""

from playout.config import Api, Config, is_loopback
from playout.store import Store, journal, sessions

__all__ = ["one_time_link"]


def one_time_link(store: Store, config: Config, now_ns: int) -> str:
    """The address that opens a read-only session, once, within ten minutes. Raises: StoreError."""
    with store.write() as db:
        code = sessions.create_link(db, now_ns)
        journal.add(db, now_ns, "playout", "link.add")
    return f"{_address(config.api)}/?link={code}"


def _address(api: Api) -> str:
    """The address people use: the first configured name, unless only this machine can reach it."""
    scheme = "https" if api.certificate else "http"
    host = api.host if is_loopback(api.host) or not api.hosts else api.hosts[0]
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{api.port}"
