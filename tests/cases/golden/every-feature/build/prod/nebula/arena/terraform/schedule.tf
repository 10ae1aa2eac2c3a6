# The rebuilder's two schedules: one for its snapshots, one on which it watches the board. A cron expression is in UTC.
resource "aws_scheduler_schedule" "rebuild" {
  #checkov:skip=CKV_AWS_297:Its input names a task and is no secret; AWS's own key encrypts it, and no run has to ask KMS.
  name                = "arcade-prod-arena-rebuild"
  schedule_expression = "cron(0/10 * * * ? *)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.rebuilder.arn
    role_arn = aws_iam_role.schedule.arn
    input    = jsonencode({ task = "rebuild" })

    # A rebuild that could not be started is given up when the next one is due: that does all of its work.
    retry_policy {
      maximum_event_age_in_seconds = 600
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
  name                = "arcade-prod-arena-watch"
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
  name               = "arcade-prod-arena-schedule"
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
      values   = ["arn:aws:scheduler:us-east-1:${data.aws_caller_identity.current.account_id}:schedule-group/default"]
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
    resources = ["arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35", "arn:aws:kms:us-east-1:222222222222:key/1b5d9f3e-7a2c-4e68-9d40-6c8e2a4f1b77", aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.us-east-1.amazonaws.com"]
    }
  }

  statement {
    sid       = "EncryptThroughServices"
    actions   = ["kms:GenerateDataKey"]
    resources = ["arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.us-east-1.amazonaws.com"]
    }
  }
}
