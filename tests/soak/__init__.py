"""A soak: boards on the embedded AWS at the highest rate that it holds, for half an hour, while parts are killed."""
