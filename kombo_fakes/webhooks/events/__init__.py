"""One file for each event, which describes what is known of the event besides its schema.

To add an event, put its schema in ``schemas/``, add a file here and run ``make events``. The file
has the name of the event, with ``_`` for everything but letters and digits, and contains an `Event`
called ``EVENT``. `kombo_fakes.webhooks.registry` finds the files, so there is no list to keep.

Only ``name`` is required. Fields that the same name has in several events, such as
``data.end_user.origin_id``, need no line: `kombo_fakes.webhooks.shared_fields` has them already::

    EVENT = Event(
        name="job-closed",
        # The field data.closed_at shows the fact "instant", which facts.py draws.
        fields={"data.closed_at": "instant"},
        # Only the integrations of this category have jobs.
        usual={"category": "ATS"},
        # JobClosedFactory.build(filled=True)
        traits={"filled": {"data.reason": "FILLED"}},
        # Type checkers know payload["data"]["reason"] as the type Reason.
        types={"data.reason": "Reason"},
        # A payload of an earlier release, for kombo_fakes.changes().
        changes=(SeenChange("absent", "/data/reason", "without the reason", "the guide"),),
    )

An event with facts of its own has a function that draws them, and a `Group` that lists them
(``sync_finished.py``). An event that shows how something changes over time has a `Lifecycle`
(``integration_state_changed.py``). `Event` documents every argument.
"""
