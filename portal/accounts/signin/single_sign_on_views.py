"""The way to the identity provider of one's firm and back."""

from typing import Any

import jwt
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from portal.accounts.signin.forms import Look
from portal.accounts.single_sign_on import for_address, provider_id


class CheckedTokens(OpenIDConnectOAuth2Adapter):
    """Checks the signature of the provider's token with its published keys, however the token came."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; it must be who the firm named."""
        config: dict[str, Any] = super().openid_config
        named = self.get_provider().app.settings["server_url"]
        if str(config.get("issuer", "")).rstrip("/") != named:
            raise OAuth2Error("The provider is not the issuer that the firm named.")
        return config


class AddressForm(Look, forms.Form):
    """The address that says which office somebody belongs to."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs.update(autocomplete="username", autofocus=True)


@method_decorator(login_not_required, name="dispatch")
class ChooseView(FormView):  # type: ignore[type-arg]
    """Asks for an address and shows the link to the provider: a plain link, which the content policy allows."""

    form_class = AddressForm
    template_name = "accounts/office_sign_in.html"

    def form_valid(self, form: AddressForm) -> HttpResponse:
        single = for_address(form.cleaned_data["email"])
        found = {"provider": provider_id(single) if single else "", "asked": True}
        return self.render_to_response(self.get_context_data(form=form, **found))


@login_not_required
def failed(request: HttpRequest) -> HttpResponse:
    """The provider or the portal refused; why is in the trail."""
    return render(request, "accounts/office_failed.html", status=403)


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider, by a link. It says where to go afterwards and no more; allauth would let it choose the scope."""
    kept = QueryDict(mutable=True)
    if "next" in request.GET:
        kept["next"] = request.GET["next"]
    request.GET = kept  # type: ignore[assignment]
    return _guarded(OAuth2LoginView, request, provider_id)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _guarded(OAuth2CallbackView, request, provider_id)


def _guarded(view: type[Any], request: HttpRequest, provider_id: str) -> HttpResponse:
    """allauth's view; a provider that cannot be reached or makes no sense is no error of ours."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    try:
        answer: HttpResponse = view.adapter_view(CheckedTokens(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    # OSError: what cannot be reached. The others: what answers something else than a provider would.
    except (OSError, OAuth2Error, jwt.PyJWTError, KeyError, ValueError, TypeError):
        return redirect("accounts:office_sign_in_failed")
    return answer
