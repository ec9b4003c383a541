"""Records come out of an answer as the binding says, whatever the order, the namespace prefix or the gaps."""

from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.nmbrs.contract import ContractError, service
from portal.nmbrs.soap import SoapSource
from portal.nmbrs.soap.plan import plan_of
from portal.nmbrs.soap.reader import Reader
from portal.source import UNREADABLE, Level, Record, SchemaChanged, Scope, Soap
from tests.nmbrs_soap.conftest import Wire, answer, envelope, http

SALARIES = Soap(
    "Salary_GetAll_AllEmployeesByCompany",
    "EmployeeService",
    "EmployeeSalaryItem/EmployeeSalaries/Salary_V2",
    fields={
        "employee": "EmployeeId",
        "amount": "Value",
        "valid_from": "StartDate",
        "remote_id": "ID",
        "scale": "SalaryTable/Schaal/Scale",
        "company": "@company",
    },
    parameters={"CompanyID": "company"},
)
DEBTORS = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id", "name": "Name"})
DEBTOR = Soap("Debtor_Get", "DebtorService", ".", {"remote_id": "Id", "name": "Name", "asked": "@debtor"})
PERIOD = Soap("Company_GetCurrentPeriod", "CompanyService", "", {"text": ".", "company": "@company"})


def read(binding: Soap, result: str, **given_values: str) -> tuple[list[Record], Mapping[str, int]]:
    """The records of an answer with this result, and the unknown elements."""
    return read_body(binding, answer(binding.service, binding.operation, result), **given_values)


def read_body(binding: Soap, body: bytes, **given_values: str) -> tuple[list[Record], Mapping[str, int]]:
    reader = Reader(plan_of(binding))
    values = {"company": "12", "debtor": "3"} | given_values
    records: list[Record] = list(reader.read((body[n : n + 100] for n in range(0, len(body), 100)), values))
    reader.end()
    return records, reader.unknown


def salary(number: int, more: str = "") -> str:
    values = f"<ID>{number}</ID><StartDate>2026-01-01T00:00:00</StartDate><Value>{number}.50</Value>"
    return f"<Salary_V2>{values}{more}</Salary_V2>"


def test_a_record_inherits_the_scalars_of_its_ancestors_and_the_parameters() -> None:
    records, unknown = read(
        SALARIES,
        "<EmployeeSalaryItem><EmployeeId>7</EmployeeId><EmployeeSalaries>"
        + salary(1, "<SalaryTable><Schaal><Scale>9</Scale></Schaal></SalaryTable>")
        + salary(2)
        + "</EmployeeSalaries></EmployeeSalaryItem>"
        "<EmployeeSalaryItem><EmployeeId>8</EmployeeId><EmployeeSalaries>"
        + salary(3)
        + "</EmployeeSalaries></EmployeeSalaryItem>",
    )
    start = {"valid_from": "2026-01-01T00:00:00", "company": "12"}
    assert records == [
        {"employee": "7", "remote_id": "1", "amount": "1.50", "scale": "9", **start},
        {"employee": "7", "remote_id": "2", "amount": "2.50", **start},
        {"employee": "8", "remote_id": "3", "amount": "3.50", **start},
    ]
    assert not unknown


def test_the_order_of_elements_does_not_matter() -> None:
    records, _ = read(
        SALARIES,
        "<EmployeeSalaryItem><EmployeeSalaries><Salary_V2><Value>5</Value><StartDate>2026-01-01T00:00:00</StartDate>"
        "<ID>1</ID></Salary_V2></EmployeeSalaries><EmployeeId>7</EmployeeId></EmployeeSalaryItem>",
    )
    assert [(record["employee"], record["amount"]) for record in records] == [("7", "5")]


def test_nil_is_none_missing_is_absent_and_empty_is_empty() -> None:
    records, _ = read(
        DEBTORS, '<Debtor><Id>1</Id><Name xsi:nil="true" /></Debtor><Debtor><Id>2</Id></Debtor>'
        "<Debtor><Id>3</Id><Name/></Debtor><Debtor><Id>4</Id><Name></Name></Debtor>",
    )  # fmt: skip
    assert records == [
        {"remote_id": "1", "name": None},
        {"remote_id": "2"},
        {"remote_id": "3", "name": ""},
        {"remote_id": "4", "name": ""},
    ]


@pytest.mark.parametrize(
    "version", ["http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"]
)
def test_prefixes_comments_and_cdata_make_no_difference(version: str) -> None:
    namespace = service("DebtorService").namespace
    body = envelope(
        f'<q:List_GetAllResponse xmlns:q="{namespace}"><q:List_GetAllResult><!-- x --><q:Debtor>'
        "<q:Id>1<!-- y -->2</q:Id>"
        "<?pi?><q:Name>A<![CDATA[ & B]]> &amp; C</q:Name></q:Debtor></q:List_GetAllResult></q:List_GetAllResponse>",
        version=version,
    )
    assert read_body(DEBTORS, body) == ([{"remote_id": "12", "name": "A & B & C"}], {})


@pytest.mark.parametrize("inner", ["<{0}Result></{0}Result>", "<{0}Result/>", '<{0}Result xsi:nil="true"/>', ""])
@pytest.mark.parametrize("binding", [SALARIES, DEBTORS], ids=["nested", "flat"])
def test_every_spelling_of_an_empty_list_is_no_record(binding: Soap, inner: str) -> None:
    namespace = service(binding.service).namespace
    name = binding.operation
    body = envelope(f'<{name}Response xmlns="{namespace}">{inner.format(name)}</{name}Response>')
    assert read_body(binding, body) == ([], {})


def test_an_employee_without_rows_gives_none() -> None:
    for inner in ("<EmployeeSalaries/>", "", '<EmployeeSalaries xsi:nil="true"/>'):
        item = f"<EmployeeSalaryItem><EmployeeId>7</EmployeeId>{inner}</EmployeeSalaryItem>"
        assert read(SALARIES, item) == ([], {})


def test_a_nil_item_is_no_record() -> None:
    assert read(DEBTORS, '<Debtor xsi:nil="true"/><Debtor><Id>1</Id></Debtor>')[0] == [{"remote_id": "1"}]


def test_the_result_itself_can_be_the_record() -> None:
    assert read(DEBTOR, "<Id>3</Id><Name>Bakkerij</Name>")[0] == [{"remote_id": "3", "name": "Bakkerij", "asked": "3"}]


def test_a_single_text_value_is_one_record() -> None:
    assert read(PERIOD, "2026-11-M") == ([{"text": "2026-11-M", "company": "12"}], {})
    nothing = envelope(f'<Company_GetCurrentPeriodResponse xmlns="{service("CompanyService").namespace}"/>')
    assert read_body(PERIOD, nothing) == ([{"company": "12"}], {})


def test_unknown_elements_are_counted_at_every_depth() -> None:
    inner = "<EmployeeId>7</EmployeeId><A/><EmployeeSalaries><B><Deep/></B>" + salary(
        1, "<C>1</C><SalaryTable><D/><Schaal><E><Deep/></E><Scale>9<F/></Scale></Schaal></SalaryTable>"
    ) + salary(2, "<C>2</C>") + "</EmployeeSalaries>"  # fmt: skip
    records, unknown = read(SALARIES, f"<G/><EmployeeSalaryItem>{inner}</EmployeeSalaryItem><G/><H/>")
    assert len(records) == 2
    assert unknown == {"A": 1, "B": 1, "C": 2, "D": 1, "E": 1, "F": 1, "G": 2, "H": 1}


def test_a_required_element_that_no_record_has_is_a_change_of_schema() -> None:
    with pytest.raises(SchemaChanged, match="no record has StartDate"):
        read(SALARIES, "<EmployeeSalaryItem><EmployeeId>7</EmployeeId><EmployeeSalaries><Salary_V2><ID>1</ID>"
             "<Value>1</Value></Salary_V2></EmployeeSalaries></EmployeeSalaryItem>")  # fmt: skip
    with pytest.raises(SchemaChanged, match="no record has Id"):
        read(DEBTORS, "<Debtor><Name>A</Name></Debtor><Debtor><Name>B</Name></Debtor>")


def test_a_required_element_that_one_record_has_is_left_to_the_validation_of_records() -> None:
    records, _ = read(DEBTORS, "<Debtor><Name>A</Name></Debtor><Debtor><Id>1</Id></Debtor>")
    assert records == [{"name": "A"}, {"remote_id": "1"}]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("<Name>A</Name><Name>B</Name>", UNREADABLE),
        ("<Name>A</Name><Name>B</Name><Name>B</Name>", UNREADABLE),
        ('<Name>A</Name><Name xsi:nil="true"/>', UNREADABLE),
        ("<Name>A<b>B</b>C</Name>", UNREADABLE),
        ("<Name>A<b/>C</Name>", UNREADABLE),
        ("<Name>A</Name><Name>A</Name>", "A"),
        ("<Name>A<b> </b> </Name>", "A"),
    ],
)
def test_an_answer_that_contradicts_itself_is_not_read_as_one_of_the_two(name: str, text: str) -> None:
    assert read(DEBTORS, f"<Debtor><Id>1</Id>{name}</Debtor>")[0] == [{"remote_id": "1", "name": text}]
    twice = "<EmployeeSalaryItem><EmployeeId>7</EmployeeId><EmployeeId>8</EmployeeId><EmployeeSalaries>" + salary(1)
    records, _ = read(SALARIES, f"{twice}</EmployeeSalaries></EmployeeSalaryItem>")
    assert [record["employee"] for record in records] == [UNREADABLE]


@pytest.mark.parametrize(
    "binding",
    [
        Soap("List_GetAll", "DebtorService", "Debtor", {"x": "NotThere"}),
        Soap("List_GetAll", "DebtorService", "Creditor", {"x": "Id"}),
        Soap("Nothing_Get", "DebtorService", "Debtor", {"x": "Id"}),
        Soap(SALARIES.operation, "EmployeeService", SALARIES.rows, {"x": "SalaryTable/Schaal"}),
    ],
    ids=["element", "rows", "operation", "no text"],
)
def test_a_binding_that_the_contract_contradicts_is_refused(binding: Soap) -> None:
    with pytest.raises(ContractError):
        plan_of(binding)


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1
)
DEBTOR_ROWS = st.lists(
    st.fixed_dictionaries({"Id": st.integers(0, 2**31 - 1).map(str)}, optional={"Name": TEXT, "Number": TEXT})
)


@given(rows=DEBTOR_ROWS, shuffle=st.randoms(use_true_random=False), cut=st.integers(1, 10_000))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_generated_rows_come_back_as_they_were(rows: list[dict[str, str]], shuffle: object, cut: int) -> None:
    def element(row: dict[str, str]) -> str:
        parts = [f"<{name}>{escape(text)}</{name}>" for name, text in row.items()]
        shuffle.shuffle(parts)  # type: ignore[attr-defined]
        return f"<Debtor>{''.join(parts)}</Debtor>"

    binding = Soap("List_GetAll", "DebtorService", "Debtor", {"Id": "Id", "Name": "Name", "Number": "Number"})
    body = answer("DebtorService", "List_GetAll", "".join(map(element, rows)))
    reader = Reader(plan_of(binding))
    assert list(reader.read((body[n : n + cut] for n in range(0, len(body), cut)), {})) == rows
    assert not reader.unknown


@given(rows=DEBTOR_ROWS.filter(len), place=st.floats(0, 1, exclude_max=True))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_cut_off_answer_is_never_a_shorter_list(
    wire: Wire, source: Callable[..., SoapSource], rows: list[dict[str, str]], place: float
) -> None:
    from portal.source import AnswerMalformed

    items = "".join(f"<Debtor><Id>{row['Id']}</Id></Debtor>" for row in rows)
    body = answer("DebtorService", "List_GetAll", items)
    wire.says(http(body[: int(len(body) * place)]))
    with pytest.raises(AnswerMalformed):
        source(wire.url).fetch(DEBTORS, Scope(Level.ENVIRONMENT), {})
