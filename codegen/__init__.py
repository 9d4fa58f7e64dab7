"""Writes the modules that are generated from the schemas and the files of the events.

``make events`` runs it. A test fails if a module is not up to date.
"""
