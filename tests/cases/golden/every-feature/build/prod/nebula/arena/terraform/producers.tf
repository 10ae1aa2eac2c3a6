# The permissions of a game server: attach this policy to its role.
resource "aws_iam_policy" "producer" {
  name        = "arcade-prod-arena-producer"
  description = "Write activities of the leaderboard arcade-prod-arena"
  policy      = data.aws_iam_policy_document.producer.json
}

data "aws_iam_policy_document" "producer" {
  statement {
    sid       = "WriteActivities"
    actions   = ["dynamodb:BatchWriteItem", "dynamodb:PutItem"]
    resources = [aws_dynamodb_table.activities.arn]
  }

  # A service uses the key for a role that may use the service's resource; the role itself can decrypt nothing.
  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = ["arn:aws:kms:us-east-1:222222222222:key/8e2f4a6c-1d3b-4579-b2c4-0a9d7e5f3b35", "arn:aws:kms:us-east-1:222222222222:key/1b5d9f3e-7a2c-4e68-9d40-6c8e2a4f1b77", aws_kms_key.board.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.us-east-1.amazonaws.com"]
    }
  }
}
