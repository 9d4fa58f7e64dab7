"""The version of the package, in the one place that builds and reports read."""

__version__ = "0.1.0"
