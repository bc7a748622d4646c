"""What comes in after the tables were read: new cases, and rows of cases that are there."""
