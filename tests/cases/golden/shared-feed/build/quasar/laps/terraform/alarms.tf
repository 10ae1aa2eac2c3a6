# Each metric alarm watches one thing, and tells people once when it goes off: so a second fault is heard of while the
# first is still up. The composite alarm tells them when all is well again. docs/alarms.md of the generator says of each
# when it goes off, when it ends, and what missing data means.
#
# CloudWatch deletes no alarm that a composite alarm names: hence create_before_destroy, by which the composite alarm
# changes first (terraform-provider-aws#34807). Terraform would hand that down to all that an alarm refers to, and
# nothing here can be made twice under one name: hence the names in `dimensions` are written out.
resource "aws_cloudwatch_metric_alarm" "activities_dead_letters" {
  alarm_name          = "fleet-laps-activities-dead-letters"
  alarm_description   = "Activities could not be processed: see Redrive in the bundle's README"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = "fleet-laps-activities-dead-letters" }
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

resource "aws_cloudwatch_metric_alarm" "feed_dead_letters" {
  alarm_name          = "fleet-laps-feed-dead-letters"
  alarm_description   = "The feed could not deliver activities: see Redrive in the bundle's README"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = "fleet-laps-feed-dead-letters" }
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

# A dead letter of the schedule needs no redrive, so this looks at new ones: it ends when rebuilds work again.
resource "aws_cloudwatch_metric_alarm" "schedule_dead_letters" {
  alarm_name          = "fleet-laps-schedule-dead-letters"
  alarm_description   = "Rebuilds could not be started, or failed: see the rebuilder's log, and Redrive in the bundle's README. An IdentityError in the log names the rules that the data was made with, and those of the bundle"
  namespace           = "AWS/SQS"
  metric_name         = "NumberOfMessagesSent"
  dimensions          = { QueueName = "fleet-laps-schedule-dead-letters" }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  lifecycle {
    create_before_destroy = true
  }
}

# The watch measures it with heartbeats that go the whole way of an activity. Without data the watch itself stands still.
resource "aws_cloudwatch_metric_alarm" "oldest_activity" {
  alarm_name                = "fleet-laps-oldest-activity"
  alarm_description         = "Activities do not arrive, or too late: see whether the feed's pipe runs, then the processor's log. Without data the rebuilder or its schedule stands still."
  namespace                 = "Leaderboards"
  metric_name               = "ArrivalLagSeconds"
  dimensions                = { service = "fleet-laps" }
  statistic                 = "Maximum"
  period                    = 300
  evaluation_periods        = 1
  comparison_operator       = "GreaterThanOrEqualToThreshold"
  threshold                 = 300
  treat_missing_data        = "missing"
  alarm_actions             = [aws_sns_topic.alarms.arn]
  insufficient_data_actions = [aws_sns_topic.alarms.arn]

  lifecycle {
    create_before_destroy = true
  }
}

# It has no data until the first watch of a new board, and from then on it keeps its state where data is missing.
resource "aws_cloudwatch_metric_alarm" "snapshot_age" {
  alarm_name          = "fleet-laps-snapshot-age"
  alarm_description   = "The board stands still: no new snapshot in 600 seconds. Its /v1/health has a notice where changed rules are refused"
  namespace           = "Leaderboards"
  metric_name         = "SnapshotAgeSeconds"
  dimensions          = { service = "fleet-laps" }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 600
  treat_missing_data  = "ignore"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  lifecycle {
    create_before_destroy = true
  }
}

# A rebuild that is not done when the next one is due, twice in a row: that one is skipped.
resource "aws_cloudwatch_metric_alarm" "rebuild_overrun" {
  alarm_name          = "fleet-laps-rebuild-overrun"
  alarm_description   = "Rebuilds take longer than the schedule's gap: scores appear later than they should"
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = { FunctionName = "fleet-laps-rebuilder" }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 60000
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "processing_errors" {
  alarm_name          = "fleet-laps-processing-errors"
  alarm_description   = "The processor fails, or refuses to write over numbers that mean something else: see its log"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "errors"
    expression  = "SUM([FILL(handled, 0), FILL(processor, 0)])"
    label       = "Errors"
    return_data = true
  }

  metric_query {
    id = "handled"

    metric {
      namespace   = "Leaderboards"
      metric_name = "ProcessingErrors"
      dimensions  = { service = "fleet-laps" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "processor"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = { FunctionName = "fleet-laps-processor" }
      stat        = "Sum"
      period      = 300
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# The processor writes both metrics where one is not 0.
resource "aws_cloudwatch_metric_alarm" "rejected" {
  alarm_name          = "fleet-laps-rejected"
  alarm_description   = "Too many activities are rejected: the metric ActivitiesRejectedByReason tells why"
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

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
      dimensions  = { service = "fleet-laps" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "rejected"

    metric {
      namespace   = "Leaderboards"
      metric_name = "ActivitiesRejected"
      dimensions  = { service = "fleet-laps" }
      stat        = "Sum"
      period      = 300
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# A table has data only while it is throttled, and CloudWatch ignores its gaps whatever it is told to do with them. The
# processor's metric has data with each heartbeat, so this ends. Throttled writes of the processor fail messages, which is
# processing-errors, and what throttles the rebuilder shows in snapshot-age.
resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = "fleet-laps-throttles"
  alarm_description   = "AWS throttles requests: the processor or a table has reached its limit"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "throttles"
    expression  = "SUM([FILL(processor, 0), FILL(read, 0)])"
    label       = "Throttled requests"
    return_data = true
  }

  metric_query {
    id = "processor"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Throttles"
      dimensions  = { FunctionName = "fleet-laps-processor" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "read"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "ReadThrottleEvents"
      dimensions  = { TableName = "fleet-laps-aggregates" }
      stat        = "Sum"
      period      = 300
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# What is refused because too many requests come at once counts as failed: a burst is short, a flood lasts. A request that
# lacks a permission is answered 403 without running the function, and ordinary 404s run it: so where it never ran, all
# are refused. The products with 0 give a value to what has none.
resource "aws_cloudwatch_metric_alarm" "api_errors" {
  alarm_name          = "fleet-laps-api-errors"
  alarm_description   = "The API fails, or refuses requests: see its log, its throttles, and its permissions"
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "percent"
    expression  = "IF(SUM([FILL(invocations, 0), requests * 0]) == 0, IF(requests >= 10, 100, 0), 100 * SUM([FILL(errors, 0), FILL(throttled, 0), requests * 0]) / requests)"
    label       = "Failed requests, percent"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Url5xxCount"
      dimensions  = { FunctionName = "fleet-laps-api" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "throttled"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Throttles"
      dimensions  = { FunctionName = "fleet-laps-api" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "invocations"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Invocations"
      dimensions  = { FunctionName = "fleet-laps-api" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "UrlRequestCount"
      dimensions  = { FunctionName = "fleet-laps-api" }
      stat        = "Sum"
      period      = 300
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# One cold start is in one period.
resource "aws_cloudwatch_metric_alarm" "api_latency" {
  alarm_name          = "fleet-laps-api-latency"
  alarm_description   = "The API is slow"
  namespace           = "AWS/Lambda"
  metric_name         = "UrlRequestLatency"
  dimensions          = { FunctionName = "fleet-laps-api" }
  extended_statistic  = "p99"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1000
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  # Behind a cache there are few requests: with "ignore" CloudWatch would wait for a thousand.
  evaluate_low_sample_count_percentiles = "evaluate"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_composite_alarm" "unhealthy" {
  alarm_name        = "fleet-laps-unhealthy"
  alarm_description = "Whether the leaderboard `Laps` is healthy; the alarms below it tell what is wrong"
  ok_actions        = [aws_sns_topic.alarms.arn]

  # In one line: CloudWatch refuses a rule that begins or ends in white space (terraform-provider-aws#19575).
  alarm_rule = join(" OR ", [
    "ALARM(${aws_cloudwatch_metric_alarm.activities_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.feed_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.schedule_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.oldest_activity.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.snapshot_age.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.rebuild_overrun.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.processing_errors.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.rejected.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.throttles.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.api_errors.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.api_latency.alarm_name})",
    # The watch has begun, and has stopped. Before it has begun, a new board has no data either.
    "(INSUFFICIENT_DATA(${aws_cloudwatch_metric_alarm.oldest_activity.alarm_name}) AND NOT INSUFFICIENT_DATA(${aws_cloudwatch_metric_alarm.snapshot_age.alarm_name}))",
  ])
}

resource "aws_sns_topic" "alarms" {
  name              = "fleet-laps-alarms"
  kms_master_key_id = aws_kms_key.board.arn
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
      values = [
        aws_cloudwatch_composite_alarm.unhealthy.arn,
        aws_cloudwatch_metric_alarm.activities_dead_letters.arn,
        aws_cloudwatch_metric_alarm.feed_dead_letters.arn,
        aws_cloudwatch_metric_alarm.schedule_dead_letters.arn,
        aws_cloudwatch_metric_alarm.oldest_activity.arn,
        aws_cloudwatch_metric_alarm.snapshot_age.arn,
        aws_cloudwatch_metric_alarm.rebuild_overrun.arn,
        aws_cloudwatch_metric_alarm.processing_errors.arn,
        aws_cloudwatch_metric_alarm.rejected.arn,
        aws_cloudwatch_metric_alarm.throttles.arn,
        aws_cloudwatch_metric_alarm.api_errors.arn,
        aws_cloudwatch_metric_alarm.api_latency.arn,
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
    "mailto:quasar@example.com"        = { protocol = "email", endpoint = "quasar@example.com" }
    "https://pager.example.com/quasar" = { protocol = "https", endpoint = "https://pager.example.com/quasar" }
  }

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint
}
