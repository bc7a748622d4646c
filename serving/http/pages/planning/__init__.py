"""Plans: what there is, a new one, its promise, its checks, and departures from its draw."""
