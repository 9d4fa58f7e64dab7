"""Bugs that take for the same what differs: ids that are cut, folded or trimmed, and statuses."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any

from .good import Receiver, moment
from .planted import Bed

LOOKALIKES = Bed()

_LOSES = "loses-events"
_MIXES = "mixes-up-integrations"
_CORRUPTS = "corrupts-state"


def _nearly(text: str) -> str:
    """A text without accents."""
    letters = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


# -- ids of events


class _EventIds(Receiver):
    def folded(self, text: str) -> Any:
        """What ids that are taken for the same have in common."""
        raise NotImplementedError

    def event_key(self, payload: Any) -> Any:
        return self.folded(payload["id"])


@LOOKALIKES.plant(_LOSES, "blank", looks=True)
class StripsEventIds(_EventIds):
    """`payload["id"].strip()`."""

    def folded(self, text: str) -> Any:
        return text.strip()


@LOOKALIKES.plant(_LOSES, "truncat|cut", looks=True)
class CutsEventIdsAfter20(_EventIds):
    """A column that was made for another kind of id."""

    def folded(self, text: str) -> Any:
        return text[:20]


@LOOKALIKES.plant(_LOSES, "truncat|cut", looks=True)
class CutsEventIdsAfter255(_EventIds):
    """varchar(255), and a database that isn't strict."""

    def folded(self, text: str) -> Any:
        return text[:255]


@LOOKALIKES.plant(_LOSES, "accent", looks=True)
class EventIdsHaveNoAccents(_EventIds):
    """A collation that knows no accents."""

    def folded(self, text: str) -> Any:
        return _nearly(text)


@LOOKALIKES.plant(_LOSES, "normali[sz]ation", looks=True)
class NormalizesEventIds(_EventIds):
    """NFC, as a good citizen of Unicode."""

    def folded(self, text: str) -> Any:
        return unicodedata.normalize("NFC", text)


@LOOKALIKES.plant(_LOSES, "hyphen|underscore", looks=True)
class EventIdsHaveNoPunctuation(_EventIds):
    """Makes a name for a file of it."""

    def folded(self, text: str) -> Any:
        return re.sub(r"[^A-Za-z0-9\u0080-\uffff]", "", text)


@LOOKALIKES.plant(_LOSES, "zero", looks=True)
class EventIdsMayBeNumbers(_EventIds):
    """A language that makes numbers of texts that look like some."""

    def folded(self, text: str) -> Any:
        return int(text) if text.isascii() and text.isdigit() else text


# -- ids of integrations


class _IntegrationIds(Receiver):
    def folded(self, text: str) -> Any:
        """What ids that are taken for the same have in common."""
        raise NotImplementedError

    def integration_key(self, data: Any) -> Any:
        return self.folded(data["integration_id"])

    def find(self, integration_id: str) -> dict[str, Any] | None:
        return self.store.get(self.folded(integration_id))


@LOOKALIKES.plant(_MIXES, "blank", looks=True)
class IgnoresBlanksAtTheEnd(_IntegrationIds):
    """PAD SPACE."""

    def folded(self, text: str) -> Any:
        return text.rstrip(" ")


@LOOKALIKES.plant(_MIXES, "truncat|cut", looks=True)
class CutsIntegrationIdsAfter32(_IntegrationIds):
    """char(32), as for a UUID."""

    def folded(self, text: str) -> Any:
        return text[:32]


@LOOKALIKES.plant(_MIXES, "truncat|cut", looks=True)
class CutsIntegrationIdsAfter64(_IntegrationIds):
    """No id is longer, today."""

    def folded(self, text: str) -> Any:
        return text[:64]


@LOOKALIKES.plant(_MIXES, "first letter", looks=True)
class KnowsTheEndOfIds(_IntegrationIds):
    """Shows eight letters to people, and looks for them as well."""

    def folded(self, text: str) -> Any:
        return text[-8:]


@LOOKALIKES.plant(_MIXES, "tool", looks=True)
class KnowsWhatIsBehindTheColon(_IntegrationIds):
    """The tool is in another field anyway."""

    def folded(self, text: str) -> Any:
        return text.rpartition(":")[2]


@LOOKALIKES.plant(_MIXES, "second colon", looks=True)
class KnowsTwoPartsOfIds(_IntegrationIds):
    """`tool, token, *_ = integration_id.split(":")`."""

    def folded(self, text: str) -> Any:
        return tuple(text.split(":")[:2])


@LOOKALIKES.plant(_MIXES, "compatibility|ligature", looks=True)
class FoldsIntegrationIds(_IntegrationIds):
    """NFKC, against names that look alike."""

    def folded(self, text: str) -> Any:
        return unicodedata.normalize("NFKC", text)


@LOOKALIKES.plant(_MIXES, "Latin-1", looks=True)
class KeepsIdsInLatin1(_IntegrationIds):
    """What the column can't hold is a question mark."""

    def folded(self, text: str) -> Any:
        return text.encode("latin-1", "replace")


@LOOKALIKES.plant(_MIXES, "ampersand|HTML", looks=True)
class UnescapesIds(_IntegrationIds):
    """Ids come from a page, don't they?"""

    def folded(self, text: str) -> Any:
        return html.unescape(text)


@LOOKALIKES.plant(_MIXES, "underscore", looks=True)
class UpdatesWhatIsLike(Receiver):
    """`UPDATE ... WHERE integration_id LIKE ?`, in which _ stands for any letter."""

    def apply(self, payload: Any) -> None:
        super().apply(payload)
        name = payload["data"]["integration_id"]
        pattern = re.compile(re.escape(name).replace("_", "."), re.DOTALL)
        written = self.store.get(name)
        for other in self.store.integrations:
            if written is not None and pattern.fullmatch(other):
                self.store.put(other, written)


@LOOKALIKES.plant(_MIXES, "e-mail", looks=True)
class NullIsOneAddress(Receiver):
    """Who has no address is one and the same user."""

    def integration_key(self, data: Any) -> Any:
        address = data["end_user"].get("creator_email")
        self.nameless |= {data["integration_id"]} if address is None else set()
        return data["integration_id"] if address is not None else None

    def find(self, integration_id: str) -> dict[str, Any] | None:
        return self.store.get(None if integration_id in self.nameless else integration_id)

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.nameless: set[str] = set()


# -- statuses, and years


class _OnUpdate(Receiver):
    def record(self, data: Any, old: dict[str, Any] | None) -> dict[str, Any]:
        new = super().record(data, old)
        return new if old is None else self.updated(old, new)

    def updated(self, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """What is kept in place of an older record."""
        raise NotImplementedError


@LOOKALIKES.plant(_CORRUPTS, "setup_status", looks=True)
class SetupEndsOnce(_OnUpdate):
    """What is set up stays set up."""

    def updated(self, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        return {**new, "setup_status": "COMPLETED"} if old["setup_status"] == "COMPLETED" else new


@LOOKALIKES.plant(_LOSES, "status", looks=True)
class SetupHasStages(_OnUpdate):
    """A state machine that knows no way from the first stage to the last."""

    def updated(self, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        skips = (old["setup_status"], new["setup_status"]) == ("INCOMPLETE", "COMPLETED")
        return old if skips else new


@LOOKALIKES.plant(_LOSES, "same once more|status", looks=True)
class DropsWhatChangesNothing(_OnUpdate):
    """The same statuses again needn't be written, the new time included."""

    def updated(self, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        names = ("state", "qa_status", "setup_status")
        return old if all(old[name] == new[name] for name in names) else new


@LOOKALIKES.plant("applies-out-of-order", "late|older", looks=True)
class TheEndIsTheEnd(Receiver):
    """INACTIVE is believed whenever it comes."""

    def apply(self, payload: Any) -> None:
        super().apply(payload)
        data = payload["data"]
        if data["state"] == "INACTIVE":
            record = self.store.get(data["integration_id"])
            self.store.put(data["integration_id"], {**(record or {}), "state": "INACTIVE"})


@LOOKALIKES.plant(_LOSES, "1969|2038|year", looks=True)
class ComparesWithoutSign(Receiver):
    """Milliseconds since 1970 in 64 bits; what was before is 0."""

    def is_newer(self, new: str, old: str) -> bool:
        return self.since_1970(new) > self.since_1970(old)

    def since_1970(self, text: str) -> tuple[int, str]:
        return max(moment(text), moment("1970-01-01T00:00:00Z"))


@LOOKALIKES.plant(_LOSES, "2038|year", looks=True)
class ComparesIn32Bits(Receiver):
    """Seconds that begin anew in 2038."""

    def is_newer(self, new: str, old: str) -> bool:
        return self.wrapped(new) > self.wrapped(old)

    def wrapped(self, text: str) -> tuple[int, str]:
        seconds, fraction = moment(text)
        since_1970 = seconds - moment("1970-01-01T00:00:00Z")[0]
        return (since_1970 + 2**31) % 2**32, fraction
