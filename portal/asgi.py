"""The ASGI application, for hosts that serve ASGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_asgi_application()

from portal.accounts.signin.checks import refuse_unsafe_settings  # noqa: E402 - needs the settings
from portal.ui.kept_plans import keep_plans  # noqa: E402
from portal.ui.settled_memory import settle_memory  # noqa: E402
from portal.ui.slow_statements import limit_statements  # noqa: E402

refuse_unsafe_settings()
limit_statements()
keep_plans()
settle_memory()
