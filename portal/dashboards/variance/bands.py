"""How large a difference must be to stand out: bands in per cents of the earlier amount."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.companies.models import Company
from portal.dashboards.models import VarianceBands
from portal.ui import formats
from portal.ui.overtaken import OvertakenMixin

#: Above this a typing error.
MOST = Decimal("999.99")
_WHAT = gettext_lazy("Enter a percentage from 0 to 999.99 with at most two decimals, for instance 2 or 2.5.")


@dataclass(frozen=True)
class Bands:
    """A difference up to `notable` per cent is within the band, above it notable, above `large` large."""

    notable: Decimal = Decimal(2)
    large: Decimal = Decimal(5)

    @property
    def words(self) -> tuple[str, str]:
        """Both as people write them."""
        return written(self.notable), written(self.large)


class PercentageField(forms.DecimalField):
    """A percentage with two decimals, behind a point or a comma."""

    def __init__(self, **kwargs: Any) -> None:
        codes = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
        kwargs["error_messages"] = {**dict.fromkeys(codes, _WHAT), "required": _WHAT}
        super().__init__(
            min_value=0,
            max_value=MOST,
            max_digits=5,
            decimal_places=2,
            widget=forms.TextInput(
                attrs={"class": "form-control", "inputmode": "decimal", "autocomplete": "off", "size": "6"}
            ),
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        """The number that was typed."""
        if isinstance(value, str):
            value = value.strip().removesuffix("%").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """As it is written in the reader's language."""
        return written(value) if isinstance(value, Decimal) else value


class BandsForm(OvertakenMixin, forms.Form):
    """Where notable and large begin."""

    notable = PercentageField(label=gettext_lazy("Notable above (%)"))
    large = PercentageField(label=gettext_lazy("Large above (%)"))

    def clean(self) -> dict[str, Any]:
        """Large is more than notable."""
        given = super().clean() or self.cleaned_data
        notable, large = given.get("notable"), given.get("large")
        if notable is not None and large is not None and large <= notable:
            said = _("Large begins above notable: enter more than %(notable)s.")
            self.add_error("large", said % {"notable": written(notable)})
        return given

    @property
    def bands(self) -> Bands:
        """What was entered; only of a valid form."""
        return Bands(self.cleaned_data["notable"], self.cleaned_data["large"])


def of_firm(company: Company) -> Bands:
    """The bands of the firm that the company belongs to. Give it a company that was read with its firm's bands."""
    kept: VarianceBands | None = getattr(company.environment.firm, "variance_bands", None)
    return Bands(kept.notable, kept.large) if kept else Bands()


def asked_bands(request: HttpRequest, usual: Bands) -> Bands:
    """The bands in the address; a part that is not there is the usual one. What cannot be gives the usual ones, with a
    message that says why."""
    given = {name: request.GET.get(name, "").strip() for name in ("notable", "large")}
    if not any(given.values()):
        return usual
    form = BandsForm({"notable": given["notable"] or usual.notable, "large": given["large"] or usual.large})
    if form.is_valid():
        return form.bands
    notable, large = usual.words
    kept = _("The bands of the office are used: %(notable)s and %(large)s %%.") % {"notable": notable, "large": large}
    for name, errors in form.errors.items():
        messages.warning(request, f"{form.fields[name].label}: {' '.join(map(str, errors))} {kept}")
    return usual


def written(value: Decimal) -> str:
    """A percentage without needless zeros: 2, or 2.5."""
    places = next(places for places in (0, 1, 2) if places == 2 or value == round(value, places))
    return formats.number(value, places)
