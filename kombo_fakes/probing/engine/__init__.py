"""Probing a receiver: `probe` runs each event, phase after phase, and makes a report.

`probe.py` begins a `ProbeRun`, which makes an `EventRun` for each event. An `EventRun` sends single
cases with a `CaseRunner`, drawn payloads with an `Explorer`, and scenarios with `Timelines`. All of
them send through a `Session`, which uses the `Client` of the run.
"""
