"""factory_boy factories for payloads: traits, overrides with ``__``, batches, a seed per call.

A factory is derived from a schema. Each field is a declaration of factory_boy's, so everything
that factory_boy can do works on it. Fields that are not overridden come from one realistic
payload and agree with those that are.
"""
