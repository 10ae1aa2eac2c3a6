"""Draws a bundle's CloudWatch dashboard where there is no CloudWatch: from the metrics of what runs, as one page.

body       the widgets of the dashboard's JSON
values     what each of them shows: lines over time, thresholds, states of alarms
charts     where that lies in a graph
markdown   the text of widgets as HTML
page       all of it as one page, and as data for scripts
finding    the dashboard of a bundle that runs on this machine
"""
