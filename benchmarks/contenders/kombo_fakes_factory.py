"""The factory of this project."""

from __future__ import annotations

from measuring import call_each, report_rate

from kombo_fakes import IntegrationStateChangedFactory

report_rate(call_each(IntegrationStateChangedFactory.build), "kombo-fakes", "factory_boy")
