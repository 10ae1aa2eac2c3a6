# For the team: what the board does and how well it is.
resource "aws_cloudwatch_dashboard" "board" {
  dashboard_name = "tiny-wins"
  dashboard_body = file("${path.module}/../cloudwatch-dashboard.json")
}
