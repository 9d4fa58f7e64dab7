"""Mutation testing of the core modules: makes small changes, each of which should fail a test."""
