# The permissions of a game server: attach this policy to its role.
resource "aws_iam_policy" "producer" {
  name        = "arcade-prod-partners-producer"
  description = "Write activities of the leaderboard arcade-prod-partners"
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
    resources = ["arn:aws:kms:us-east-1:222222222222:key/4c7e1a90-5b2d-4f36-8a1c-9d0e3f5b7a21"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.us-east-1.amazonaws.com"]
    }
  }
}
