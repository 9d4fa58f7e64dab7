"""Payloads in numbers: factories, runs, streams, files."""
