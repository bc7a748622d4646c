"""What was decided, by whom: the records of commitments, draws, decisions come to stand here."""
