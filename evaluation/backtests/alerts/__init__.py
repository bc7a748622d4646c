"""Whether alerts about running cases came true, and whether predictions beat the clock alone."""
