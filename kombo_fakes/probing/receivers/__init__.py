"""Receivers under test: behind a URL or in this process."""
