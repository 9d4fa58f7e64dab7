"""Blueprints: a schema as the few plain shapes that payloads are made from.

jsonschema-rs brings a schema into canonical form: it merges ``allOf``, turns ``oneOf``, ``if``,
``not`` and the ``dependent...`` keywords into unions of plain shapes, and finds out what cannot be
satisfied. ``canonical`` reads that form into ``shapes``, ``property_names`` puts back what the
form forgets, and ``build`` does both. Strategies and realistic values are made from the shapes,
so each keyword is understood in one place.
"""
