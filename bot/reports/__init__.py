"""A report on paper and screen: one HTML file, Markdown, CSV or JSON, from the values of `bot.cases.report`."""
