# Positions in the stream that the pipe could not deliver.
resource "aws_sqs_queue" "pipe_dead_letters" {
  name                      = "fleet-feed-matches-pipe-dead-letters"
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

# Activities that no board counts, because the feed does not name their type, or because it is no text.
resource "aws_sqs_queue" "strays" {
  name                              = "fleet-feed-matches-strays"
  message_retention_seconds         = 1209600
  max_message_size                  = 1048576
  kms_master_key_id                 = aws_kms_key.board.arn
  kms_data_key_reuse_period_seconds = 3600

  lifecycle {
    prevent_destroy = true
  }
}

# Strays that the bus could not deliver to that queue.
resource "aws_sqs_queue" "strays_dead_letters" {
  name                      = "fleet-feed-matches-strays-dead-letters"
  message_retention_seconds = 1209600
  max_message_size          = 1048576
  kms_master_key_id         = aws_kms_key.board.arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue_redrive_allow_policy" "strays" {
  queue_url            = aws_sqs_queue.strays.id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}

resource "aws_sqs_queue_redrive_allow_policy" "strays_dead_letters" {
  queue_url            = aws_sqs_queue.strays_dead_letters.id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
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

resource "aws_sqs_queue_policy" "strays" {
  queue_url = aws_sqs_queue.strays.id
  policy    = data.aws_iam_policy_document.queue_strays.json
}

data "aws_iam_policy_document" "queue_strays" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.strays.arn]

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

  statement {
    sid       = "OnlyByTheRule"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.strays.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.strays.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "strays_dead_letters" {
  queue_url = aws_sqs_queue.strays_dead_letters.id
  policy    = data.aws_iam_policy_document.queue_strays_dead_letters.json
}

data "aws_iam_policy_document" "queue_strays_dead_letters" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.strays_dead_letters.arn]

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

  statement {
    sid       = "OnlyByTheRule"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.strays_dead_letters.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.strays.arn]
    }
  }
}
