"""What AWS says and takes: its limits, its schedules, sessions of boto3, a call of a function."""
