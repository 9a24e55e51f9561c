"""What is on air at an instant, and why: a pure, total function of frozen inputs."""

from playout.resolve.pages import UNSET_DWELL_S, languages_of
from playout.resolve.resolve import HORIZON_NS, programmes, resolve, takeover_ns

__all__ = ["HORIZON_NS", "UNSET_DWELL_S", "languages_of", "programmes", "resolve", "takeover_ns"]
