# For the team: what the board does and how well it is.
resource "aws_cloudwatch_dashboard" "board" {
  dashboard_name = "arcade-prod-partners"
  dashboard_body = file("${path.module}/../cloudwatch-dashboard.json")
}
