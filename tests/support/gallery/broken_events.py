"""Bugs that one delivery alone doesn't show: order, copies, integrations; and what leaks."""

from __future__ import annotations

import re
import time
import traceback
from collections import deque
from datetime import datetime, timedelta, timezone
from threading import Lock, local
from typing import Any, ClassVar

from .good import Answer, Environ, LastOfEqualWins, Receiver, Refused, Store, moment
from .planted import Bed

EVENTS = Bed()

_TAKES = "accepts-invalid"
_REFUSES = "rejects-valid"
_ORDER = "applies-out-of-order"
_TWICE = "applies-twice"
_MIXES = "mixes-up-integrations"
_DROPS = "acknowledged-not-applied"
_CORRUPTS = "corrupts-state"
_TOGETHER = "same (time|moment)|at once|concurren|parallel|race|together"

_PAUSE = 0.02
"""Seconds between a look and the work that follows from it, so that others come in between."""


# -- which of two events is newer


@EVENTS.plant(_ORDER, "older|late|order|stale", looks=True)
class LastOneWins(Receiver):
    """Applies whatever comes."""

    def is_newer(self, new: str, old: str) -> bool:
        return True


@EVENTS.plant(_ORDER, "older|late|order|stale", looks=True)
class AlmostAsNewWins(Receiver):
    """A minute more or less can be the clocks."""

    def is_newer(self, new: str, old: str) -> bool:
        return moment(new)[0] > moment(old)[0] - 60


@EVENTS.plant(_ORDER, "older|late|order|stale|newer", looks=True)
class OldestWins(Receiver):
    """A comparison the wrong way round."""

    def is_newer(self, new: str, old: str) -> bool:
        return moment(new) < moment(old)


@EVENTS.plant(_ORDER, "offset|text|sort|string", looks=True)
class ComparesTexts(Receiver):
    """Timestamps in ISO 8601 sort, as everybody knows."""

    def is_newer(self, new: str, old: str) -> bool:
        return new > old


@EVENTS.plant(_ORDER, "offset", looks=True)
class ComparesLocalTimes(Receiver):
    """Cuts the offset off."""

    def is_newer(self, new: str, old: str) -> bool:
        return self._local(new) > self._local(old)

    def _local(self, text: str) -> tuple[int, str]:
        return moment(re.sub(r"[+-][0-9]{2}:[0-9]{2}$", "Z", text))


@EVENTS.plant(_ORDER, "offset", looks=True)
class TurnsOffsetsRound(Receiver):
    """Adds the offset, which is to be subtracted."""

    def is_newer(self, new: str, old: str) -> bool:
        return self._turned(new) > self._turned(old)

    def _turned(self, text: str) -> tuple[int, str]:
        return moment(text[:10] + text[10:].translate({ord("+"): "-", ord("-"): "+"}))


@EVENTS.plant("crashes", "offset")
class ComparesNaiveWithAware(Receiver):
    """Cuts the Z off, and compares what has an offset with what has none."""

    def is_newer(self, new: str, old: str) -> bool:
        ours, theirs = ("Z" in text.upper() for text in (new, old))
        if ours != theirs:
            raise TypeError("can't compare offset-naive and offset-aware datetimes")
        return super().is_newer(new, old)


@EVENTS.plant("loses-events", "offset", looks=True)
class DropsWhatItCantCompare(Receiver):
    """Catches that error, and takes the event for an old one."""

    def is_newer(self, new: str, old: str) -> bool:
        same = ("Z" in new.upper()) == ("Z" in old.upper())
        return same and super().is_newer(new, old)


@EVENTS.plant("loses-events", "second|fraction", looks=True)
class ComparesSeconds(Receiver):
    """A column of whole seconds: what comes in the same second isn't newer."""

    def is_newer(self, new: str, old: str) -> bool:
        return moment(new)[0] > moment(old)[0]


@EVENTS.plant("loses-events", "second|minute|hour|day|newer", looks=True)
class ComparesDays(Receiver):
    """A column of days."""

    def is_newer(self, new: str, old: str) -> bool:
        return moment(new)[0] // 86_400 > moment(old)[0] // 86_400


@EVENTS.plant(_ORDER, "fraction|digit|second", looks=True, hard=True)
class ComparesFractionsAsIntegers(Receiver):
    """Half a second is .5, and 5 is less than 499."""

    def is_newer(self, new: str, old: str) -> bool:
        return self._split(new) > self._split(old)

    def _split(self, text: str) -> tuple[int, int]:
        found = re.search(r"\.([0-9]+)", text)
        return moment(text)[0], int(found[1]) if found else 0


@EVENTS.plant("loses-events", "minute|second|newer|soon", looks=True)
class DropsWhatComesTooSoon(Receiver):
    """Two changes in a minute are one."""

    def is_newer(self, new: str, old: str) -> bool:
        return moment(new)[0] >= moment(old)[0] + 60


class _OnOlder(Receiver):
    """Does something with an event that is older than what is known."""

    def apply(self, payload: Any) -> None:
        data = payload["data"]
        old = self.store.get(self.integration_key(data))
        if old is not None and moment(data["updated_at"]) < moment(old["updated_at"]):
            self.older(data, old)
        super().apply(payload)

    def older(self, data: Any, old: dict[str, Any]) -> None:
        raise NotImplementedError


@EVENTS.plant(_ORDER, "events|count|older|late", looks=True)
class CountsOlderEvents(_OnOlder):
    """Doesn't apply what is older, and counts it."""

    def older(self, data: Any, old: dict[str, Any]) -> None:
        old["events"] += 1


@EVENTS.plant(_ORDER, "older|late|setup_status", looks=True)
class AppliesOlderInPart(_OnOlder):
    """The guard stands before one UPDATE of two."""

    def older(self, data: Any, old: dict[str, Any]) -> None:
        old["setup_status"] = data["setup_status"]


@EVENTS.plant(_ORDER, "older|late|updated_at", looks=True)
class TakesTheTimeOfOlder(_OnOlder):
    """`updated_at` is written before anything is compared."""

    def older(self, data: Any, old: dict[str, Any]) -> None:
        old["updated_at"] = data["updated_at"]


@EVENTS.plant(_REFUSES, "older|late|stale|order")
class RefusesOlderEvents(_OnOlder):
    """409, so that the sender sends it again and again."""

    def older(self, data: Any, old: dict[str, Any]) -> None:
        raise Refused(409, "out of date")


@EVENTS.plant("crashes", "older|late|stale|order")
class CrashesOnOlderEvents(_OnOlder):
    """An assertion that time doesn't go back."""

    def older(self, data: Any, old: dict[str, Any]) -> None:
        raise AssertionError("time goes back")


class _OnTie(Receiver):
    """Does something with another event of the very moment."""

    def apply(self, payload: Any) -> None:
        data = payload["data"]
        old = self.store.get(self.integration_key(data))
        if old is not None and moment(data["updated_at"]) == moment(old["updated_at"]):
            self.tie(data, old)
        super().apply(payload)

    def tie(self, data: Any, old: dict[str, Any]) -> None:
        raise NotImplementedError


@EVENTS.plant(_CORRUPTS, "same (moment|instant)|equal|tie", looks=True)
class MixesEqualMoments(_OnTie):
    """Some columns are those of the first event, and some those of the last."""

    def tie(self, data: Any, old: dict[str, Any]) -> None:
        old["state"], old["setup_status"] = data["state"], data["setup_status"]


@EVENTS.plant("crashes", "same (moment|instant)|equal|tie")
class CrashesOnEqualMoments(_OnTie):
    """(integration_id, updated_at) is unique, says the database."""

    def tie(self, data: Any, old: dict[str, Any]) -> None:
        raise RuntimeError("duplicate key value violates unique constraint")


@EVENTS.plant(_REFUSES, "same (moment|instant)|equal|tie")
class RefusesEqualMoments(_OnTie):
    """What has the same moment must be a copy, and a copy a mistake."""

    def tie(self, data: Any, old: dict[str, Any]) -> None:
        raise Refused(409, "had that")


# -- copies


@EVENTS.plant(_TWICE, "cop(y|ies)|again|twice|repeat", looks=True)
class KnowsNoCopies(LastOfEqualWins):
    """Each delivery is an event."""

    def seen(self, payload: Any) -> bool:
        return False


class _Forgets(LastOfEqualWins):
    size: ClassVar[int]

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.last: deque[Any] = deque(maxlen=self.size)

    def seen(self, payload: Any) -> bool:
        return payload["id"] in self.last

    def mark(self, payload: Any) -> None:
        self.last.append(payload["id"])


@EVENTS.plant(_TWICE, "cop(y|ies)|again|twice|repeat|later", looks=True, hard=True)
class KnowsTheLastEventOnly(_Forgets):
    """A copy is one if nothing came in between."""

    size = 1


@EVENTS.plant(_TWICE, "cop(y|ies)|again|twice|repeat|later", looks=True, hard=True)
class KnowsTheLastFiveEvents(_Forgets):
    """A cache of five."""

    size = 5


@EVENTS.plant(_TWICE, "cop(y|ies)|again|twice|repeat|later", looks=True, hard=True)
class ForgetsAfterAMoment(LastOfEqualWins):
    """A cache whose entries live for a quarter of a second."""

    def seen(self, payload: Any) -> bool:
        return time.monotonic() - self.times.get(payload["id"], -1) < 0.25

    def mark(self, payload: Any) -> None:
        self.times[payload["id"]] = time.monotonic()

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.times: dict[Any, float] = {}


@EVENTS.plant(_TWICE, "spel(l|t)|bytes|again|cop(y|ies)|written", looks=True)
class KnowsCopiesByTheirBytes(LastOfEqualWins):
    """A hash of the body tells copies: written anew, it is another event."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.request = local()

    def parse(self, body: bytes) -> Any:
        self.request.body = body
        return super().parse(body)

    def event_key(self, payload: Any) -> Any:
        return self.request.body


@EVENTS.plant(_REFUSES, "cop(y|ies)|again|twice|repeat")
class RefusesCopies(Receiver):
    """409, so that it comes again."""

    def take(self, payload: Any) -> None:
        with self.store.lock:
            if self.seen(payload):
                raise Refused(409, "had that")
            super().take(payload)


@EVENTS.plant("crashes", "cop(y|ies)|again|twice|repeat")
class CrashesOnCopies(Receiver):
    """The table has a unique column, and the code doesn't know."""

    def take(self, payload: Any) -> None:
        with self.store.lock:
            if self.seen(payload):
                raise RuntimeError("duplicate key value violates unique constraint")
            super().take(payload)


@EVENTS.plant(_REFUSES, "spel(l|t)|bytes|again|cop(y|ies)|written")
class RefusesCopiesWithOtherBytes(Receiver):
    """The same id with another hash must be a forgery."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.bodies: dict[Any, bytes] = {}

    def parse(self, body: bytes) -> Any:
        value = super().parse(body)
        if self.is_known_event(value) and self.validate(value) is None:
            first = self.bodies.setdefault(value["id"], body)
            if first != body:
                raise Refused(409, "another body")
        return value


class _OnlyIfUnseen(LastOfEqualWins):
    """Looks, pauses, works: what another thread does meanwhile isn't seen."""

    def take(self, payload: Any) -> None:
        if not self.seen(payload):
            time.sleep(_PAUSE)
            self.work(payload)

    def work(self, payload: Any) -> None:
        with self.store.lock:
            self.apply(payload)
            self.mark(payload)


@EVENTS.plant(_TWICE, _TOGETHER, looks=True)
class RacesWithItself(_OnlyIfUnseen):
    """Copies that come at the same moment are all unseen."""


@EVENTS.plant("crashes", _TOGETHER)
class CrashesWhenItRaces(_OnlyIfUnseen):
    """The same with a unique column: the second one is an error that nobody catches."""

    def work(self, payload: Any) -> None:
        with self.store.lock:
            if self.seen(payload):
                raise RuntimeError("duplicate key value violates unique constraint")
            super().work(payload)


@EVENTS.plant(_REFUSES, _TOGETHER)
class RefusesWhenItRaces(Receiver):
    """While an event is worked on its copies are answered 409."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.busy: set[Any] = set()

    def take(self, payload: Any) -> None:
        with self.store.lock:
            if payload["id"] in self.busy:
                raise Refused(409, "busy with it")
            self.busy.add(payload["id"])
        time.sleep(_PAUSE)
        super().take(payload)
        with self.store.lock:
            self.busy.remove(payload["id"])


@EVENTS.plant("hangs", _TOGETHER)
class HangsWhenItRaces(RefusesWhenItRaces):
    """Two transactions wait for each other."""

    def take(self, payload: Any) -> None:
        try:
            super().take(payload)
        except Refused:
            self.released.wait(self.patience)


@EVENTS.plant("loses-events", _TOGETHER, looks=True, hard=True)
class LosesUpdatesWhenItRaces(Receiver):
    """Reads a row, thinks, writes the row: of two events at the same moment the slower wins."""

    def apply(self, payload: Any) -> None:
        data = payload["data"]
        key = self.integration_key(data)
        old = self.store.get(key)
        if old is None or self.is_newer(data["updated_at"], old["updated_at"]):
            time.sleep(_PAUSE)
            self.store.put(key, self.record(data, old))

    def take(self, payload: Any) -> None:
        with self.store.lock:
            if self.seen(payload):
                return
            self.mark(payload)
        self.apply(payload)


@EVENTS.plant("loses-events", _TOGETHER, looks=True, hard=True)
class DropsWhatComesWhileItWorks(Receiver):
    """A lock that somebody else has means that somebody does it."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.working = Lock()

    def take(self, payload: Any) -> None:
        if self.working.acquire(blocking=False):
            try:
                time.sleep(_PAUSE)
                super().take(payload)
            finally:
                self.working.release()


# -- what makes an event the same


@EVENTS.plant("loses-events", "case", looks=True)
class EventIdsHaveNoCase(Receiver):
    """A collation that everybody has."""

    def event_key(self, payload: Any) -> Any:
        return payload["id"].casefold()


@EVENTS.plant("loses-events", "second|next|later|newer|first|integration", looks=True)
class OneEventForEachIntegration(Receiver):
    """Tells copies by the id of the integration."""

    def event_key(self, payload: Any) -> Any:
        return payload["data"]["integration_id"]


@EVENTS.plant("loses-events", "status|state|back|again|newer", looks=True, hard=True)
class OneEventForEachStatus(Receiver):
    """Tells copies by what they say: what has been so before can't be so again."""

    def event_key(self, payload: Any) -> Any:
        data = payload["data"]
        return tuple(data[n] for n in ("integration_id", "state", "qa_status", "setup_status"))


@EVENTS.plant("loses-events", "status|state|unchanged|same|newer", looks=True, hard=True)
class DropsWhatChangesNoState(Receiver):
    """If the state is what it was, nothing has changed."""

    def take(self, payload: Any) -> None:
        data = payload["data"]
        old = self.store.get(self.integration_key(data))
        if old is None or old["state"] != data["state"]:
            super().take(payload)


@EVENTS.plant(_MIXES, "moment|instant|other integration|integration|timestamp", looks=True)
class OneEventForEachMoment(Receiver):
    """Tells copies by their timestamp, whatever the integration."""

    def event_key(self, payload: Any) -> Any:
        return payload["data"]["updated_at"]


# -- integrations


@EVENTS.plant(_MIXES, "integration|older|newest", looks=True)
class OneNewestForAll(Receiver):
    """What is older than the newest event of any integration is old."""

    newest = "0001-01-01T00:00:00Z"

    def apply(self, payload: Any) -> None:
        at = payload["data"]["updated_at"]
        if moment(at) >= moment(self.newest):
            self.newest = at
            super().apply(payload)


class _OtherKeys(Receiver):
    """Keeps integrations under another key, and finds them by it."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.keys: dict[str, Any] = {}

    def apply(self, payload: Any) -> None:
        data = payload["data"]
        self.keys[data["integration_id"]] = self.integration_key(data)
        super().apply(payload)

    def find(self, integration_id: str) -> dict[str, Any] | None:
        return self.store.get(self.keys.get(integration_id, "\0"))


@EVENTS.plant(_MIXES, "case", looks=True)
class IntegrationIdsHaveNoCase(Receiver):
    """The same collation."""

    def integration_key(self, data: Any) -> Any:
        return data["integration_id"].casefold()

    def find(self, integration_id: str) -> dict[str, Any] | None:
        return self.store.get(integration_id.casefold())


@EVENTS.plant(_DROPS, "case|known|404", looks=True)
class KeepsIdsInSmallLetters(Receiver):
    """Makes letters small where it writes, and not where it reads."""

    def integration_key(self, data: Any) -> Any:
        return data["integration_id"].lower()


@EVENTS.plant(_MIXES, "tool|integration|case", looks=True)
class OneIntegrationForEachTool(_OtherKeys):
    """Nobody has two of a tool."""

    def integration_key(self, data: Any) -> Any:
        return data["integration_tool"]


@EVENTS.plant(_MIXES, "organi[sz]ation|integration|case", looks=True)
class OneIntegrationForEachOrganisation(_OtherKeys):
    """A customer is who has the name."""

    def integration_key(self, data: Any) -> Any:
        return data["end_user"]["organization_name"]


@EVENTS.plant(_MIXES, "origin|null|integration|case", looks=True)
class OneIntegrationForEachOrigin(_OtherKeys):
    """The customer's own id tells; null is an id like any other."""

    def integration_key(self, data: Any) -> Any:
        return data["end_user"]["origin_id"]


@EVENTS.plant(_MIXES, "category|integration|case", looks=True)
class OneIntegrationForEachCategory(_OtherKeys):
    """One of HRIS, one of ATS."""

    def integration_key(self, data: Any) -> Any:
        return data["integration_category"]


@EVENTS.plant(_MIXES, "integration", looks=True)
class OneRecordForAll(Receiver):
    """A dict as a default argument: all integrations have the same one."""

    def record(self, data: Any, old: dict[str, Any] | None) -> dict[str, Any]:
        self.only.update(super().record(data, old))
        return self.only

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.only: dict[str, Any] = {}


@EVENTS.plant(_MIXES, "events|count|integration", looks=True)
class CountsAllTogether(Receiver):
    """One counter for all integrations."""

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        total = sum(each["events"] for each in self.store.integrations.values())
        return {**super().shown(record), "events": total}


class _Small(Store):
    """Has room for three."""

    def put(self, integration: Any, record: dict[str, Any]) -> None:
        super().put(integration, record)
        while len(self.integrations) > 3:
            self.integrations.pop(next(iter(self.integrations)))


@EVENTS.plant("loses-events", "known|404|integration", looks=True, hard=True)
class ForgetsIntegrations(Receiver):
    """A cache of three, taken for a database."""

    make_store = _Small


@EVENTS.plant("loses-events", "twin|other integration|integration|case", looks=True, hard=True)
class NewIntegrationsEndOldOnes(Receiver):
    """An organization has one integration: the first event of another one ends it."""

    def apply(self, payload: Any) -> None:
        data = payload["data"]
        owner = data["end_user"]["organization_name"]
        before = self.owners.get(owner)
        if before is not None and before != data["integration_id"]:
            self.store.integrations.pop(before, None)
        self.owners[owner] = data["integration_id"]
        super().apply(payload)

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.owners: dict[str, str] = {}


# -- others


@EVENTS.plant(_REFUSES, "many|limit|429|rate|after", hard=True)
class TakesTwentyASecond(Receiver):
    """A limit for everybody, the sender that signs included."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.times: deque[float] = deque(maxlen=20)

    def check_request(self, environ: Environ, body: bytes) -> None:
        now = time.monotonic()
        if len(self.times) == 20 and now - self.times[0] < 1:
            raise Refused(429, "too many")
        self.times.append(now)


@EVENTS.plant(_REFUSES, "of this moment", takes_plain=False)
class RefusesWhatIsFiveMinutesOld(Receiver):
    """Takes updated_at for the time of sending, against replays: what is sent again is refused."""

    def take(self, payload: Any) -> None:
        limit = datetime.now(timezone.utc) - timedelta(minutes=5)
        if moment(payload["data"]["updated_at"]) < moment(limit.isoformat()):
            raise Refused(400, "too old")
        super().take(payload)


@EVENTS.plant(_DROPS, "200|error|crash|look|known|null", looks=True)
class AcknowledgesWhatCrashes(Receiver):
    """Whatever happens, the sender needn't know."""

    def take(self, payload: Any) -> None:
        try:
            payload["data"]["end_user"]["origin_id"].strip()
            super().take(payload)
        except AttributeError:
            """Somebody will see it in the log."""


@EVENTS.plant("loses-events", "restart|redeliver|again|500|mark", looks=True, hard=True)
class MarksBeforeItWorks(Receiver):
    """The work fails now and then, and what comes again is taken for a copy."""

    worked = 0

    def take(self, payload: Any) -> None:
        with self.store.lock:
            if self.seen(payload):
                return
            self.mark(payload)
            self.worked += 1
            if self.worked % 7 == 0:
                raise TimeoutError("the database doesn't answer")
            self.apply(payload)


# -- leaks


@EVENTS.plant("leaks", "traceback|stack")
class ShowsTracebacks(Receiver):
    """An error page that is meant for developers, after an error that is easily had."""

    def given(self, environ: Environ) -> str | None:
        return str(environ["HTTP_X_KOMBO_SIGNATURE"])

    def crashed(self, error: Exception) -> Answer:
        return Answer(500, "".join(traceback.format_exception(error)).encode())


@EVENTS.plant("leaks", "traceback|stack")
class ShowsTracebacksOfJson(Receiver):
    """400, and how it came to that."""

    def refused(self, refused: Refused) -> Answer:
        if refused.status != self.status_json:
            return super().refused(refused)
        return Answer(400, "".join(traceback.format_exception(refused)).encode())


@EVENTS.plant("leaks", "secret")
class ShowsTheSecret(Receiver):
    """Says what it has checked with."""

    def refused(self, refused: Refused) -> Answer:
        if refused.status != self.status_signature:
            return super().refused(refused)
        return Answer(401, f"the signature is wrong, the secret is {self.secret}".encode())


@EVENTS.plant("leaks", "secret")
class ShowsTheSecretInAHeader(Receiver):
    """Says it where nobody looks."""

    def refused(self, refused: Refused) -> Answer:
        answer = super().refused(refused)
        return Answer(answer.status, answer.body, headers=(("X-Debug-Key", self.secret),))


@EVENTS.plant("leaks", "secret")
class ShowsItsSettings(Receiver):
    """A page with all settings, for whatever isn't valid."""

    def refused(self, refused: Refused) -> Answer:
        if refused.status != self.status_invalid:
            return super().refused(refused)
        page = f"<h1>{refused.words}</h1><pre>WEBHOOK_SECRET = {self.secret!r}</pre>"
        return Answer(422, page.encode(), "text/html")


class _SaysMoreOfSignatures(Receiver):
    def webhook(self, environ: Environ) -> Answer:
        body = self.read(environ)
        if not self.signature_ok(environ, body):
            return Answer(401, f"expected {self.said(body)}".encode())
        return self.process(self._parsed(body))

    def _parsed(self, body: bytes) -> Any:
        try:
            return self.parse(body)
        except ValueError:
            raise Refused(400, "no JSON") from None

    def said(self, body: bytes) -> str:
        raise NotImplementedError


@EVENTS.plant("leaks", "signature")
class ShowsTheRightSignature(_SaysMoreOfSignatures):
    """Whoever asks without it is told."""

    def said(self, body: bytes) -> str:
        return self.expected(body)


@EVENTS.plant("leaks", "signature|digest")
class ShowsTheRightDigest(_SaysMoreOfSignatures):
    """The same in hexadecimal."""

    def said(self, body: bytes) -> str:
        return self.digest(body).hex()
