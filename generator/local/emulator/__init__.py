"""The embedded AWS: `process` starts it as a child process, `server` is what that child runs."""
