"""Scripts that measure speed and quality."""
