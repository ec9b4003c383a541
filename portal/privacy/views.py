"""Handing out everything about one person: a page that asks how, and the file."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View

from portal import clock
from portal.accounts.fresh import FreshSignInMixin
from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once
from portal.debtors.place import way_to
from portal.employees.models import Employee
from portal.mirror.forgotten import not_forgotten
from portal.privacy.subject import gather, kinds
from portal.ui.permissions import capabilities_over
from portal.ui.values import Crumb

FORMATS = (("pdf", gettext_lazy("PDF, to read and print")), ("json", gettext_lazy("JSON, for another program")))
#: How it was made sure that the right person asks; the code stands in the trail.
IDENTITY = (
    ("known_person", gettext_lazy("I know the person")),
    ("document_shown", gettext_lazy("The person showed a document")),
    ("through_client", gettext_lazy("The client, who is the employer, made sure and asks for it")),
)
TYPES = {"pdf": "application/pdf", "json": "application/json; charset=utf-8"}


class HandOutForm(forms.Form):
    """What kind of file, and how it is known who asks."""

    identity = forms.ChoiceField(
        label=gettext_lazy("How do you know who asks?"),
        choices=(("", gettext_lazy("Choose")), *IDENTITY),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("File"), choices=FORMATS, widget=forms.Select(attrs={"class": "form-select"})
    )


class HandOutView(FreshSignInMixin, View):
    """GET asks, POST gives the file. Outside the scope 404, inside it without the right 403."""

    http_method_names = ["get", "head", "post", "options"]

    @cached_property
    def person(self) -> Employee:
        """The person, also one who is missing in Nmbrs: what is kept of them counts."""
        rows = Employee.everything.visible_to(self.request.user)
        rows = rows.filter(not_forgotten("debtors", "company__debtor__"))
        person: Employee = get_object_or_404(
            rows.select_related("company__debtor__environment__firm"), pk=self.kwargs["pk"]
        )
        if Capability.EXPORT_PERSON not in capabilities_over(self.request, person):
            raise PermissionDenied
        return person

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """The question."""
        return self._page(HandOutForm())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """The file, written down before it leaves."""
        # What draws letters takes a sixth of the time that a program takes to begin, and few programs draw any.
        from portal.privacy.subject_files import Stamp, as_json, as_pdf

        person, form = self.person, HandOutForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        user = request.user
        if not isinstance(user, User):
            raise PermissionDenied
        chosen, language = form.cleaned_data["format"], get_language() or "nl"
        subject = gather(user, person, capabilities_over(request, person))
        firm = person.company.debtor.environment.firm.name
        stamp = Stamp(firm=firm, person=person, by=user.name, at=clock.now())
        content = as_json(stamp, subject) if chosen == "json" else as_pdf(stamp, subject, language)
        detail = {
            "format": chosen,
            "identity": form.cleaned_data["identity"],
            "rows": subject.rows,
            "whole_numbers": subject.whole_numbers,
        }
        record_at_once(Kind.SUBJECT_EXPORTED, person, detail=detail)
        # No name in it: a file name ends up in lists and logs.
        name = f"{_('personal-data')}-{person.number}-{clock.today().isoformat()}.{chosen}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return HttpResponse(content, content_type=TYPES[chosen], headers=headers)

    def _page(self, form: HandOutForm, status: int = 200) -> HttpResponse:
        person, company = self.person, self.person.company
        back = reverse("employees:person", args=[person.pk])
        held = capabilities_over(self.request, person)
        context = {
            "heading": _("Hand out all data"),
            "breadcrumb": [
                *way_to(self.request, company.debtor, company.pk),
                Crumb(str(company), reverse("companies:company", args=[company.pk])),
                Crumb(str(person), back),
                Crumb(_("Hand out all data")),
            ],
            "person": person,
            "back": back,
            "form": form,
            "left_out": [kind.label for kind in kinds() if kind.capability not in held],
            "whole": Capability.REVEAL_IBAN in held,
        }
        return render(self.request, "privacy/hand_out.html", context, status=status)
