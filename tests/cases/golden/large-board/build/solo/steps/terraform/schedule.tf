# The rebuilder's two schedules: one for its snapshots, one on which it watches the board. A cron expression is in UTC.
resource "aws_scheduler_schedule" "rebuild" {
  #checkov:skip=CKV_AWS_297:Its input names a task and is no secret; AWS's own key encrypts it, and no run has to ask KMS.
  name                = "vast-steps-rebuild"
  schedule_expression = "rate(1 minute)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.rebuilder.arn
    role_arn = aws_iam_role.schedule.arn
    input    = jsonencode({ task = "rebuild" })

    # A rebuild that could not be started is given up when the next one is due: that does all of its work.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 5
    }

    dead_letter_config {
      arn = aws_sqs_queue.schedule_dead_letters.arn
    }
  }

  # The schedule may start its first run as soon as it exists.
  depends_on = [aws_iam_role_policy.schedule]
}

resource "aws_scheduler_schedule" "watch" {
  #checkov:skip=CKV_AWS_297:Its input names a task and is no secret; AWS's own key encrypts it, and no run has to ask KMS.
  name                = "vast-steps-watch"
  schedule_expression = "rate(5 minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.rebuilder.arn
    role_arn = aws_iam_role.schedule.arn
    input    = jsonencode({ task = "watch" })

    # A watch that could not be started is given up when the next one is due.
    retry_policy {
      maximum_event_age_in_seconds = 300
      maximum_retry_attempts       = 3
    }

    dead_letter_config {
      arn = aws_sqs_queue.schedule_dead_letters.arn
    }
  }

  # The schedule may start its first run as soon as it exists.
  # A heartbeat that is sent before there is a pipe would wait for it for minutes, and set off an alarm of a new board.
  depends_on = [
    aws_iam_role_policy.schedule,
    aws_lambda_event_source_mapping.processor,
    aws_pipes_pipe.activities,
  ]
}

resource "aws_iam_role" "schedule" {
  name               = "vast-steps-schedule"
  assume_role_policy = data.aws_iam_policy_document.schedule_assume.json
}

data "aws_iam_policy_document" "schedule_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    # EventBridge Scheduler names the group of a schedule, never the schedule (Amazon EventBridge Scheduler user guide,
    # "Confused deputy prevention").
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:aws:scheduler:eu-west-1:${data.aws_caller_identity.current.account_id}:schedule-group/default"]
    }
  }
}

resource "aws_iam_role_policy" "schedule" {
  name   = "schedule"
  role   = aws_iam_role.schedule.id
  policy = data.aws_iam_policy_document.schedule.json
}

data "aws_iam_policy_document" "schedule" {
  statement {
    sid       = "StartRebuilds"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.rebuilder.arn]
  }

  statement {
    sid       = "SendDeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.schedule_dead_letters.arn]
  }

  # A service uses the key for a role that may use the service's resource; the role itself can decrypt nothing.
  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.eu-west-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "EncryptThroughServices"
    actions   = ["kms:GenerateDataKey"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.eu-west-1.amazonaws.com"]
    }
  }
}
