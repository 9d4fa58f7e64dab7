"""The floor of factories: factory_boy with constants only."""

from __future__ import annotations

import factory
from measuring import call_each, report_rate


class EndUser(factory.DictFactory):
    organization_name = "Acme"
    creator_email = "jo@acme.example"
    origin_id = None


class Data(factory.DictFactory):
    integration_tool = "personio"
    integration_id = "personio:CBNMt7dSNCzBdnRTx87dev4E"
    integration_category = "HRIS"
    end_user = factory.SubFactory(EndUser)
    qa_status = "PASSED"
    setup_status = "COMPLETED"
    state = "ACTIVE"
    updated_at = "2024-05-01T12:00:00.000Z"


class Payload(factory.DictFactory):
    id = "6RqPDvCMoDVQWbhBCj1zYzEm"
    type = "integration-state-changed"
    data = factory.SubFactory(Data)


report_rate(call_each(Payload.build), "factory_boy")
