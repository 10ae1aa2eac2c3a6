# The team's dashboard: whether the feed is well. What is known only here is put into its body: the account, in the ARNs of
# alarms.
resource "aws_cloudwatch_dashboard" "board" {
  dashboard_name = "fleet-feed-matches"
  dashboard_body = replace(file("${path.module}/../cloudwatch-dashboard.json"), "$${account}", data.aws_caller_identity.current.account_id)
}
