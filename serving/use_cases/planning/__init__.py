"""Plans before and after their draw: what they would buy, how they stand, how the knob moved."""
