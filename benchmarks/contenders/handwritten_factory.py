"""A factory written by hand with factory_boy and Faker."""

from __future__ import annotations

import json
import sys

import factory
from measuring import call_each, report_rate, write_each


class EndUser(factory.DictFactory):
    organization_name = factory.Faker("company")
    creator_email = factory.Faker("safe_email")
    origin_id = factory.Faker("bothify", text="??????-#####")


class Data(factory.DictFactory):
    integration_tool = factory.Faker("random_element", elements=["personio", "workday", "lever"])
    integration_id = factory.LazyAttributeSequence(lambda o, n: f"{o.integration_tool}:{n:024}")
    integration_category = factory.Faker("random_element", elements=["HRIS", "ATS", "LMS"])
    end_user = factory.SubFactory(EndUser)
    qa_status = factory.Faker("random_element", elements=["PENDING", "FAILED", "PASSED"])
    setup_status = factory.Faker("random_element", elements=["INCOMPLETE", "COMPLETED"])
    state = factory.Faker("random_element", elements=["ACTIVE", "INVALID", "INACTIVE"])
    updated_at = factory.Faker("iso8601", tzinfo=None)

    @classmethod
    def _build(cls, model_class, *args, **kwargs):
        kwargs["updated_at"] += "Z"
        return super()._build(model_class, *args, **kwargs)


class Payload(factory.DictFactory):
    id = factory.Faker("bothify", text="????????????????????????")
    type = "integration-state-changed"
    data = factory.SubFactory(Data)


def line() -> bytes:
    return json.dumps(Payload.build(), separators=(",", ":")).encode() + b"\n"


if sys.argv.pop(1) == "lines":
    report_rate(write_each(line), "factory_boy", "faker", line=line)
else:
    report_rate(call_each(Payload.build), "factory_boy", "faker")
