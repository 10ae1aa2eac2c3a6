"""The rules of counting and ranking, as pure functions: no AWS, no clock, no randomness.

An activity is parsed (`activity`), judged by itself (`judging`, `scoring`, `windows`), counted together with what its
player has already (`counting`), and ranked (`order_keys`, `ranking`).
"""
