"""Hypothesis strategies of payloads, valid and invalid."""
