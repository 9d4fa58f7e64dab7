"""Receivers of Kombo's webhooks: good ones, and ones with one bug each."""
