"""The rules of counting and ranking, as pure functions: no AWS, no clock, no randomness.

An activity is parsed (`activity`), judged on its own (`judging`, `scoring`, `windows`), added to what is stored of its
player (`counting`), and ranked (`order_keys`, `ranking`).
"""
