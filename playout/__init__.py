"""playout drives an outdoor LED sign: it decides what is on air at every instant, draws it and sends it to the panel."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["__version__"]

try:
    __version__ = version("playout")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"
