"""Mistakes made on purpose in counting, ranking, publishing and redriving: the proofs find each of them.

A proof that finds nothing may be right, or blind. So each mistake here is made in the real code while a proof runs,
and the test passes only if the proof fails. `making` makes a mistake, `counting` and `ranking` have them, `proofs` has
what must find them, and `python -m tests.mistakes` prints which finds which.
"""
