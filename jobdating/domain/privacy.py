"""How long personal data are kept. Pure."""

from datetime import date, timedelta

KEPT_MONTHS = 3


def purge_day(last_day: date) -> date:
    """The day on which what names people is erased: three months after the fair, or the end of that month."""
    months = last_day.month - 1 + KEPT_MONTHS
    year, month = last_day.year + months // 12, months % 12 + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    last_of_month = first_of_next - timedelta(days=1)
    return last_of_month.replace(day=min(last_day.day, last_of_month.day))
