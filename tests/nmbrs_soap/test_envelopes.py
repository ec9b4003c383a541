"""An envelope carries exactly the texts it was given, whatever they hold, and is what zeep itself would make."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from portal.nmbrs.contract import service
from portal.nmbrs.sandbox.wsdl import wsdl
from portal.nmbrs.soap.envelopes import Envelopes, OperationError

HOME = service("EmployeeService")
ENVELOPES = Envelopes(wsdl(HOME, "https://api.nmbrs.nl"))
#: What XML 1.0 can hold.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\ufffe\uffff")).filter(
    lambda text: all(sign >= " " or sign in "\t\n\r" for sign in text)
)
OPERATION = "List_GetByCompany"


def request(company: str, kind: str, token: str) -> bytes:
    values = {"Username": "api@demo.example", "Token": token, "Domain": "demo"}
    given_texts = {"CompanyId": company, "EmployeeType": kind}
    return ENVELOPES.request(HOME.namespace, OPERATION, given_texts, "AuthHeaderWithDomain", values)[0]


def texts_of(envelope: bytes) -> dict[str, str]:
    root = etree.fromstring(envelope)
    return {etree.QName(element).localname: element.text or "" for element in root.iter() if not len(element)}


@given(company=TEXTS, kind=TEXTS, token=TEXTS)
def test_every_text_arrives_as_it_was_given(company: str, kind: str, token: str) -> None:
    assert texts_of(request(company, kind, token)) == {
        "Username": "api@demo.example",
        "Token": token,
        "Domain": "demo",
        "CompanyId": company,
        "EmployeeType": kind,
    }


def test_it_is_the_envelope_that_zeep_makes() -> None:
    client: Any = ENVELOPES._client
    header = client.get_element(f"{{{HOME.namespace}}}AuthHeaderWithDomain")(Username="a&b", Token="<t>", Domain="d\r")
    theirs = client.create_message(
        ENVELOPES._service, OPERATION, CompanyId="101", EmployeeType="2", _soapheaders=[header]
    )
    ours, action = ENVELOPES.request(
        HOME.namespace,
        OPERATION,
        {"CompanyId": "101", "EmployeeType": "2"},
        "AuthHeaderWithDomain",
        {"Username": "a&b", "Token": "<t>", "Domain": "d\r"},
    )
    assert ours == etree.tostring(theirs, xml_declaration=True, encoding="utf-8")
    assert action == f'"{HOME.namespace}/{OPERATION}"'


def test_a_parameter_that_is_an_object_is_filled_element_by_element() -> None:
    home = service("CompanyService")
    made = Envelopes(wsdl(home, "https://api.nmbrs.nl"))
    texts = {"CompanyId": "7", "Scale/ScaleValue": "1<2", "Scale/Scale": "A/4", "Period": "11", "Year": "2026"}
    texts |= {"Scale/ScalePercentageMin": "80", "Scale/ScalePercentageMax": "100"}
    values = {"Username": "u", "Token": "t", "Domain": "d"}
    envelope = made.request(home.namespace, "SalaryTable2_GetSteps", texts, "AuthHeaderWithDomain", values)[0]
    [asked] = etree.fromstring(envelope).iter(f"{{{home.namespace}}}SalaryTable2_GetSteps")
    found = [
        (etree.QName(one).localname, [(etree.QName(e).localname, e.text) for e in one] or one.text) for one in asked
    ]
    assert found == [
        ("CompanyId", "7"),
        (
            "Scale",
            [("Scale", "A/4"), ("ScaleValue", "1<2"), ("ScalePercentageMax", "100"), ("ScalePercentageMin", "80")],
        ),
        ("Period", "11"),
        ("Year", "2026"),
    ]
    with pytest.raises(OperationError):
        made.request(home.namespace, "SalaryTable2_GetSteps", {**texts, "Scale/Color": "red"}, "AuthHeader", values)


@pytest.mark.parametrize("text", ["\x00", "\x1b", "a\ud800", "\uffff"])
def test_a_text_that_no_document_can_hold_is_refused(text: str) -> None:
    with pytest.raises(OperationError):
        request("101", "2", text)
