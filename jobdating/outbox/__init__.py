"""Mail that leaves after the commit that caused it: claimed from a table, sent, retried. Writes no sentences."""
