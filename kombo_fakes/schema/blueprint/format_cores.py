"""The regular parts of formats: expressions all of whose strings every validator accepts."""

from __future__ import annotations

_LABEL = "[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}"
_RESERVED = rf"({_LABEL}\.){{0,3}}example(\.com|\.org|\.net)?"
_HOST = rf"({_LABEL}\.){{1,4}}[a-z]{{2,12}}"
_LOCAL = "[A-Za-z0-9]{1,9}([._+-][A-Za-z0-9]{1,5}){0,8}"
_PATH = r"(/[A-Za-z0-9._~-]+){0,8}/?(\?[a-z]+=[A-Za-z0-9]+)?(#[a-z0-9]+)?"

# RFC 1123, section 2.1 and RFC 5321, section 4.5.3.1. Two hyphens in a row are left out, because
# after two letters they begin a name that has to be decodable (RFC 5890, section 2.3.1).
_ALNUM = "[A-Za-z0-9]"
_SHORT_LABEL = (
    f"({_ALNUM}(-?{_ALNUM}){{0,24}}|{_ALNUM}{{1,52}}|{_ALNUM}{{1,5}}-{_ALNUM}{{1,5}}-{_ALNUM}{{1,40}}"
    "|xn--mnchen-3ya)"
)
_ANY_LABEL = f"({_SHORT_LABEL}|{_ALNUM}{{1,63}})"
_ANY_HOST = rf"({_ANY_LABEL}\.){{0,2}}{_ANY_LABEL}(\.[a-z0-9]{{1,12}}){{0,4}}"
_ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_ANY_LOCAL = rf"{_ATEXT}(\.?{_ATEXT}){{0,31}}|{_ATEXT}{{1,64}}"
_DOMAIN = (
    rf"(({_SHORT_LABEL}\.){{1,3}}[A-Za-z]{{2,12}}|({_SHORT_LABEL}\.){{3}}example\.[a-z]{{3}}"
    rf"|{_ALNUM}{{1,63}}\.[a-z]{{2,12}})"
)

_DAY = "(0[1-9]|1[0-9]|2[0-8])"
_USUAL_DATE = rf"(19[0-9]{{2}}|20[0-9]{{2}})-(0[1-9]|1[0-2])-{_DAY}"
_ANY_DATE = (
    # No year 0000, of which validators differ.
    "(?!0000)("
    rf"[0-9]{{4}}-((0[1-9]|1[0-2])-{_DAY}|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)"
)
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_USUAL_TIME = rf"{_CLOCK}(\.[0-9]{{1,9}})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
_ANY_TIME = rf"{_CLOCK}(\.[0-9]{{1,9}})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_LONG_TIME = rf"{_CLOCK}\.[0-9]+(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"

# RFC 3986, appendix A, without addresses in brackets.
_PCHAR = "([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})"
_END = rf"(\?({_PCHAR}|[/?])*)?(#({_PCHAR}|[/?])*)?"
_AUTHORITY = rf"([A-Za-z0-9._~-]+@)?{_ALNUM}([A-Za-z0-9.-]*{_ALNUM})?(:[0-9]{{1,4}})?"
_ANY_URI = (
    rf"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(//{_AUTHORITY}(/{_PCHAR}*)*|/({_PCHAR}+(/{_PCHAR}*)*)?|{_PCHAR}+(/{_PCHAR}*)*){_END}"
)
_REFERENCE = (
    rf"(/({_PCHAR}+(/{_PCHAR}*)*)?|(\.\.?|[A-Za-z0-9._~-]+)(/{_PCHAR}*)*){_END}|(\?|#){_PCHAR}*"
)
_TEMPLATE = (
    r"([A-Za-z0-9._~!$&()*+,;=:@/?#-]|%[0-9A-F]{2}"
    r"|\{[+#./;?&]?[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*\})*"
)

_HEX = "[0-9a-f]"
_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"({_BYTE}\.){{3}}{_BYTE}"
_ANY_HEX = "[0-9A-Fa-f]{1,4}"
# RFC 4291, section 2.2: two colons stand for one or more groups.
_IPV6 = "|".join(
    [
        rf"({_ANY_HEX}:){{7}}{_ANY_HEX}",
        rf"({_ANY_HEX}:){{6}}{_IPV4}",
        *(
            rf"({_ANY_HEX}(:{_ANY_HEX}){{0,{most}}})?::({_ANY_HEX}:){{0,{5 - most}}}{_ANY_HEX}"
            for most in range(6)
        ),
        rf"({_ANY_HEX}(:{_ANY_HEX}){{0,6}})?::",
        rf"::({_ANY_HEX}:){{0,4}}{_IPV4}",
    ]
)

_NUMBER = "[0-9]{1,9}"
_IN_DAY = rf"T({_NUMBER}H({_NUMBER}M({_NUMBER}S)?)?|{_NUMBER}M({_NUMBER}S)?|{_NUMBER}S)"
_DURATION = (
    rf"P(({_NUMBER}D|{_NUMBER}M({_NUMBER}D)?|{_NUMBER}Y({_NUMBER}M({_NUMBER}D)?)?)({_IN_DAY})?"
    rf"|{_IN_DAY}|{_NUMBER}W)"
)
_POINTER = "(/([^/~]|~[01])*)*"
_QUANTIFIER = r"([*+?]|\{(1(,[2-9])?|[2-9])\})?"
_REGEX = (
    rf"\^?(([A-Za-z0-9 _=:;,@#%&/<>'\"~!.-]|\\[dwsDWS.*+?()\[\]{{}}^$|\\/]"
    rf"|\[\^?([a-z0-9_]|0-9|a-z|A-Z|\\[dws])+\]|\([a-z0-9|]*\)){_QUANTIFIER})*\$?"
)

CORES: dict[str, tuple[str, ...]] = {
    "date-time": (f"{_USUAL_DATE}T{_USUAL_TIME}", f"{_ANY_DATE}T{_ANY_TIME}",
                  f"{_ANY_DATE}T{_LONG_TIME}"),
    "date": (_USUAL_DATE, _ANY_DATE),
    "time": (_USUAL_TIME, _ANY_TIME, _LONG_TIME),
    "email": (f"{_LOCAL}@{_RESERVED}", f"{_LOCAL}@{_HOST}", f"({_ANY_LOCAL})@{_DOMAIN}"),
    "hostname": (_RESERVED, _HOST, _LABEL, _ANY_HOST),
    "uri": (
        f"https?://{_RESERVED}{_PATH}",
        f"[a-z]{{2,12}}://{_RESERVED}(:[1-9][0-9]{{1,3}})?{_PATH}",
        f"[a-z]{{2,12}}://{_HOST}(:[1-9][0-9]{{1,3}})?{_PATH}",
        "[a-z][a-z0-9+.-]{1,12}:[A-Za-z0-9][A-Za-z0-9:._/-]{0,200}",
        _ANY_URI,
    ),
    "uuid": (f"{_HEX}{{8}}-{_HEX}{{4}}-4{_HEX}{{3}}-[89ab]{_HEX}{{3}}-{_HEX}{{12}}",
             "-".join(f"[0-9A-Fa-f]{{{n}}}" for n in (8, 4, 4, 4, 12))),
    "ipv4": (rf"192\.0\.2\.{_BYTE}", _IPV4),
    "ipv6": (f"2001:db8::{_HEX}{{1,4}}", f"({_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}", _IPV6),
    "duration": ("P([1-9][0-9]{0,2}D|[1-9][0-9]?W|T[1-9][0-9]?H)", _DURATION),
    "json-pointer": ("(/[a-z0-9]+)*", _POINTER),
    "relative-json-pointer": ("[0-9](#|(/[a-z]+)*)", f"(0|[1-9][0-9]{{0,3}})(#|{_POINTER})"),
    "regex": ("[a-z0-9]*", _REGEX),
}  # fmt: skip
"""For each format some expressions, from usual strings to nearly all of the format.

The first expressions of addresses lie in domains and networks that are reserved for examples (RFC
2606, RFC 5737, RFC 3849). The others are for schemas that allow no such string.
"""
CORES["idn-email"] = CORES["email"]
CORES["idn-hostname"] = CORES["hostname"]
CORES["iri"] = CORES["uri"]
for _name in ("uri-reference", "iri-reference"):
    CORES[_name] = (*CORES["uri"], _REFERENCE)
CORES["uri-template"] = (*CORES["uri"], _TEMPLATE)

UNADDRESSED = frozenset(
    {"date-time", "date", "time", "uuid", "duration", "json-pointer", "relative-json-pointer",
     "regex"}
)  # fmt: skip
"""The formats whose strings are no addresses, so that none of them can reach anyone."""
