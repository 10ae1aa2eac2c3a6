"""Renders the dashboard by which a team watches a board or a feed in CloudWatch.

dashboard   the body: a header, the alarms, a row for each question, the runbook
questions   the rows of a board: what each shows
of_feeds    the rows of a feed
graphs      what rows of both have
dollars     what a board or a feed costs now, in metric math
queries     the queries over logs
metrics     the metrics of a board or a feed, as a widget names them
widgets     the forms that widgets have
"""
