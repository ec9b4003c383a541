"""The language switch of the top bar."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language


@login_not_required
@require_POST
def change_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the posted language in a cookie and, for somebody signed in, with their account; then go back."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in {"nl", "en"} and check_for_language(chosen):
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return set_language(request)
