"""Sort order and page of a table, as the address asks for them."""

from typing import Any

from django_tables2 import RequestConfig


class Asked(RequestConfig):  # type: ignore[misc]
    """What the address asks for, as far as there is such a thing: columns that the table has, and its pages.

    How many rows a page has is for the view to say. django-tables2 itself would take any number from the address, and
    fail at one below nought.
    """

    def configure(self, table: Any) -> Any:
        """Sort the table and cut it into pages; a page beyond the last one is the last one."""
        table.request = self.request
        asked = ",".join(self.request.GET.getlist(table.prefixed_order_by_field)).split(",")
        if names := [name for name in asked if name.removeprefix("-") in table.columns.names()]:
            table.order_by = names
        if self.paginate:
            options = dict(self.paginate)
            options.pop("silent", None)
            table.paginate(**options)
            table.page = table.paginator.get_page(self.request.GET.get(table.prefixed_page_field))
        return table
