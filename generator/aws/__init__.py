"""What we know of AWS: its limits and schedule expressions; boto3 sessions, and invoking a function."""
