"""What is on air at an instant, and why: a pure, total function of frozen inputs."""

from playout.resolve.resolve import HORIZON_NS, programmes, resolve, takeover_ns

__all__ = ["HORIZON_NS", "programmes", "resolve", "takeover_ns"]
