"""The board's DynamoDB tables: aggregates, marks, the states of windows, and events that wait to be sent."""
