"""Pages, forms and the API: parse, call, respond. No SQL, no rules, no commits."""
