# What the command `replay` needs, and nothing else: it counts a window anew, so whoever has this policy can change every
# score of the board. Attach it to whoever replays, for as long as that takes.
resource "aws_iam_policy" "replay" {
  name        = "vast-steps-replay"
  description = "Replay the leaderboard vast-steps: count a window anew by the rules of now"
  policy      = data.aws_iam_policy_document.replay.json
}

data "aws_iam_policy_document" "replay" {
  statement {
    sid       = "ReadActivities"
    actions   = ["dynamodb:Query", "dynamodb:Scan"]
    resources = [aws_dynamodb_table.activities.arn]
  }

  statement {
    sid       = "ReadMarks"
    actions   = ["dynamodb:BatchGetItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit", "#corrections", "#grants"]
    }
  }

  statement {
    sid       = "ReadCorrections"
    actions   = ["dynamodb:Query"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#corrections"]
    }
  }

  # What nobody had decided on is counted, and marked as that.
  statement {
    sid       = "MarkActivities"
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#corrections", "#grants"]
    }
  }

  statement {
    sid       = "WriteTheAudit"
    actions   = ["dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.marks.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#audit"]
    }
  }

  statement {
    sid       = "ReadScores"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.aggregates.arn]
  }

  # What the numbers mean, and what is decided about players, it does not change.
  statement {
    sid       = "CountAnew"
    actions   = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.aggregates.arn]

    condition {
      test     = "ForAllValues:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["#identity", "#players"]
    }
  }

  statement {
    sid     = "FindTheBoard"
    actions = ["sqs:GetQueueUrl"]
    resources = [
      aws_sqs_queue.activities.arn,
      aws_sqs_queue.activities_dead_letters.arn,
    ]
  }

  # A service uses the key for a role that may use the service's resource; the role itself can decrypt nothing.
  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.eu-west-1.amazonaws.com"]
    }
  }
}
