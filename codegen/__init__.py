"""Writes the modules that follow from the schemas and the files of the events.

``make events`` runs it. A test fails where what it would write differs from what is there.
"""
