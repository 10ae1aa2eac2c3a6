"""Commands on boards that run: write made-up activities, list rejected ones, put activities back on the queue."""
