"""Watching running cases: the alerts, which of them are given to the desks, what came of them."""
