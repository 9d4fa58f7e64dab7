"""The floor of strategies: Hypothesis draws one choice and makes an empty dict of it."""

from __future__ import annotations

from hypothesis import strategies as st
from measuring import drawn, report

# Without any choice it would stop after one example.
report(drawn(st.integers().map(lambda _: {})), "hypothesis")
