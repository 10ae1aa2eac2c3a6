"""The services that the embedded AWS lacks: EventBridge Pipes to SQS, CloudFront, function URLs."""
