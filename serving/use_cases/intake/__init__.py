"""New cases: how they are routed and who takes them."""
