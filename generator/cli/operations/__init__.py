"""Commands on boards that run: make activity, see what they rejected, put activities back."""
