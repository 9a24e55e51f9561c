"""Where things are: an explicit option first, then the system's folders, then the package's data, then the checkout."""

import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Paths", "find_paths", "shipped"]

_CHECKOUT = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """Folder `schedules`, `fonts` or `config` as shipped: from the installed package, else from the checkout."""
    packaged = Path(__file__).resolve().parent / "_data" / name
    return packaged if packaged.is_dir() else _CHECKOUT / name


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of one installation. `state` survives a reboot, `run` does not."""

    config: Path
    state: Path
    run: Path
    fonts: Path
    schedules: Path

    @property
    def air(self) -> Path:
        """Generations that control writes and players read."""
        return self.state / "air"

    @property
    def media(self) -> Path:
        """Pictures as supplied, each named by its SHA-256."""
        return self.state / "media"

    @property
    def fonts_tried(self) -> Path:
        """What was found about fonts that somebody brought."""
        return self.state / "fonts.json"

    @property
    def database(self) -> Path:
        """Control's database."""
        return self.state / "state.db"

    @property
    def audit_key(self) -> Path:
        """The key by which control signs the heads of its journal."""
        return self.state / "audit.key"

    @property
    def decoded(self) -> Path:
        """Pictures that the media program has decoded, as raw pixels."""
        return self.run / "decoded"

    @property
    def media_socket(self) -> Path:
        """Where the media program takes requests."""
        return self.run / "media.sock"

    def local(self, screen: str) -> Path:
        """A player's own state: panic blank and other local claims."""
        return self.state / f"local-{screen}.json"

    def asrun(self, screen: str) -> Path:
        """What a screen has shown: its as-run journal."""
        return self.state / "asrun" / f"{screen}.db"

    def command_socket(self, screen: str) -> Path:
        """Where control tells a player of a new generation."""
        return self.run / f"player-{screen}.sock"

    def operations_socket(self, screen: str) -> Path:
        """Where people on the machine reach a player with control stopped."""
        return self.run / f"player-{screen}.ops.sock"

    def frames(self, screen: str) -> Path:
        """A player's published frame and snapshot."""
        return self.run / f"player-{screen}.frames"


def find_paths(config: Path | None = None, state: Path | None = None) -> Paths:
    """The folders to use. Looks, it creates nothing.

    Order: the options, `PLAYOUT_CONFIG`, `PLAYOUT_STATE` and `PLAYOUT_FONTS`, what systemd hands over
    (`STATE_DIRECTORY`, `RUNTIME_DIRECTORY`), /etc/playout and /var/lib/playout if they exist, else what is shipped
    and `var/` here.
    """
    env = os.environ
    config = config or _path(env.get("PLAYOUT_CONFIG")) or _existing(Path("/etc/playout/playout.toml"))
    state = state or _path(env.get("PLAYOUT_STATE")) or _path(env.get("STATE_DIRECTORY", "").split(":")[0])
    run = _path(env.get("RUNTIME_DIRECTORY", "").split(":")[0])
    if state is None and (system := _existing(Path("/var/lib/playout"))) is not None:
        state, run = system, run or Path("/run/playout")
    state = (state or Path("var")).absolute()
    return Paths(
        config=(config or shipped("config") / "playout.toml").absolute(),
        state=state,
        run=(run or state / "run").absolute(),
        fonts=_path(env.get("PLAYOUT_FONTS")) or _existing(Path("/etc/playout/fonts")) or shipped("fonts"),
        schedules=_existing(Path("/etc/playout/schedules")) or shipped("schedules"),
    )


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _existing(path: Path) -> Path | None:
    return path if path.exists() else None
