"""What will become of running cases, learnt from cases as they were at moments of their run."""
