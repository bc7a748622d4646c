"""The office's tables: what they hold, how they are read and what they must satisfy."""
