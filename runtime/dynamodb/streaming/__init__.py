"""The stream of the aggregates table: what has changed, from where a rebuild has read it to, and raw JSON."""
