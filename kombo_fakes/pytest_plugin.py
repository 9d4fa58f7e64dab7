"""The pytest plugin: fixtures named ``kombo_...``."""
