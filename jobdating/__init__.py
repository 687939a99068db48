"""A virtual job dating: booking, the live queue, and the day as it happens."""
