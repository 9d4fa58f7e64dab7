"""Blueprints: schemas as a few plain shapes from which payloads are generated.

jsonschema-rs brings a schema into canonical form. It merges ``allOf``, turns ``oneOf``, ``if``,
``not`` and the ``dependent...`` keywords into unions of plain shapes, and detects what cannot be
satisfied. ``canonical`` reads that form into ``shapes``. ``property_names`` restores names that
the form drops. ``build`` does both. Strategies and realistic values are generated from the shapes,
so each keyword is interpreted in one place only.
"""
