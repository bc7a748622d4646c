"""What may be wrong with whole tables and columns though every row satisfies its checks."""
