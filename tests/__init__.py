"""Tests mirror jobdating/; contracts/, race/ and e2e/ hold what crosses it."""
