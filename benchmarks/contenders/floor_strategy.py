"""The floor of strategies: Hypothesis draws one choice and returns an empty dict."""

from __future__ import annotations

from hypothesis import strategies as st
from measuring import draw_examples, report_rate

# Without a choice Hypothesis would stop after one example.
report_rate(draw_examples(st.integers().map(lambda _: {})), "hypothesis")
