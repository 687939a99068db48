"""What the commands do, one module each. Called by cli.py alone."""
