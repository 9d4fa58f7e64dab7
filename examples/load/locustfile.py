"""Load for a receiver of Kombo's webhooks.

KOMBO_WEBHOOK_SECRET=... locust -f locustfile.py --host http://127.0.0.1:8000
"""

from __future__ import annotations

from kombo_fakes.load import KomboUser


class Receiver(KomboUser):
    """What Kombo delivers on a busy day; Locust runs as many of them as it is told."""

    path = "/webhooks/kombo"
    faulty = 0.05  # payloads with a fault, any of the catalogue: to be answered 4xx
    repeated = 0.05  # copies of valid ones: to be answered 2xx, and applied once
