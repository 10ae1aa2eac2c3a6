# Each metric alarm watches one thing, and tells people once when it goes off: so a second fault is heard of while the
# first is still up. The composite alarm tells them when all is well again. docs/alarms.md of the generator says of each
# when it goes off, when it ends, and what missing data means.
#
# CloudWatch deletes no alarm that a composite alarm names: hence create_before_destroy, by which the composite alarm
# changes first (terraform-provider-aws#34807). Terraform would hand that down to all that an alarm refers to, and
# nothing here can be made twice under one name: hence the names in `dimensions` are written out.
resource "aws_cloudwatch_metric_alarm" "activities_dead_letters" {
  alarm_name          = "vast-steps-activities-dead-letters"
  alarm_description   = "Players: some activities do not count yet, and can count no more in a window whose ranks are final.\n\nIt goes off when 1 or more activities failed 5 times. It ends when the queue is empty.\n\nFirst: find the cause in the processor's log, apply the fix, and put the activities back.\n\n    leaderboards redrive steps --from dead-letters"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = "vast-steps-activities-dead-letters" }
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

resource "aws_cloudwatch_metric_alarm" "pipe_dead_letters" {
  alarm_name          = "vast-steps-pipe-dead-letters"
  alarm_description   = "Players: some activities do not count yet, and can count no more in a window whose ranks are final.\n\nIt goes off when 1 or more batches of activities could not be delivered by the pipe. It ends when the queue is empty.\n\nFirst: find the cause in the log /aws/vendedlogs/pipes/vast-steps-activities, apply the fix, and put the batches back within 23 hours: the stream keeps them no longer.\n\n    leaderboards redrive steps --from pipe"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = "vast-steps-pipe-dead-letters" }
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
  alarm_name          = "vast-steps-schedule-dead-letters"
  alarm_description   = "Players: they see the last ranks for as long as rebuilds fail.\n\nIt goes off when 1 or more rebuilds failed, or could not be started, in 5 minutes. It ends when rebuilds work again; the messages may stay, because the next rebuild does their work.\n\nFirst: read the log /aws/lambda/vast-steps-rebuilder. An IdentityError there names the rules that the data was made with, and those of the bundle: put the old value back into the YAML, generate, and apply. Then rebuild.\n\n    leaderboards redrive steps --from schedule"
  namespace           = "AWS/SQS"
  metric_name         = "NumberOfMessagesSent"
  dimensions          = { QueueName = "vast-steps-schedule-dead-letters" }
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
  alarm_name                = "vast-steps-oldest-activity"
  alarm_description         = "Players: what they do now counts late, or not until this is mended.\n\nIt goes off when an activity is on its way for 300 seconds or more, as an item shows that the board sends itself every 5 minutes, or nothing measures that any more. It ends when one arrives in time.\n\nFirst: start the pipe, which does no harm where it runs. Where it ran, read the processor's log; where that has no errors, raise traffic.activities_per_second.peak. Without data the schedule vast-steps-watch is disabled, or the rebuilder stands still.\n\n    aws pipes start-pipe --name vast-steps-activities --region eu-west-1"
  namespace                 = "Leaderboards"
  metric_name               = "ArrivalLagSeconds"
  dimensions                = { service = "vast-steps" }
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
  alarm_name          = "vast-steps-snapshot-age"
  alarm_description   = "Players: the ranks stand still.\n\nIt goes off when there is no new snapshot in 600 seconds. It ends when a new snapshot is made.\n\nFirst: rebuild: where that fails it says why, and where the log is; where it works, see whether the schedule vast-steps-rebuild is enabled. Where changed rules are refused, /v1/health has a notice.\n\n    leaderboards rebuild steps"
  namespace           = "Leaderboards"
  metric_name         = "SnapshotAgeSeconds"
  dimensions          = { service = "vast-steps" }
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
  alarm_name          = "vast-steps-rebuild-overrun"
  alarm_description   = "Players: scores appear later than the schedule says.\n\nIt goes off when a rebuild takes 60 seconds or more, twice in a row: the next one is skipped. It ends when no rebuild of a period takes so long.\n\nFirst: make rebuild rarer, or raise traffic.players, which gives the rebuilder memory.\n\n    leaderboards explain steps"
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = { FunctionName = "vast-steps-rebuilder" }
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

# An execution that fails, is stopped or takes too long is begun anew by a rebuild that needs it.
resource "aws_cloudwatch_metric_alarm" "assembly_failures" {
  alarm_name          = "vast-steps-assembly-failures"
  alarm_description   = "Players: mostly nothing: ranks are followed from the last ones; where none can be, they stand still.\n\nIt goes off when a window's ranks could not be assembled: the state machine failed, was stopped, or took too long. It ends when none fails for 5 minutes; after an hour, a rebuild that needs it begins another.\n\nFirst: read the assembler's log: what is throttled or too large for a function is said there. Where it says nothing, no function was free, or the execution was stopped: see the last one of vast-steps-assembly in Step Functions. Once that is mended, leaderboards rebuild steps --window WINDOW begins another at once; status names the windows.\n\n    aws logs tail /aws/lambda/vast-steps-assembler --region eu-west-1 --since 1h"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "failures"
    expression  = "SUM([FILL(failed, 0), FILL(late, 0), FILL(stopped, 0)])"
    label       = "Failed executions"
    return_data = true
  }

  metric_query {
    id = "failed"

    metric {
      namespace   = "AWS/States"
      metric_name = "ExecutionsFailed"
      dimensions  = { StateMachineArn = "arn:aws:states:eu-west-1:${data.aws_caller_identity.current.account_id}:stateMachine:vast-steps-assembly" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "late"

    metric {
      namespace   = "AWS/States"
      metric_name = "ExecutionsTimedOut"
      dimensions  = { StateMachineArn = "arn:aws:states:eu-west-1:${data.aws_caller_identity.current.account_id}:stateMachine:vast-steps-assembly" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "stopped"

    metric {
      namespace   = "AWS/States"
      metric_name = "ExecutionsAborted"
      dimensions  = { StateMachineArn = "arn:aws:states:eu-west-1:${data.aws_caller_identity.current.account_id}:stateMachine:vast-steps-assembly" }
      stat        = "Sum"
      period      = 300
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# AWS stops a pipe by itself after lasting errors; then only the heartbeats tell (oldest-activity). A record of a partly
# failed batch that stays becomes a dead letter.
resource "aws_cloudwatch_metric_alarm" "pipe_failures" {
  alarm_name          = "vast-steps-pipe-failures"
  alarm_description   = "Players: what they do now counts late.\n\nIt goes off when the pipe fails, or is throttled, for 10 minutes. It ends when the pipe does not fail for 5 minutes.\n\nFirst: read the pipe's log, and see whether it still runs.\n\n    aws logs tail /aws/vendedlogs/pipes/vast-steps-activities --region eu-west-1 --since 1h"
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
      dimensions  = { PipeName = "vast-steps-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "late"

    metric {
      namespace   = "AWS/EventBridge/Pipes"
      metric_name = "ExecutionTimeout"
      dimensions  = { PipeName = "vast-steps-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "throttled"

    metric {
      namespace   = "AWS/EventBridge/Pipes"
      metric_name = "ExecutionThrottled"
      dimensions  = { PipeName = "vast-steps-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "target"

    metric {
      namespace   = "AWS/EventBridge/Pipes"
      metric_name = "TargetStageFailed"
      dimensions  = { PipeName = "vast-steps-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "processing_errors" {
  alarm_name          = "vast-steps-processing-errors"
  alarm_description   = "Players: some activities count late: each is tried again, and is a dead letter in the end.\n\nIt goes off when the processor has 1 or more errors in 5 minutes. It ends when nothing fails for 5 minutes.\n\nFirst: read the processor's log. Where it refuses to write over numbers that mean something else, put the old value back into the YAML, generate, apply, and redrive.\n\n    aws logs tail /aws/lambda/vast-steps-processor --region eu-west-1 --since 1h"
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
      dimensions  = { service = "vast-steps" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "processor"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = { FunctionName = "vast-steps-processor" }
      stat        = "Sum"
      period      = 300
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Counted has data wherever an activity was counted or rejected, and the product with 0 says no more than that. Unfit is what
# is rejected for another reason than over_limit: whoever goes over a limit is one player who is too fast, or cheats.
resource "aws_cloudwatch_metric_alarm" "rejected" {
  alarm_name          = "vast-steps-rejected"
  alarm_description   = "Players: some of what they do does not count.\n\nIt goes off when 5 % or more of the activities are rejected, and at least 10 in 5 minutes, twice in a row, without those that are over_limit. It ends when fewer are rejected.\n\nFirst: see which are rejected and why: mostly a game server has a new version. They are kept for 14 days: once the rules or the server are right, redrive them with --from rejected.\n\n    leaderboards rejected steps --totals"
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "percent"
    expression  = "IF(SUM([FILL(unfit, 0), counted * 0]) >= 10, 100 * SUM([FILL(unfit, 0), counted * 0]) / SUM([counted, FILL(unfit, 0)]), 0)"
    label       = "Rejected activities, percent"
    return_data = true
  }

  metric_query {
    id = "counted"

    metric {
      namespace   = "Leaderboards"
      metric_name = "ActivitiesCounted"
      dimensions  = { service = "vast-steps" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "unfit"

    metric {
      namespace   = "Leaderboards"
      metric_name = "ActivitiesUnfit"
      dimensions  = { service = "vast-steps" }
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
  alarm_name          = "vast-steps-throttles"
  alarm_description   = "Players: what they do now counts late.\n\nIt goes off when AWS throttles 1 or more requests to the processor or a table in 5 minutes. It ends when nothing is throttled for 5 minutes.\n\nFirst: see how much concurrency of Lambda is left in the account, and ask AWS for a higher quota: of that, or of a table's units.\n\n    aws lambda get-account-settings --region eu-west-1"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "throttles"
    expression  = "SUM([FILL(processor, 0), FILL(written, 0), FILL(read, 0)])"
    label       = "Throttled requests"
    return_data = true
  }

  metric_query {
    id = "processor"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Throttles"
      dimensions  = { FunctionName = "vast-steps-processor" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "written"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "WriteThrottleEvents"
      dimensions  = { TableName = "vast-steps-activities" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "read"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "ReadThrottleEvents"
      dimensions  = { TableName = "vast-steps-aggregates" }
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
  alarm_name          = "vast-steps-api-errors"
  alarm_description   = "Players: the page and the game show errors instead of ranks, or old ranks from a cache.\n\nIt goes off when 1 % or more of the API's requests fail, or are refused because too many come at once, or all of ten and more are refused, for 10 minutes. It ends when fewer fail for 5 minutes.\n\nFirst: read the API's log. Where it is throttled, raise api.max_concurrency; where it never runs, see its permissions.\n\n    aws logs tail /aws/lambda/vast-steps-api --region eu-west-1 --since 1h"
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
      dimensions  = { FunctionName = "vast-steps-api" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "throttled"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Throttles"
      dimensions  = { FunctionName = "vast-steps-api" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "invocations"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Invocations"
      dimensions  = { FunctionName = "vast-steps-api" }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "UrlRequestCount"
      dimensions  = { FunctionName = "vast-steps-api" }
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
  alarm_name          = "vast-steps-api-latency"
  alarm_description   = "Players: ranks that no cache has come slowly.\n\nIt goes off when the slowest 1 % of the API's requests take 1000 ms or more for 15 minutes. It ends when they are faster for 5 minutes.\n\nFirst: see whether the account's concurrency of Lambda is used up.\n\n    aws lambda get-account-settings --region eu-west-1"
  namespace           = "AWS/Lambda"
  metric_name         = "UrlRequestLatency"
  dimensions          = { FunctionName = "vast-steps-api" }
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
  alarm_name        = "vast-steps-unhealthy"
  alarm_description = "Whether the leaderboard `Steps` is healthy; the alarms below it tell what is wrong"
  ok_actions        = [aws_sns_topic.alarms.arn]

  # In one line: CloudWatch refuses a rule that begins or ends in white space (terraform-provider-aws#19575).
  alarm_rule = join(" OR ", [
    "ALARM(${aws_cloudwatch_metric_alarm.activities_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.pipe_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.schedule_dead_letters.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.oldest_activity.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.snapshot_age.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.rebuild_overrun.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.assembly_failures.alarm_name})",
    "ALARM(${aws_cloudwatch_metric_alarm.pipe_failures.alarm_name})",
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
  name              = "vast-steps-alarms"
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
        aws_cloudwatch_metric_alarm.pipe_dead_letters.arn,
        aws_cloudwatch_metric_alarm.schedule_dead_letters.arn,
        aws_cloudwatch_metric_alarm.oldest_activity.arn,
        aws_cloudwatch_metric_alarm.snapshot_age.arn,
        aws_cloudwatch_metric_alarm.rebuild_overrun.arn,
        aws_cloudwatch_metric_alarm.assembly_failures.arn,
        aws_cloudwatch_metric_alarm.pipe_failures.arn,
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
    "mailto:solo@example.com" = { protocol = "email", endpoint = "solo@example.com" }
  }

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint
}
