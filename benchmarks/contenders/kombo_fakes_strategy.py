"""The strategies of this project."""

from __future__ import annotations

import sys
from operator import attrgetter

from measuring import draw_examples, report_rate

from kombo_fakes import invalid_payloads, payloads

kind = sys.argv.pop(1)
if kind == "invalid":
    report_rate(
        draw_examples(invalid_payloads(), attrgetter("payload")), "kombo-fakes", "hypothesis"
    )
else:
    report_rate(draw_examples(payloads(values=kind)), "kombo-fakes", "hypothesis")  # type: ignore[arg-type]
