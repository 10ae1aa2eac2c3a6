"""Renders the dashboard by which a team watches a board in CloudWatch.

dashboard   the body: a header, the alarms, a row for each question, the runbook
questions   the rows: what each shows
dollars     what the board costs now, in metric math
queries     the queries over logs
metrics     the metrics of a board, as a widget names them
widgets     the forms that widgets have
"""
