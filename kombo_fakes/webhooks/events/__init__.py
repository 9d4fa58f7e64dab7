"""One file for each event; `kombo_fakes.webhooks.registry` finds them by itself.

A file describes all that is known of its event beside its schema: an `Event` called ``EVENT``.
"""
