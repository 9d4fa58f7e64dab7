"""Draws the picture of growth from the points on standard input, into a file."""

from __future__ import annotations

import json
import sys

import matplotlib as mpl
from matplotlib.figure import Figure

INK, GRID = "#57606a", "#8c959f40"

mpl.rcParams["svg.hashsalt"] = "kombo_fakes"  # The same points make the same bytes.
points = json.load(sys.stdin)
counts = [point["count"] for point in points]
figure = Figure(figsize=(9, 3.4), layout="constrained")
times, memory = figure.subplots(1, 2)
times.loglog(counts, [point["seconds"] for point in points], "o-", color="#1f6feb")
times.set_title("seconds", color=INK, fontsize=11)
peaks = [point["mebibytes"] for point in points]
memory.semilogx(counts, peaks, "o-", color="#8250df")
memory.set_title("peak memory, MiB", color=INK, fontsize=11)
memory.set_ylim(0, 1.1 * max(peaks))
for axes in (times, memory):
    axes.set_xlabel("payloads", color=INK)
    axes.tick_params(colors=INK, which="both")
    axes.grid(color=GRID)
    axes.patch.set_alpha(0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(INK)
figure.savefig(sys.argv[1], transparent=True, metadata={"Date": None})
