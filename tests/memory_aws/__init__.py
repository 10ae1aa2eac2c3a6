"""The AWS in memory, held to the embedded AWS."""
