import re

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.expressions import PATTERNS, compiled

from kombo_fakes.errors import SchemaError
from kombo_fakes.strings.automaton import EVERYTHING, NOTHING, Automaton, TooComplexError
from kombo_fakes.strings.characters import ANY
from kombo_fakes.strings.compiler import compile_pattern
from kombo_fakes.strings.reader import read_pattern
from kombo_fakes.strings.words import Words


@given(PATTERNS, st.lists(st.text("ab-1 _", max_size=6), min_size=1, max_size=30))
def test_an_automaton_accepts_what_two_engines_match(pattern: str, strings: list[str]) -> None:
    automaton = compiled(pattern)
    # "$" also matches before a final line feed in Python; no string here has one.
    python = re.compile(pattern, re.ASCII)
    validator = jsonschema_rs.validator_for({"pattern": pattern})
    for string in strings:
        expected = validator.is_valid(string)
        # Before 3.14 Python does not find "\\B" in an empty string.
        if string or r"\B" not in pattern:
            assert (python.search(string) is not None) == expected
        assert automaton.accepts(string) == expected, (pattern, string)


@given(PATTERNS, st.data())
def test_made_words_match(pattern: str, data: st.DataObject) -> None:
    certain = ANY - read_pattern(pattern).contested
    words = Words(compiled(pattern), most=8, alphabet=certain)
    assume(not words.is_empty)
    length = data.draw(st.sampled_from(words.lengths))
    word = words.make(length, lambda count: data.draw(st.integers(0, count - 1)))
    assert len(word) == length
    assert jsonschema_rs.validator_for({"pattern": pattern}).is_valid(word)


@given(PATTERNS, PATTERNS, st.text("ab-1", max_size=6))
def test_automata_combine_like_sets(left: str, right: str, string: str) -> None:
    a, b = compiled(left), compiled(right)
    in_a, in_b = a.accepts(string), b.accepts(string)
    assert (a & b).accepts(string) == (in_a and in_b)
    assert (a | b).accepts(string) == (in_a or in_b)
    assert (a - b).accepts(string) == (in_a and not in_b)
    assert (~a).accepts(string) == (not in_a)
    # Minimal automata of the same language are equal.
    assert ~~a == a
    assert ~(a & b) == ~a | ~b
    assert a - a == NOTHING
    assert a | ~a == EVERYTHING


@given(st.lists(st.text("abc", max_size=4), max_size=6))
def test_an_automaton_of_strings_accepts_them_only(strings: list[str]) -> None:
    automaton = Automaton.of_strings(strings)
    words = Words(automaton, most=5)
    assert all(map(automaton.accepts, strings))
    assert words.lengths == tuple(words.lengths) or isinstance(words.lengths, range)
    assert sorted(words.lengths) == sorted({len(string) for string in strings})


@pytest.mark.parametrize(
    ("pattern", "accepted", "rejected"),
    [
        (r"^[1-9A-HJ-NP-Za-km-z]{24}$", ["1" * 24], ["0" * 24, "1" * 25]),
        (r"^\p{Lu}\p{L}*$", ["Äß", "A"], ["ä", "1", ""]),
        (r"^[^\p{L}]$", ["1", "-"], ["é"]),
        (r"^[\w.-]+@[\w-]+\.\w{2,}$", ["a@b.cd"], ["a@b.c", "@b.cd"]),
        (r"^\u{1F600}\u0041\x42\cA$", ["\U0001f600AB\x01"], ["A"]),
        (r"^\uD83D\uDE00$", ["\U0001f600"], [""]),
        (r"(?i)^straße-[a-c]$", ["STRAßE-B", "straße-a"], ["strasse-a"]),
        (r"^a(b|c)(?i)d$|^e$", ["abD", "acd", "E"], ["aBd", "Abd"]),
        (r"^\d(?i:gb)B$", ["1GbB"], ["1gbb"]),
        (r"(?s)^a.$", ["ab"], ["a"]),
        (r"^(?is:A.)(?:.)$", ["acb"], ["ab", "ac\n"]),
        (r"^{a}$", ["{a}"], ["a"]),
        (r"^[a-\d]$", ["a", "-", "5"], ["b"]),
        (r"^(?<year>\d{4})$", ["2024"], ["202"]),
        (r"^(?:(?!--)[a-z-])+$", ["a-b-"], ["a--b", ""]),
        (r"^(?=.*[A-Z])(?=.*\d).{8,}$", ["abcdefG1"], ["abcdefgh", "aG1"]),
        (r"^(?!.*\.\.)(?!\.)[a-z.]+(?<!\.)$", ["a.b"], [".a", "a.", "a..b"]),
        (r"^[^]$", ["\n", "x"], [""]),
        (r"[]", [], ["", "a"]),
        (r"^a(?=b|(?<=a)$)", ["ab", "a"], ["ac", "b"]),
        (r"(?<=a+)b$", ["aab"], ["b", "cb"]),
        (r"^\/api\/v\d+$", ["/api/v1"], ["/api/v"]),
    ],
)
def test_constructs_of_ecma_262(pattern: str, accepted: list[str], rejected: list[str]) -> None:
    automaton = compile_pattern(pattern)
    assert [s for s in accepted if not automaton.accepts(s)] == []
    assert [s for s in rejected if automaton.accepts(s)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a)\1",
        "a(?!(?<=a))",
        "^(.*a.{14})$",
        "a{0,100000}",
        "(a{200}){200}",
        "((a{0,99}){0,99}){0,99}",
    ],
)
def test_what_an_automaton_cannot_hold_is_an_error_within_bounds(pattern: str) -> None:
    with pytest.raises(TooComplexError):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "a**",
        "[b-a]",
        "[",
        "\\",
        "(?x)",
        "(a(?i)b)",
        "a{2,1}",
        r"\k<a>",
        r"\u{110000}",
        "(" * 300,
    ],
)
def test_what_is_not_a_regular_expression_is_a_schema_error(pattern: str) -> None:
    with pytest.raises(SchemaError, match="is not a regular expression"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "accepted", "rejected"),
    [
        # Many places are within a bounded repetition at once, and one of them stands for all.
        (r"([a-z]([a-z-]){0,62})(?<!-)$", ["-a", "a-b"], ["a-", "-"]),
        (r"^/+([^~]*(~[01])*){1,512}$", ["/a~0~1", "//"], ["/~2", "a"]),
        (r"^x([.a-z0-9]+/?){3,1016}$", ["xa/b/c/", "xabc"], ["xa/", "x/a/b/c"]),
        (r"a{0,900}b$", ["b", "aab", "b" * 1000], ["a"]),
        (r"(?=a{0,50}-)[a-]{0,90}-$", ["a-", "aa-"], ["b-a"]),
    ],
)
def test_bounded_repetitions_in_many_places_make_few_states(
    pattern: str, accepted: list[str], rejected: list[str]
) -> None:
    automaton = compile_pattern(pattern)
    assert [s for s in accepted if not automaton.accepts(s)] == []
    assert [s for s in rejected if automaton.accepts(s)] == []


@pytest.mark.parametrize(
    ("pattern", "states"), [("^a{0,2000}$", 2_001), ("^a{5,900}b$", 902), ("a{0,900}b$", 2)]
)
def test_automata_are_minimal(pattern: str, states: int) -> None:
    assert len(compile_pattern(pattern).rows) == states


@pytest.mark.parametrize(
    ("pattern", "lengths"),
    [
        ("^a{3,2000}$", range(3, 2_001)),
        ("^(a{40})+$", tuple(range(40, 20_001, 40))),
        ("^(a{0,30}b){0,30}c?d{100}$", range(100, 1_032)),
        ("^(aab){20}(c{17}){0,3}$", (60, 77, 94, 111)),
    ],
)
def test_lengths_of_long_chains(pattern: str, lengths: object) -> None:
    assert Words(compile_pattern(pattern)).lengths == lengths


@pytest.mark.parametrize(
    "pattern",
    [
        "(.*)*(.*)*(.*)*x{3000}",
        "^.*a.{200}$",
        "(?<=a{1000})b",
        "^(a|b)?" + "(a|b)?" * 300 + "$",
        "^(.?){500}a{500}$",
        "a{0,100000}",
    ],
)
def test_what_takes_long_is_given_up_and_remembered(pattern: str) -> None:
    # Few steps, and no second attempt: its error is the same one.
    with pytest.raises(TooComplexError) as first:
        compile_pattern(pattern)
    with pytest.raises(TooComplexError) as second:
        compile_pattern(pattern)
    assert first.value is second.value
