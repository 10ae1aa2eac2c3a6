"""What a person reads of failures in the embedded AWS."""

from __future__ import annotations

from generator.local.emulator.failures import describe_failure


def test_a_function_out_of_time_is_told_of_once_and_in_words() -> None:
    told = [
        describe_failure(text)
        for text in (
            "Lambda arcade-wins-processor timed out after 15s \u2014 killing worker",
            "ESM: Lambda arcade-wins-processor failed processing SQS batch from arcade-wins-activities "
            "(errorType=Sandbox.Timedout errorMessage=Task timed out after 15.00 seconds)",
            "Lambda arcade-wins-api reported: KeyError",
        )
    ]
    assert told == [
        "arcade-wins-processor took more than its 15 s, as on a busy machine; it is tried again, and nothing is lost",
        None,
        "embedded AWS: Lambda arcade-wins-api reported: KeyError",
    ]
