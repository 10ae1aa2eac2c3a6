"""The AWS services that the embedded AWS lacks: EventBridge Pipes to SQS, CloudFront, Lambda function URLs."""
