"""What tests make offices, tables, frames and requests with."""
