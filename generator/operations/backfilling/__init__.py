"""Loads activities of the past into a board that runs, by a grant that game servers do not have."""
