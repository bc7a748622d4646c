"""What keeps the service standing: bounds, hosts, headers, and what is told of every request."""
