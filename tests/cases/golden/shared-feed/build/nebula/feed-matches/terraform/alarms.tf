# Each alarm tells people once when it goes off; the composite alarm tells them when all is well again.
#
# CloudWatch deletes no alarm that a composite alarm names: hence create_before_destroy, by which the composite alarm
# changes first (terraform-provider-aws#34807).
resource "aws_cloudwatch_metric_alarm" "pipe_dead_letters" {
  alarm_name          = "fleet-feed-matches-pipe-dead-letters"
  alarm_description   = "Players: some activities count on no board yet, and can count no more in a window whose ranks are final.\n\nIt goes off when 1 or more batches could not be handed to the bus. It ends when the queue is empty.\n\nFirst: find the cause in the log /aws/vendedlogs/pipes/fleet-feed-matches-activities, apply the fix, and put the batches back within 23 hours: the stream keeps them no longer.\n\n    leaderboards redrive feed-matches --from pipe"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = "fleet-feed-matches-pipe-dead-letters" }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "strays_dead_letters" {
  alarm_name          = "fleet-feed-matches-strays-dead-letters"
  alarm_description   = "Players: nothing, unless activities of these types were to count.\n\nIt goes off when 1 or more strays could not be kept. It ends when the queue is empty.\n\nFirst: see the policies of the queue fleet-feed-matches-strays and of its key.\n\n    aws sqs receive-message --region eu-west-1 --queue-url \"$(aws sqs get-queue-url --region eu-west-1 --queue-name fleet-feed-matches-strays-dead-letters --output text)\" --max-number-of-messages 10 --visibility-timeout 5 --query 'Messages[].Body'"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = "fleet-feed-matches-strays-dead-letters" }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  lifecycle {
    create_before_destroy = true
  }
}

# AWS stops a pipe by itself after lasting errors; then only the heartbeats tell (oldest-activity). A record of a partly
# failed batch that stays becomes a dead letter.
resource "aws_cloudwatch_metric_alarm" "pipe_failures" {
  alarm_name          = "fleet-feed-matches-pipe-failures"
  alarm_description   = "Players: what they do now counts late on every board of the feed.\n\nIt goes off when the pipe fails, or is throttled, for 10 minutes. It ends when the pipe does not fail for 5 minutes.\n\nFirst: read the pipe's log, and see whether it still runs: aws pipes start-pipe starts one that AWS stopped.\n\n    aws logs tail /aws/vendedlogs/pipes/fleet-feed-matches-activities --region eu-west-1 --since 1h"
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "failures"
    expression  = "SUM([failed, late, throttled, target])"
    label       = "Failed executions"
    return_data = true
  }

  metric_query {
    id = "failed"

    metric {
      namespace   = "AWS/EventBridge/Pipes"
      metric_name = "ExecutionFailed"
      dimensions  = { PipeName = "fleet-feed-matches-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "late"

    metric {
      namespace   = "AWS/EventBridge/Pipes"
      metric_name = "ExecutionTimeout"
      dimensions  = { PipeName = "fleet-feed-matches-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "throttled"

    metric {
      namespace   = "AWS/EventBridge/Pipes"
      metric_name = "ExecutionThrottled"
      dimensions  = { PipeName = "fleet-feed-matches-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "target"

    metric {
      namespace   = "AWS/EventBridge/Pipes"
      metric_name = "TargetStageFailed"
      dimensions  = { PipeName = "fleet-feed-matches-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# New ones: this ends when no more come, and the queue keeps them for 14 days.
resource "aws_cloudwatch_metric_alarm" "strays" {
  alarm_name          = "fleet-feed-matches-strays"
  alarm_description   = "Players: what they do of that type counts on no board; it is kept for 14 days.\n\nIt goes off when 10 or more activities in 5 minutes have a type that the feed does not have, or none. It ends when fewer come for 5 minutes.\n\nFirst: see which types, and correct the game server, or add the type to types and to a board's rules, generate, and apply; then put them on the bus again with --redrive.\n\n    leaderboards strays feed-matches"
  namespace           = "AWS/SQS"
  metric_name         = "NumberOfMessagesSent"
  dimensions          = { QueueName = "fleet-feed-matches-strays" }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 10
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  lifecycle {
    create_before_destroy = true
  }
}

# The table has data only while it is throttled, and an alarm on it alone would never end (CloudWatch API reference,
# "PutMetricAlarm"). The pipe has some with each heartbeat of a board; the product with 0 lets it say no more than that.
resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = "fleet-feed-matches-throttles"
  alarm_description   = "Players: what game servers do not write again does not count.\n\nIt goes off when AWS throttles what game servers write. It ends when nothing is throttled for 5 minutes.\n\nFirst: see how many write units a table may take, and ask AWS for a higher quota.\n\n    aws dynamodb describe-limits --region eu-west-1"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "throttles"
    expression  = "SUM([FILL(refused, 0), FILL(carried, 0) * 0])"
    label       = "Throttled writes"
    return_data = true
  }

  metric_query {
    id = "refused"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "WriteThrottleEvents"
      dimensions  = { TableName = "fleet-feed-matches-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "carried"

    metric {
      namespace   = "AWS/EventBridge/Pipes"
      metric_name = "Invocations"
      dimensions  = { PipeName = "fleet-feed-matches-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_composite_alarm" "unhealthy" {
  alarm_name        = "fleet-feed-matches-unhealthy"
  alarm_description = "Whether the feed matches is healthy; the alarms below it tell what is wrong"
  ok_actions        = [aws_sns_topic.alarms.arn]

  # In one line: CloudWatch refuses a rule that begins or ends in white space (terraform-provider-aws#19575).
  alarm_rule = join(" OR ", [
    "ALARM(${aws_cloudwatch_metric_alarm.pipe_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.strays_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.pipe_failures.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.strays.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.throttles.alarm_name})",
  ])
}

resource "aws_sns_topic" "alarms" {
  name              = "fleet-feed-matches-alarms"
  kms_master_key_id = aws_kms_key.board.arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "AlarmsOfThisFeed"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values = [
        aws_cloudwatch_composite_alarm.unhealthy.arn,
        aws_cloudwatch_metric_alarm.pipe_dead_letters.arn,
        aws_cloudwatch_metric_alarm.strays_dead_letters.arn,
        aws_cloudwatch_metric_alarm.pipe_failures.arn,
        aws_cloudwatch_metric_alarm.strays.arn,
        aws_cloudwatch_metric_alarm.throttles.arn,
      ]
    }
  }

  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

# By address, so that one that is removed takes no other with it: SNS knows only one subscription for each.
resource "aws_sns_topic_subscription" "alarms" {
  for_each = {
    "mailto:nebula@example.com" = { protocol = "email", endpoint = "nebula@example.com" }
  }

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint
}
