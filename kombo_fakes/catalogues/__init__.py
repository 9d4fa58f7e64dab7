"""Catalogues of labelled payloads: faults, corners, changes."""
