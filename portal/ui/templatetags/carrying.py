"""The tag `url` of every template: Django's own, whose address goes along to where in time the page stands.

A built-in of the templates (portal.settings), so that a new link to a dated page cannot forget it.
"""

from typing import Any

from django import template
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parsed

from portal.ui.moment import carried

register = template.Library()


class CarryingURLNode(URLNode):
    """Gives what `{% url %}` gives, with the moment of the page where there is one."""

    def render(self, context: Any) -> str:
        """The address; into the variable after `as` where there is one."""
        address: str = super().render(context)
        request = context.get("request")
        if request is None:
            return address
        if self.asvar:
            context[self.asvar] = carried(request, context[self.asvar])
            return ""
        return carried(request, address)


@register.tag
def url(parser: Any, token: Any) -> CarryingURLNode:
    """Parsed as Django parses it."""
    node = parsed(parser, token)
    return CarryingURLNode(node.view_name, node.args, node.kwargs, node.asvar)
