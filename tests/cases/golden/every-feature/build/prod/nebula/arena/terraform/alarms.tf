# Each metric alarm watches one thing. Only the composite alarm notifies people, so that one incident is one message.
resource "aws_cloudwatch_metric_alarm" "activities_dead_letters" {
  alarm_name          = "arcade-prod-arena-activities-dead-letters"
  alarm_description   = "Activities could not be processed: see Redrive in the bundle's README"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.activities_dead_letters.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 2
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "pipe_dead_letters" {
  alarm_name          = "arcade-prod-arena-pipe-dead-letters"
  alarm_description   = "The pipe could not deliver activities: see Redrive in the bundle's README"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.pipe_dead_letters.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 2
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "schedule_dead_letters" {
  alarm_name          = "arcade-prod-arena-schedule-dead-letters"
  alarm_description   = "Rebuilds could not be started, or failed: see Redrive in the bundle's README"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.schedule_dead_letters.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 2
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "oldest_activity" {
  alarm_name          = "arcade-prod-arena-oldest-activity"
  alarm_description   = "Activities wait too long for the processor"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.activities.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 120
  treat_missing_data  = "notBreaching"
}

# No new snapshot in 100000 seconds: missing data counts as breaching.
resource "aws_cloudwatch_metric_alarm" "snapshot_age" {
  alarm_name          = "arcade-prod-arena-snapshot-age"
  alarm_description   = "The board stands still: no new snapshot in 100000 seconds"
  namespace           = "Leaderboards"
  metric_name         = "SnapshotsWritten"
  dimensions          = { service = "arcade-prod-arena" }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 28
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
}

resource "aws_cloudwatch_metric_alarm" "processing_errors" {
  alarm_name          = "arcade-prod-arena-processing-errors"
  alarm_description   = "The processor or the rebuilder fails, or refuses to write over numbers that mean something else: see their logs"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 3
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "errors"
    expression  = "SUM([handled, processor, rebuilder])"
    label       = "Errors"
    return_data = true
  }

  metric_query {
    id = "handled"

    metric {
      namespace   = "Leaderboards"
      metric_name = "ProcessingErrors"
      dimensions  = { service = "arcade-prod-arena" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "processor"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = { FunctionName = aws_lambda_function.processor.function_name }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "rebuilder"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = { FunctionName = aws_lambda_function.rebuilder.function_name }
      stat        = "Sum"
      period      = 300
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "rejected" {
  alarm_name          = "arcade-prod-arena-rejected"
  alarm_description   = "Too many activities are rejected: the metric ActivitiesRejectedByReason tells why"
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 10
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "percent"
    expression  = "100 * rejected / SUM([counted, rejected])"
    label       = "Rejected activities, percent"
    return_data = true
  }

  metric_query {
    id = "counted"

    metric {
      namespace   = "Leaderboards"
      metric_name = "ActivitiesCounted"
      dimensions  = { service = "arcade-prod-arena" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "rejected"

    metric {
      namespace   = "Leaderboards"
      metric_name = "ActivitiesRejected"
      dimensions  = { service = "arcade-prod-arena" }
      stat        = "Sum"
      period      = 300
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = "arcade-prod-arena-throttles"
  alarm_description   = "AWS throttles requests: a function or a table has reached its limit"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 20
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "throttles"
    expression  = "SUM([processor, rebuilder, api, activities, aggregates, marks])"
    label       = "Throttled requests"
    return_data = true
  }

  metric_query {
    id = "processor"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Throttles"
      dimensions  = { FunctionName = aws_lambda_function.processor.function_name }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "rebuilder"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Throttles"
      dimensions  = { FunctionName = aws_lambda_function.rebuilder.function_name }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "api"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Throttles"
      dimensions  = { FunctionName = aws_lambda_function.api.function_name }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "activities"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "WriteThrottleEvents"
      dimensions  = { TableName = aws_dynamodb_table.activities.name }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "aggregates"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "WriteThrottleEvents"
      dimensions  = { TableName = aws_dynamodb_table.aggregates.name }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "marks"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "WriteThrottleEvents"
      dimensions  = { TableName = aws_dynamodb_table.marks.name }
      stat        = "Sum"
      period      = 300
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "api_errors" {
  alarm_name          = "arcade-prod-arena-api-errors"
  alarm_description   = "The API fails"
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 2
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "percent"
    expression  = "100 * errors / requests"
    label       = "Failed requests, percent"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Url5xxCount"
      dimensions  = { FunctionName = aws_lambda_function.api.function_name }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "UrlRequestCount"
      dimensions  = { FunctionName = aws_lambda_function.api.function_name }
      stat        = "Sum"
      period      = 300
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "api_latency" {
  alarm_name          = "arcade-prod-arena-api-latency"
  alarm_description   = "The API is slow"
  namespace           = "AWS/Lambda"
  metric_name         = "UrlRequestLatency"
  dimensions          = { FunctionName = aws_lambda_function.api.function_name }
  extended_statistic  = "p99"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 500
  treat_missing_data  = "notBreaching"
  # A 99th percentile of a few requests means nothing: one cold start would set off the alarm.
  evaluate_low_sample_count_percentiles = "ignore"
}

resource "aws_cloudwatch_composite_alarm" "unhealthy" {
  alarm_name        = "arcade-prod-arena-unhealthy"
  alarm_description = "The leaderboard `The \"Arena\": $${x} %%{if} <b>&amp;</b> '*_[a](b)_*' | 100% \\ é 星` is unhealthy; the alarms below it tell why"
  alarm_actions     = [aws_sns_topic.alarms.arn]
  ok_actions        = [aws_sns_topic.alarms.arn]

  # In one line: CloudWatch refuses a rule that begins or ends in white space (terraform-provider-aws#19575).
  alarm_rule = join(" OR ", [
    "ALARM(${aws_cloudwatch_metric_alarm.activities_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.pipe_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.schedule_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.oldest_activity.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.snapshot_age.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.processing_errors.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.rejected.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.throttles.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.api_errors.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.api_latency.alarm_name})",
  ])
}

resource "aws_sns_topic" "alarms" {
  name              = "arcade-prod-arena-alarms"
  kms_master_key_id = "arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "AlarmsOfThisBoard"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_composite_alarm.unhealthy.arn]
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
    "mailto:nebula-oncall@example.com"                     = { protocol = "email", endpoint = "nebula-oncall@example.com" }
    "https://hooks.example.com/alarms?team=nebula&x=$${y}" = { protocol = "https", endpoint = "https://hooks.example.com/alarms?team=nebula&x=$${y}" }
  }

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint
}
