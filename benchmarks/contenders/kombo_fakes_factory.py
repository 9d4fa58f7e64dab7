"""The factory of this project."""

from __future__ import annotations

from measuring import called, report

from kombo_fakes import IntegrationStateChangedFactory

report(called(IntegrationStateChangedFactory.build), "kombo-fakes", "factory_boy")
