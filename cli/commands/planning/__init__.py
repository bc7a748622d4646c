"""Commands of a plan: what is promised, drawn and begun."""
