"""Bugs in what is made of a payload: fields, values, the schema."""

from __future__ import annotations

import copy
import html
import re
import struct
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar
from urllib.parse import quote

from kombo_fakes import Schema, events

from .good import EVENT, STATUSES, Answer, Environ, Receiver, Refused, moment
from .planted import Bed

PAYLOADS = Bed()

_TAKES = "accepts-invalid"
_REFUSES = "rejects-valid"
_DROPS = "acknowledged-not-applied"
_CORRUPTS = "corrupts-state"


class _Valid(Receiver):
    """Does something with a payload that is to be applied, before that."""

    def take(self, payload: Any) -> None:
        self.use(payload, payload["data"])
        super().take(payload)

    def use(self, payload: Any, data: Any) -> None:
        raise NotImplementedError


def _refuse(wrong: bool) -> None:
    if wrong:
        raise Refused(422, "not valid")


def _crash(wrong: bool) -> None:
    if wrong:
        raise RuntimeError("so it ends")


# -- null, empty, long


@PAYLOADS.plant(_REFUSES, "null")
class RefusesNullEmail(_Valid):
    """The model has a text there."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse(data["end_user"]["creator_email"] is None)


@PAYLOADS.plant("crashes", "null")
class CrashesOnNullEmail(_Valid):
    """`email.lower()`."""

    def use(self, payload: Any, data: Any) -> None:
        data["end_user"]["creator_email"].lower()


@PAYLOADS.plant(_REFUSES, "null")
class RefusesNullOrigin(_Valid):
    """The schema says nullable, and the generator of its model doesn't know the word."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse(data["end_user"]["origin_id"] is None)


@PAYLOADS.plant("crashes", "null", policy="tolerant")
class CrashesOnNullOrigin(_Valid):
    """`origin_id.strip()`."""

    def use(self, payload: Any, data: Any) -> None:
        user = data.get("end_user")
        _crash(isinstance(user, dict) and user.get("origin_id", "") is None)


@PAYLOADS.plant(_DROPS, "null", looks=True)
class DropsNullEmail(Receiver):
    """A model that refuses null, and an answer that is always 200: nobody sends it again."""

    def take(self, payload: Any) -> None:
        if payload["data"]["end_user"]["creator_email"] is not None:
            super().take(payload)


@PAYLOADS.plant(_REFUSES, "empty")
class RefusesEmptyNames(_Valid):
    """`if not name`."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse(not data["end_user"]["organization_name"])


@PAYLOADS.plant(_REFUSES, "empty")
class RefusesEmptyEventIds(_Valid):
    """`if not payload["id"]`."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse(not payload["id"])


@PAYLOADS.plant(_DROPS, "empty", looks=True, hard=True)
class DropsEmptyIntegrationIds(Receiver):
    """`if integration_id:`; a look at an empty id is one at /integrations/, as is a list."""

    def take(self, payload: Any) -> None:
        if payload["data"]["integration_id"]:
            super().take(payload)


@PAYLOADS.plant("crashes", "empty")
class CrashesOnEmptyTools(_Valid):
    """`tool[0].upper()`."""

    def use(self, payload: Any, data: Any) -> None:
        data["integration_tool"][0].upper()


@PAYLOADS.plant(_REFUSES, "300|long|255")
class RefusesLongNames(_Valid):
    """varchar(255), as a rule for names."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse(len(data["end_user"]["organization_name"]) > 255)


@PAYLOADS.plant("crashes", "300|long|255")
class CrashesOnLongNames(_Valid):
    """varchar(255), as the database says it."""

    def use(self, payload: Any, data: Any) -> None:
        _crash(len(data["end_user"]["organization_name"]) > 255)


@PAYLOADS.plant(_DROPS, "300|long|255", looks=True)
class CutsLongIds(Receiver):
    """varchar(255) in MySQL as it was: what is too long is cut off."""

    def integration_key(self, data: Any) -> Any:
        return data["integration_id"][:255]


# -- letters


@PAYLOADS.plant("crashes", "quote|apostrophe")
class CrashesOnApostrophes(_Valid):
    """SQL put together from texts."""

    def use(self, payload: Any, data: Any) -> None:
        _crash("'" in str(data["end_user"]["creator_email"]))


@PAYLOADS.plant("crashes", "quote|template|%s|percent")
class CrashesOnPercent(_Valid):
    """A line of a log that is formatted twice."""

    def use(self, payload: Any, data: Any) -> None:
        ("an event of " + data["end_user"]["organization_name"]) % ()


@PAYLOADS.plant("crashes", "line feed|line|tab")
class CrashesOnLineFeeds(_Valid):
    """Puts an id into a header of its answer."""

    def use(self, payload: Any, data: Any) -> None:
        _crash("\n" in data["integration_id"])


@PAYLOADS.plant("crashes", "emoji|combining|right-to-left|unicode|characters|letters")
class CrashesOnLettersOfTheWorld(_Valid):
    """Prints to a terminal of Latin-1."""

    def use(self, payload: Any, data: Any) -> None:
        data["end_user"]["organization_name"].encode("cp1252")


@PAYLOADS.plant(_DROPS, "emoji|combining|unicode|normali", looks=True)
class NormalisesIds(Receiver):
    """Keeps ids in NFC, and looks for them as they came."""

    def integration_key(self, data: Any) -> Any:
        return unicodedata.normalize("NFC", data["integration_id"])


@PAYLOADS.plant(_DROPS, "blank|strip|around", looks=True)
class StripsIds(Receiver):
    """Keeps ids without the blanks around, and looks for them as they came."""

    def integration_key(self, data: Any) -> Any:
        return data["integration_id"].strip()


@PAYLOADS.plant(_DROPS, "quote|template|&|html|escap", looks=True)
class EscapesIds(Receiver):
    """Keeps ids as they would stand in a page."""

    def integration_key(self, data: Any) -> Any:
        return html.escape(data["integration_id"])


@PAYLOADS.plant("crashes", "integration_id")
class CrashesOnIdsWithoutColon(_Valid):
    """`tool, token = integration_id.split(":")`."""

    def use(self, payload: Any, data: Any) -> None:
        tool, token = data["integration_id"].split(":")
        del tool, token


@PAYLOADS.plant(_REFUSES, "id")
class WantsIdsOfLettersAndDigits(_Valid):
    """All ids that anybody has seen were so."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse(re.fullmatch(r"[A-Za-z0-9]+", payload["id"]) is None)


@PAYLOADS.plant(_REFUSES, "integration_tool|tool")
class WantsToolsOfSmallLetters(_Valid):
    """All tools that anybody has seen were so."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse(re.fullmatch(r"[a-z0-9_-]{1,60}", data["integration_tool"]) is None)


class _Email(_Valid):
    pattern: ClassVar[str]

    def use(self, payload: Any, data: Any) -> None:
        email = data["end_user"]["creator_email"]
        _refuse(email is not None and re.fullmatch(self.pattern, email) is None)


@PAYLOADS.plant(_REFUSES, "plus|e-?mail")
class RefusesPlusInEmails(_Email):
    """A regular expression from somewhere."""

    pattern = r"[A-Za-z0-9_.'-]+@[A-Za-z0-9.-]+"


@PAYLOADS.plant(_REFUSES, "capital|e-?mail")
class RefusesCapitalsInEmails(_Email):
    """A regular expression from somewhere else."""

    pattern = r"[a-z0-9_.'+-]+@[a-z0-9.-]+"


@PAYLOADS.plant(_REFUSES, "apostrophe|e-?mail")
class RefusesApostrophesInEmails(_Email):
    """O'Hara isn't at home here."""

    pattern = r"[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+"


@PAYLOADS.plant(_REFUSES, "64|long|local|e-?mail")
class RefusesLongEmails(_Email):
    """Fifty letters before the @ are enough."""

    pattern = r"[^@]{1,50}@[^@]+"


@PAYLOADS.plant(_REFUSES, "creator_email")
class KnowsShortDomainsOnly(_Email):
    """No top-level domain has more than four letters, says the book."""

    pattern = r"[^@]+@[^@]+\.[A-Za-z]{2,4}"


@PAYLOADS.plant(_REFUSES, "hyphen|creator_email")
class RefusesHyphensInDomains(_Email):
    """Labels of letters and digits."""

    pattern = r"[^@]+@[A-Za-z0-9.]+"


# -- enums


class _Unknown(_Valid):
    place: ClassVar[str]
    value: ClassVar[str]
    act: ClassVar[Callable[[bool], None]] = _refuse

    def use(self, payload: Any, data: Any) -> None:
        type(self).act(data[self.place] == self.value)


@PAYLOADS.plant(_REFUSES, "FINAL_SYNC_PENDING")
class RefusesFinalSyncPending(_Unknown):
    """A value that came later."""

    place, value = "setup_status", "FINAL_SYNC_PENDING"


@PAYLOADS.plant("crashes", "FINAL_SYNC_PENDING")
class CrashesOnFinalSyncPending(_Unknown):
    """`SetupStatus(value)`, and no such member."""

    place, value, act = "setup_status", "FINAL_SYNC_PENDING", _crash


@PAYLOADS.plant(_REFUSES, "LMS")
class RefusesLms(_Unknown):
    """A category that came later."""

    place, value = "integration_category", "LMS"


@PAYLOADS.plant("crashes", "ASSESSMENT")
class CrashesOnAssessment(_Unknown):
    """A table of categories with a gap."""

    place, value, act = "integration_category", "ASSESSMENT", _crash


@PAYLOADS.plant("hangs", "INVALID")
class HangsOnInvalid(_Valid):
    """Sends a mail to the customer, and the server for mail doesn't answer."""

    def use(self, payload: Any, data: Any) -> None:
        if data["state"] == "INVALID":
            self.released.wait(self.patience)


class _Drops(Receiver):
    place: ClassVar[str]
    value: ClassVar[str]

    def take(self, payload: Any) -> None:
        if payload["data"][self.place] != self.value:
            super().take(payload)


@PAYLOADS.plant(_DROPS, "FAILED", looks=True)
class DropsFailed(_Drops):
    """Only what has passed is of interest."""

    place, value, status_taken = "qa_status", "FAILED", 202


@PAYLOADS.plant(_DROPS, "INACTIVE", looks=True)
class DropsInactive(_Drops):
    """No case for it in the switch."""

    place, value = "state", "INACTIVE"


@PAYLOADS.plant(_DROPS, "ASSESSMENT", looks=True)
class DropsAssessment(_Drops):
    """No case for it in the switch, either."""

    place, value = "integration_category", "ASSESSMENT"


# -- what is kept


class _Keeps(Receiver):
    def record(self, data: Any, old: dict[str, Any] | None) -> dict[str, Any]:
        record = super().record(data, old)
        self.spoil(record, old)
        return record

    def spoil(self, record: dict[str, Any], old: dict[str, Any] | None) -> None:
        raise NotImplementedError


@PAYLOADS.plant(_CORRUPTS, "state|INVALID", looks=True)
class KeepsInvalidAsInactive(_Keeps):
    """Two of its own states for three of Kombo's."""

    def spoil(self, record: dict[str, Any], old: dict[str, Any] | None) -> None:
        if record["state"] == "INVALID":
            record["state"] = "INACTIVE"


@PAYLOADS.plant(_CORRUPTS, "setup_status|qa_status", looks=True)
class MixesUpStatuses(_Keeps):
    """qa_status goes where setup_status belongs."""

    def spoil(self, record: dict[str, Any], old: dict[str, Any] | None) -> None:
        record["setup_status"] = record["qa_status"]


@PAYLOADS.plant(_CORRUPTS, "setup_status", looks=True)
class NeverUpdatesSetupStatus(_Keeps):
    """One column is missing in the UPDATE."""

    def spoil(self, record: dict[str, Any], old: dict[str, Any] | None) -> None:
        if old is not None:
            record["setup_status"] = old["setup_status"]


@PAYLOADS.plant(_CORRUPTS, "state", looks=True)
class NeverUpdatesState(_Keeps):
    """Another column is missing in the UPDATE."""

    def spoil(self, record: dict[str, Any], old: dict[str, Any] | None) -> None:
        if old is not None:
            record["state"] = old["state"]


@PAYLOADS.plant(_CORRUPTS, "state|case", looks=True)
class KeepsSmallLetters(_Keeps):
    """Its own enums are in small letters, and nobody turns them back."""

    def spoil(self, record: dict[str, Any], old: dict[str, Any] | None) -> None:
        record["state"] = record["state"].lower()


@PAYLOADS.plant(_CORRUPTS, "qa_status|PENDING|PASSED", looks=True)
class PassedStaysPassed(_Keeps):
    """What has passed once can't fail any more."""

    def spoil(self, record: dict[str, Any], old: dict[str, Any] | None) -> None:
        if old is not None and old["qa_status"] == "PASSED":
            record["qa_status"] = "PASSED"


@PAYLOADS.plant(_CORRUPTS, "setup_status|missing|leaves out", looks=True)
class ForgetsToSaySetupStatus(Receiver):
    """What it says of an integration is older than the field."""

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in super().shown(record).items()
                if name != "setup_status"}  # fmt: skip


class _ShowsTime(Receiver):
    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        return {**super().shown(record), "updated_at": self.written(record)}

    def written(self, record: dict[str, Any]) -> Any:
        raise NotImplementedError


@PAYLOADS.plant(_CORRUPTS, "updated_at|arriv", looks=True)
class ShowsTheTimeOfArrival(_ShowsTime):
    """`updated_at = now()`."""

    def record(self, data: Any, old: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().record(data, old), "now": datetime.now(timezone.utc).isoformat()}

    def written(self, record: dict[str, Any]) -> Any:
        return record["now"]


@PAYLOADS.plant(_CORRUPTS, "updated_at|offset", looks=True)
class LosesTheOffset(_ShowsTime):
    """A column without time zone takes the local time for UTC."""

    def written(self, record: dict[str, Any]) -> Any:
        return re.sub(r"[+-][0-9]{2}:[0-9]{2}$", "Z", record["updated_at"])


@PAYLOADS.plant(_CORRUPTS, "updated_at|second|fraction", looks=True)
class LosesTheFraction(_ShowsTime):
    """A column of whole seconds."""

    def written(self, record: dict[str, Any]) -> Any:
        return re.sub(r"\.[0-9]+", "", record["updated_at"])


@PAYLOADS.plant(_CORRUPTS, "updated_at|first|never", looks=True)
class KeepsTheFirstTime(_ShowsTime):
    """The column is that of the row's creation."""

    def record(self, data: Any, old: dict[str, Any] | None) -> dict[str, Any]:
        first = old["first"] if old else data["updated_at"]
        return {**super().record(data, old), "first": first}

    def written(self, record: dict[str, Any]) -> Any:
        return record["first"]


# -- timestamps


class _Time(_Valid):
    wrong: ClassVar[Callable[[bool], None]] = _refuse
    pattern: ClassVar[str]

    def use(self, payload: Any, data: Any) -> None:
        type(self).wrong(re.fullmatch(self.pattern, data["updated_at"]) is None)


_DAY = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d"
_OFFSET = r"([Zz]|[+-]\d\d:\d\d)"


@PAYLOADS.plant(_REFUSES, "fraction")
class RefusesNoFraction(_Time):
    """All that anybody has seen had three digits."""

    pattern = rf"{_DAY}\.\d+{_OFFSET}"


@PAYLOADS.plant("crashes", "fraction")
class CrashesOnNoFraction(_Time):
    """A format for strptime."""

    pattern, wrong = rf"{_DAY}\.\d+{_OFFSET}", _crash


@PAYLOADS.plant(_REFUSES, "fraction", takes_plain=False)
class RefusesFractions(_Time):
    """Seconds will do."""

    pattern = rf"{_DAY}{_OFFSET}"


@PAYLOADS.plant(_REFUSES, "offset")
class RefusesOffsets(_Time):
    """Nobody has seen anything but Z."""

    pattern = rf"{_DAY}(\.\d+)?[Zz]"


@PAYLOADS.plant(_REFUSES, "digit|fraction")
class RefusesMoreThanThreeDigits(_Time):
    """Milliseconds will do."""

    pattern = rf"{_DAY}(\.\d{{1,3}})?{_OFFSET}"


@PAYLOADS.plant("crashes", "digit|nine|fraction")
class CrashesOnNineDigits(_Time):
    """Microseconds will do."""

    pattern, wrong = rf"{_DAY}(\.\d{{1,6}})?{_OFFSET}", _crash


@PAYLOADS.plant("crashes", "digit|fraction")
class CrashesOnOneDigit(_Time):
    """datetime.fromisoformat before Python 3.11."""

    pattern, wrong = rf"{_DAY}(\.\d{{3}}|\.\d{{6}}|\.\d{{9}})?{_OFFSET}", _crash


@PAYLOADS.plant("crashes", "fraction|offset|digit")
class CrashesInStrptime(_Valid):
    """`strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")`."""

    def use(self, payload: Any, data: Any) -> None:
        datetime.strptime(data["updated_at"], "%Y-%m-%dT%H:%M:%S.%fZ")


@PAYLOADS.plant(_REFUSES, "offset")
class RefusesLargeOffsets(_Time):
    """No place on earth is further away than 14 hours."""

    pattern = rf"{_DAY}(\.\d+)?([Zz]|[+-](0\d|1[0-4]):\d\d)"


@PAYLOADS.plant(_REFUSES, "-00:00|offset")
class RefusesUnknownOffset(_Time):
    """-00:00 is none of ISO 8601."""

    pattern = rf"{_DAY}(\.\d+)?(?!-00:00){_OFFSET}"


class _Moves(_Valid):
    by: ClassVar[timedelta]

    def use(self, payload: Any, data: Any) -> None:
        seconds, _ = moment(data["updated_at"])
        at = datetime(1, 1, 1) + timedelta(seconds=seconds - 86_400)
        at + self.by


@PAYLOADS.plant("crashes", "year|first|0001")
class CrashesInTheFirstYear(_Moves):
    """Looks back an hour for what may have come before."""

    by = timedelta(hours=-1)


@PAYLOADS.plant("crashes", "year|last|9999")
class CrashesInTheLastYear(_Moves):
    """Reckons when it will be forgotten."""

    by = timedelta(days=30)


@PAYLOADS.plant("crashes", "1970|epoch|1969|0001|first year")
class CrashesBefore1970(_Valid):
    """Seconds in a number without a sign."""

    def use(self, payload: Any, data: Any) -> None:
        struct.pack(">Q", moment(data["updated_at"])[0] - _EPOCH)


@PAYLOADS.plant("crashes", "2038|32 bits|9999|last year")
class CrashesAfter2038(_Valid):
    """Seconds in 32 bits."""

    def use(self, payload: Any, data: Any) -> None:
        seconds = moment(data["updated_at"])[0] - _EPOCH
        if seconds > 0:
            struct.pack(">i", seconds)


_EPOCH = moment("1970-01-01T00:00:00Z")[0]


@PAYLOADS.plant(_REFUSES, "2038|9999|future|year")
class RefusesTheFuture(_Valid):
    """A clock that is a day ahead is wrong."""

    def use(self, payload: Any, data: Any) -> None:
        now = datetime.now(timezone.utc) + timedelta(days=1)
        _refuse(moment(data["updated_at"]) > moment(now.isoformat()))


@PAYLOADS.plant(_DROPS, "1969|0001|1970|old|year", looks=True)
class DropsThePast(Receiver):
    """Older than the company, so it was some mistake."""

    def take(self, payload: Any) -> None:
        if moment(payload["data"]["updated_at"]) > moment("2000-01-01T00:00:00Z"):
            super().take(payload)


@PAYLOADS.plant("crashes", "leap|29 february|february|02-29")
class CrashesOnLeapDays(_Valid):
    """The same day a year later."""

    def use(self, payload: Any, data: Any) -> None:
        _crash("-02-29T" in data["updated_at"])


# -- what a tolerant reader should bear


@PAYLOADS.plant("crashes", "setup_status", policy="tolerant")
class CrashesWithoutSetupStatus(_Valid):
    """`data["setup_status"]`."""

    def use(self, payload: Any, data: Any) -> None:
        data["setup_status"]


@PAYLOADS.plant(_REFUSES, "setup_status", policy="tolerant")
class RefusesNoSetupStatus(_Valid):
    """A model that has it required."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse("setup_status" not in data)


_PROPERTIES = {"id", "type", "data"}
_OF_DATA = {
    "integration_tool", "integration_id", "integration_category", "end_user", "qa_status",
    "setup_status", "state", "updated_at",
}  # fmt: skip
_OF_USERS = {"organization_name", "creator_email", "origin_id"}


@PAYLOADS.plant(_REFUSES, "property", policy="tolerant")
class RefusesNewProperties(_Valid):
    """`extra="forbid"`."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse(bool(set(payload) - _PROPERTIES or set(data) - _OF_DATA))


@PAYLOADS.plant("crashes", "property", policy="tolerant")
class CrashesOnNewProperties(_Valid):
    """`EndUser(**data["end_user"])`."""

    def use(self, payload: Any, data: Any) -> None:
        user = data.get("end_user")
        _crash(isinstance(user, dict) and bool(set(user) - _OF_USERS))


@PAYLOADS.plant("crashes", "property|root", policy="tolerant")
class CrashesOnNewPropertiesAtTheTop(_Valid):
    """`Event(**payload)`."""

    def use(self, payload: Any, data: Any) -> None:
        _crash(bool(set(payload) - _PROPERTIES))


_KNOWN = {
    "state": {"ACTIVE", "INVALID", "INACTIVE"},
    "qa_status": {"PENDING", "FAILED", "PASSED"},
    "setup_status": {"INCOMPLETE", "FINAL_SYNC_PENDING", "COMPLETED"},
}


@PAYLOADS.plant(_REFUSES, "state|value|401", policy="tolerant")
class CallsNewStatesBadSignatures(_Valid):
    """Verifying and parsing are one call, and so is the error of both."""

    def use(self, payload: Any, data: Any) -> None:
        if data["state"] not in _KNOWN["state"]:
            raise Refused(401, "invalid signature")


@PAYLOADS.plant("crashes", "qa_status|value", policy="tolerant")
class CrashesOnNewQaStatuses(_Valid):
    """`QaStatus(value)`."""

    def use(self, payload: Any, data: Any) -> None:
        _crash(data["qa_status"] not in _KNOWN["qa_status"])


@PAYLOADS.plant(_REFUSES, "setup_status|value", policy="tolerant")
class RefusesNewSetupStatuses(_Valid):
    """A list of those that there are."""

    def use(self, payload: Any, data: Any) -> None:
        _refuse("setup_status" in data and data["setup_status"] not in _KNOWN["setup_status"])


@PAYLOADS.plant("crashes", "category|value", policy="tolerant")
class CrashesOnNewCategories(_Valid):
    """A table of categories."""

    def use(self, payload: Any, data: Any) -> None:
        _crash(data.get("integration_category") == "ADDED_LATER")


class _Others(Receiver):
    """Does something else with the events that aren't applied."""

    def other_event(self, payload: Any) -> Answer:
        name = payload.get("type") if isinstance(payload, dict) else None
        if isinstance(name, str):
            self.other(name)
        return super().other_event(payload)

    def other(self, name: str) -> None:
        raise NotImplementedError


@PAYLOADS.plant(_REFUSES, "event", policy="tolerant")
class RefusesOtherEvents(_Others):
    """Has subscribed to one event, and says so."""

    def other(self, name: str) -> None:
        raise Refused(400, "no such event")


@PAYLOADS.plant(_REFUSES, "event", policy="tolerant")
class Says404ToOtherEvents(_Others):
    """No handler of that name."""

    def other(self, name: str) -> None:
        raise Refused(404, "no such event")


@PAYLOADS.plant("crashes", "event", policy="tolerant")
class CrashesOnOtherEvents(_Others):
    """`HANDLERS[payload["type"]]`."""

    def other(self, name: str) -> None:
        {EVENT: self}[name]


@PAYLOADS.plant("crashes", "event|added-later|new", policy="tolerant")
class CrashesOnNewEvents(_Others):
    """A handler for each event that there is."""

    def other(self, name: str) -> None:
        dict.fromkeys(events())[name]


@PAYLOADS.plant("crashes", "assessment", policy="tolerant")
class CrashesOnColonsInEvents(_Others):
    """A colon ends the name of a route."""

    def other(self, name: str) -> None:
        _crash(":" in name)


@PAYLOADS.plant(_REFUSES, "sync-finished", policy="tolerant")
class RefusesOneOtherEvent(_Others):
    """Has a model for that one, and it is wrong."""

    def other(self, name: str) -> None:
        _refuse(name == "sync-finished")


@PAYLOADS.plant("hangs", "data-changed", policy="tolerant")
class HangsOnDataChanged(_Others):
    """Fetches all that has changed before it answers."""

    def other(self, name: str) -> None:
        if name == "data-changed":
            self.released.wait(self.patience)


@PAYLOADS.plant(_CORRUPTS, "event|type", policy="tolerant", looks=True, hard=True)
class AppliesNewEvents(Receiver):
    """Looks at the data, and not at the type."""

    def is_known_event(self, payload: Any) -> bool:
        data = payload.get("data") if isinstance(payload, dict) else None
        alike = isinstance(data, dict) and "state" in data and "qa_status" in data
        return super().is_known_event(payload) or alike


@PAYLOADS.plant("crashes", "required|absent|without|missing", policy="tolerant")
class CrashesOnMissingFields(Receiver):
    """A tolerant reader that doesn't look what is there."""

    def lacks(self, payload: Any) -> str | None:
        data = payload["data"]
        if isinstance(data, dict):
            data["updated_at"]
        return super().lacks(payload)


@PAYLOADS.plant("crashes", "type|number|null|boolean|array|object", policy="tolerant")
class CrashesOnOtherTypes(Receiver):
    """A tolerant reader that doesn't look what it is."""

    def lacks(self, payload: Any) -> str | None:
        if isinstance(payload.get("data"), dict):
            payload["data"].get("state", "").upper()
        return super().lacks(payload)


@PAYLOADS.plant("crashes", "updated_at|format|date", policy="tolerant")
class CrashesOnWhatIsNoDate(Receiver):
    """Nobody catches what the parser of dates raises."""

    def lacks(self, payload: Any) -> str | None:
        found = super().lacks(payload)
        _crash(found == "updated_at is no date-time")
        return found


# -- what a strict one should refuse


@PAYLOADS.plant("crashes", "id")
class CrashesOnIdsThatAreNoTexts(Receiver):
    """Looks for copies first, in a set, and no array can be in one."""

    def is_known_event(self, payload: Any) -> bool:
        if isinstance(payload, dict):
            self.store.seen(payload.get("id"))
        return super().is_known_event(payload)


@PAYLOADS.plant("crashes", "state|type|array|object")
class CrashesOnStatesThatAreNoTexts(Receiver):
    """`data["state"] in {"ACTIVE", ...}`, and no array can be in a set."""

    def validate(self, payload: Any) -> str | None:
        data = payload.get("data")
        if isinstance(data, dict) and data.get("state") not in _KNOWN["state"]:
            return "no such state"
        return super().validate(payload)


@PAYLOADS.plant("crashes", "required|absent|without|missing")
class CrashesBeforeItValidates(Receiver):
    """Writes a line to its log first."""

    def validate(self, payload: Any) -> str | None:
        payload["data"]
        return super().validate(payload)


@PAYLOADS.plant("crashes", "invalid|schema|wrong|fault")
class CrashesOnWhatIsInvalid(Receiver):
    """Nobody catches what the validator raises."""

    def validate(self, payload: Any) -> str | None:
        _crash(super().validate(payload) is not None)
        return None


def _lenient(store: dict[str, Any], *path: str) -> Any:
    found: Any = store
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


class _ValidatesLess(Receiver):
    """Takes more than the schema allows, and doesn't crash on it afterwards."""

    def apply(self, payload: Any) -> None:
        data = _lenient(payload, "data")
        key = _lenient(data, "integration_id")
        if not isinstance(key, str):
            return
        old = self.store.get(key)
        new, known = str(_lenient(data, "updated_at")), old["updated_at"] if old else ""
        try:
            newer = old is None or moment(new) > moment(known)
        except ValueError:
            newer = True
        if newer:
            kept = {name: _lenient(data, name) for name in STATUSES}
            count = (old["events"] if old else 0) + 1
            self.store.put(key, {**kept, "updated_at": new, "events": count})

    def event_key(self, payload: Any) -> Any:
        return repr(_lenient(payload, "id"))


class _Altered(_ValidatesLess):
    """Validates against a schema that was changed."""

    _schemas: ClassVar[dict[type, Schema]] = {}

    def is_known_event(self, payload: Any) -> bool:
        return True

    def validate(self, payload: Any) -> str | None:
        kind = type(self)
        if kind not in self._schemas:
            document = copy.deepcopy(Schema.load().effective)
            self.alter(document)
            self._schemas[kind] = Schema.load(document)
        return None if self._schemas[kind].is_valid(payload) else "not valid"

    def alter(self, schema: Any) -> None:
        raise NotImplementedError


def _each(schema: Any) -> list[Any]:
    """All schemas in a schema."""
    found = [schema]
    for child in schema.get("properties", {}).values():
        found += _each(child)
    return found


@PAYLOADS.plant(_TAKES, "schema|validat|policy")
class ValidatesNothing(_ValidatesLess):
    """Whatever is signed is right."""

    def process(self, payload: Any) -> Answer:
        self.take(payload)
        return self.taken()


@PAYLOADS.plant(_TAKES, "schema|validat|policy|type|root|object")
class ValidatesObjectsOnly(_ValidatesLess):
    """An object will do."""

    def process(self, payload: Any) -> Answer:
        _refuse(not isinstance(payload, dict))
        self.take(payload)
        return self.taken()


@PAYLOADS.plant(_TAKES, "additionalProperties|propert")
class TakesMoreProperties(_Altered):
    """Passes over what it doesn't know, though it claims to be strict."""

    def alter(self, schema: Any) -> None:
        for part in _each(schema):
            part.pop("additionalProperties", None)


@PAYLOADS.plant(_TAKES, "additionalProperties|propert|end_user")
class TakesMorePropertiesOfUsers(_Altered):
    """The same in one place."""

    def alter(self, schema: Any) -> None:
        schema["properties"]["data"]["properties"]["end_user"].pop("additionalProperties")


@PAYLOADS.plant(_TAKES, "enum|value")
class TakesAnyValue(_Altered):
    """A text is a text."""

    def alter(self, schema: Any) -> None:
        for name in (*STATUSES, "integration_category"):
            schema["properties"]["data"]["properties"][name].pop("enum")


@PAYLOADS.plant(_TAKES, "type|event")
class TakesAnyType(_Altered):
    """The type of an event isn't looked at."""

    def alter(self, schema: Any) -> None:
        schema["properties"]["type"].pop("enum")


@PAYLOADS.plant(_TAKES, "format|e-?mail")
class TakesAnyEmail(_Altered):
    """Formats are annotations, unless somebody asks for more."""

    def alter(self, schema: Any) -> None:
        users = schema["properties"]["data"]["properties"]["end_user"]["properties"]
        for part in _each(users["creator_email"]) + users["creator_email"].get("anyOf", []):
            part.pop("format", None)


@PAYLOADS.plant(_TAKES, "format|date|updated_at")
class TakesAnyDate(_Altered):
    """The same with dates."""

    def alter(self, schema: Any) -> None:
        schema["properties"]["data"]["properties"]["updated_at"].pop("format")


class _MoreDates(_ValidatesLess):
    """Takes some dates that aren't of RFC 3339."""

    def validate(self, payload: Any) -> str | None:
        text = _lenient(payload, "data", "updated_at")
        if isinstance(text, str) and self.is_date(text):
            right = copy.deepcopy(payload)
            right["data"]["updated_at"] = "2024-01-01T00:00:00Z"
            return super().validate(right)
        return super().validate(payload)

    def is_date(self, text: str) -> bool:
        raise NotImplementedError


@PAYLOADS.plant(_TAKES, "date|format|updated_at")
class TakesDatesWithoutTime(_MoreDates):
    """A day is a date, too."""

    def is_date(self, text: str) -> bool:
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


@PAYLOADS.plant(_TAKES, "offset|format|updated_at")
class TakesDatesWithoutOffset(_MoreDates):
    """A time of day somewhere on earth."""

    def is_date(self, text: str) -> bool:
        return re.fullmatch(rf"{_DAY}(\.\d+)?", text) is not None


@PAYLOADS.plant(_TAKES, "february|day|format|updated_at")
class TakesDaysThatAreNone(_MoreDates):
    """Two digits are two digits."""

    def is_date(self, text: str) -> bool:
        return re.fullmatch(rf"{_DAY}(\.\d+)?{_OFFSET}", text) is not None


@PAYLOADS.plant(_TAKES, "required|absent|without|missing")
class RequiresNothing(_Altered):
    """What isn't there isn't wrong."""

    def alter(self, schema: Any) -> None:
        for part in _each(schema):
            part.pop("required", None)


@PAYLOADS.plant(_TAKES, "required|absent|without|missing|origin_id|end_user")
class RequiresNoOrigin(_Altered):
    """What can be null can be left out as well."""

    def alter(self, schema: Any) -> None:
        users = schema["properties"]["data"]["properties"]["end_user"]
        users["required"] = ["organization_name"]


@PAYLOADS.plant(_TAKES, "null|type")
class TakesNullEverywhere(_Altered):
    """Every field is optional in the model, and null is how that is written."""

    def alter(self, schema: Any) -> None:
        for part in _each(schema):
            if part.get("type") == "string":
                part["type"] = ["string", "null"]
                if "enum" in part:
                    part["enum"].append(None)


@PAYLOADS.plant(_TAKES, "type|number")
class TurnsNumbersIntoTexts(_ValidatesLess):
    """A validator that is obliging."""

    def validate(self, payload: Any) -> str | None:
        return super().validate(_converted(payload))


def _converted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _converted(item) for name, item in value.items()}
    return str(value) if isinstance(value, (int, float)) else value


@PAYLOADS.plant(_TAKES, "array|type")
class TakesArraysOfOne(_ValidatesLess):
    """A form has many values of each name, and this takes the first."""

    def validate(self, payload: Any) -> str | None:
        return super().validate(_unwrapped(payload))


def _unwrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unwrapped(item) for name, item in value.items()}
    return _unwrapped(value[0]) if isinstance(value, list) and len(value) == 1 else value


class _CleansEnums(_ValidatesLess):
    def validate(self, payload: Any) -> str | None:
        data = _lenient(payload, "data")
        if not isinstance(data, dict):
            return super().validate(payload)
        texts = {name: value for name, value in data.items() if isinstance(value, str)}
        names = {*STATUSES, "integration_category"} & set(texts)
        cleaned = {name: self.cleaned(texts[name]) for name in names}
        return super().validate({**payload, "data": {**data, **cleaned}})

    def cleaned(self, value: str) -> str:
        raise NotImplementedError


@PAYLOADS.plant(_TAKES, "case|enum|lower")
class TakesSmallLetters(_CleansEnums):
    """Enums without a case."""

    def cleaned(self, value: str) -> str:
        return value.upper()


@PAYLOADS.plant(_TAKES, "blank|enum|newline")
class TakesBlanksAround(_CleansEnums):
    """Enums with blanks around."""

    def cleaned(self, value: str) -> str:
        return value.strip()


@PAYLOADS.plant(_TAKES, "newline|enum|blank|line feed")
class TakesALineFeedBehind(_CleansEnums):
    """`re.match("(ACTIVE|INVALID|INACTIVE)$", text)`, whose $ overlooks a line feed."""

    def cleaned(self, value: str) -> str:
        return value.removesuffix("\n")


@PAYLOADS.plant(_TAKES, "cut|enum|prefix|separator|trailing")
class TakesWhatBeginsRight(_CleansEnums):
    """The first three letters tell them apart."""

    def cleaned(self, value: str) -> str:
        known = [value for values in _KNOWN.values() for value in values]
        fitting = [other for other in known if len(value) > 2 and other.startswith(value)]
        return fitting[0] if fitting else value


@PAYLOADS.plant(_TAKES, "data|nested|below")
class ValidatesTheTop(_Altered):
    """The data is an object."""

    def alter(self, schema: Any) -> None:
        schema["properties"]["data"] = {"type": "object"}


@PAYLOADS.plant(_TAKES, "end_user")
class ValidatesNoUsers(_Altered):
    """Whoever it is, it is somebody."""

    def alter(self, schema: Any) -> None:
        schema["properties"]["data"]["properties"]["end_user"] = {}


@PAYLOADS.plant(_TAKES, "schema|validat|policy|fault|invalid")
class Says200ToWhatIsInvalid(Receiver):
    """The error stands in the body; nothing is applied, and nobody sends it again."""

    status_invalid = 200


@PAYLOADS.plant("rejected-but-applied", "appl|refus", looks=True)
class AppliesWhatItRefuses(_ValidatesLess):
    """The transaction is over when the validator speaks."""

    def process(self, payload: Any) -> Answer:
        if isinstance(payload, dict):
            self.take(payload)
        return super().process(payload)


@PAYLOADS.plant("rejected-but-applied", "appl|refus|propert", looks=True)
class AppliesMorePropertiesAndRefusesThem(Receiver):
    """Says 422 to a property that it has just passed over."""

    def process(self, payload: Any) -> Answer:
        if self.is_known_event(payload) and isinstance(payload.get("data"), dict):
            known = {name: payload[name] for name in payload if name in _PROPERTIES}
            known["data"] = {n: v for n, v in payload["data"].items() if n in _OF_DATA}
            if super().validate(known) is None:
                self.take(known)
        return super().process(payload)


@PAYLOADS.plant("loses-events", "mark|refused|correct|after|same id", looks=True)
class MarksBeforeItValidates(Receiver):
    """What was refused counts as seen, so that it can't be sent again as it should be."""

    def validate(self, payload: Any) -> str | None:
        found = super().validate(payload)
        if found is not None and isinstance(payload.get("id"), str):
            self.mark(payload)
        return found


@PAYLOADS.plant(_DROPS, "appl|known|nothing|state", looks=True)
class AppliesNothing(Receiver):
    """The queue that it puts events into has no other end."""

    def take(self, payload: Any) -> None:
        """Nothing."""


@PAYLOADS.plant(_DROPS, "404|look|known|observ", looks=True)
class ShowsNothingThatItKnows(Receiver):
    """Applies all, and a look finds nothing: the id in the path isn't decoded."""

    def look(self, environ: Environ) -> Answer:
        return super().look({**environ, "PATH_INFO": quote(environ["PATH_INFO"], safe="/%")})
