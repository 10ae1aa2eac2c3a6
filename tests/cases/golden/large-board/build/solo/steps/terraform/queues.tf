# A message may have 1 MiB, an item of a table 400 kB. In a dead-letter queue a message keeps the time at which it was
# first sent, so a dead-letter queue keeps its messages longer than the queue before it: 14 days, which is the most, behind
# 7 (Amazon SQS developer guide, "Setting-up dead-letter queue retention in Amazon SQS").

# Activities on their way from the pipe to the processor.
resource "aws_sqs_queue" "activities" {
  name                       = "vast-steps-activities"
  message_retention_seconds  = 604800
  max_message_size           = 1048576
  visibility_timeout_seconds = 361
  kms_master_key_id          = aws_kms_key.board.arn
  # The default, five minutes, asks KMS for each message of a quiet board (Amazon SQS developer guide, "Key management").
  kms_data_key_reuse_period_seconds = 3600

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.activities_dead_letters.arn
    maxReceiveCount     = 5
  })

  lifecycle {
    prevent_destroy = true
  }
}

# Activities that the processor received 5 times and could not process.
resource "aws_sqs_queue" "activities_dead_letters" {
  name                      = "vast-steps-activities-dead-letters"
  message_retention_seconds = 1209600
  max_message_size          = 1048576
  kms_master_key_id         = aws_kms_key.board.arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue_redrive_allow_policy" "activities_dead_letters" {
  queue_url = aws_sqs_queue.activities_dead_letters.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.activities.arn]
  })
}

# Positions in the stream that the pipe could not deliver.
resource "aws_sqs_queue" "pipe_dead_letters" {
  name                      = "vast-steps-pipe-dead-letters"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.board.arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue_redrive_allow_policy" "pipe_dead_letters" {
  queue_url            = aws_sqs_queue.pipe_dead_letters.id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}

# Rebuilds that the schedule could not start, or that failed at every attempt. Nobody has to put them back, as the next one
# does their work: 4 days show them to whoever comes back from a long weekend.
resource "aws_sqs_queue" "schedule_dead_letters" {
  name                      = "vast-steps-schedule-dead-letters"
  message_retention_seconds = 345600
  kms_master_key_id         = aws_kms_key.board.arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue_redrive_allow_policy" "schedule_dead_letters" {
  queue_url            = aws_sqs_queue.schedule_dead_letters.id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}

resource "aws_sqs_queue_policy" "activities" {
  queue_url = aws_sqs_queue.activities.id
  policy    = data.aws_iam_policy_document.queue_activities.json
}

data "aws_iam_policy_document" "queue_activities" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.activities.arn]

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

resource "aws_sqs_queue_policy" "activities_dead_letters" {
  queue_url = aws_sqs_queue.activities_dead_letters.id
  policy    = data.aws_iam_policy_document.queue_activities_dead_letters.json
}

data "aws_iam_policy_document" "queue_activities_dead_letters" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.activities_dead_letters.arn]

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

resource "aws_sqs_queue_policy" "pipe_dead_letters" {
  queue_url = aws_sqs_queue.pipe_dead_letters.id
  policy    = data.aws_iam_policy_document.queue_pipe_dead_letters.json
}

data "aws_iam_policy_document" "queue_pipe_dead_letters" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.pipe_dead_letters.arn]

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

resource "aws_sqs_queue_policy" "schedule_dead_letters" {
  queue_url = aws_sqs_queue.schedule_dead_letters.id
  policy    = data.aws_iam_policy_document.queue_schedule_dead_letters.json
}

data "aws_iam_policy_document" "queue_schedule_dead_letters" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.schedule_dead_letters.arn]

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
