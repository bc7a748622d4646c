"""What was decided, by whom: the records of commitments, draws, decisions belong here."""
