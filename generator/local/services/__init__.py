"""The AWS services that the emulator lacks: EventBridge Pipes to SQS, CloudFront, Lambda function URLs."""
