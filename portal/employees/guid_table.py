"""The list of ids by which Nmbrs knows a company, its client and its people."""

from portal.ui.records import RecordTable, shows
from portal.ui.tables import CodeColumn, TextColumn


@shows("company_guids")
class CompanyGuidTable(RecordTable):
    """One record a row: the number that SOAP knows it by, and the GUID of the REST interface."""

    searched = ("remote_id", "remote_guid")

    entity = TextColumn()
    remote_id = CodeColumn()
    remote_guid = CodeColumn()
