"""Replays: a window is counted anew from the activities, compared with what readers see, and put in its place."""
