"""Guards that may be switched off without a test that fails, each with its reason."""

_HANDS_ON = "it only hands on; process_view refuses"
_OF_ONE_FIRM = "of one firm, found among those that the reader administers or audits: all of it is theirs to see"
_ASKED_BEFORE = "in the same request the reader was found to hold the same over what these belong to"
_NO_MORE_THAN_SEEING = "the kind takes no more than seeing whose it is, so without it the question is the same"
_OF_A_WHOLE_FIRM = "of a whole firm, which administrators and auditors alone see: both hold the capability"
_ASKED_PER_ROW = "the condition asks for the right over each row once more; this only spares the question"
_BOTH = "the companies and what is read of them are both asked through the door: one of the two is enough"
_OWNER_TOO = "the record and whose it is are both asked through the door: one of the two is enough"
#: Guards that no test can miss, with the reason: another one stands before or behind each of them.
WITHOUT_A_TEST: dict[str, str] = {
    "portal.accounts.grants: _of_person counts what has ended (4)": (
        "chooses whether a second question is worth asking; that one compares the deputy's term itself"
    ),
    "portal.accounts.middleware: ReadOnlyMiddleware.__call__": _HANDS_ON,
    **{
        f"portal.accounts.sign_on_setup: require_people_there counts what has ended{more}": (
            "it only narrows; belongs_here_only asks each of them for a place that is in force"
        )
        for more in ("", " (2)")
    },
    "portal.accounts.signin.middleware: SecondFactorMiddleware.__call__": _HANDS_ON,
    **{
        f"portal.{guard}{more}": _OF_ONE_FIRM
        for guard in (
            "administration.access_register: access_register sees everything",
            "administration.access_register: access_register sees everything (3)",
            "administration.forms: colleagues sees everything",
            "administration.requests: approve sees everything",
            "administration.first_start.reading: probes sees everything",
            "administration.reviews: overview sees everything",
            "administration.reviews: overview sees everything (3)",
            "administration.teams: add_rule sees everything",
            "administration.teams: deputies sees everything",
            "administration.teams: unassigned sees everything",
            "administration.teams: unassigned sees everything (3)",
            "administration.trail_signs: signs sees everything",
            "debtors.unassigned: _count sees everything",
            "dashboards.variance.setting: variance_bands sees everything",
            "dashboards.variance.setting: _keep sees everything",
            "dashboards.sums.setting: _keep sees everything",
        )
        for more in ("", ", its capability")
    },
    **{
        f"portal.{guard}{more}": _ASKED_BEFORE
        for guard in (
            "companies.in_period: _own sees everything",
            "companies.results: _elsewhere sees everything",
            "dashboards.changes.told: _records sees everything (3)",
            "deadlines.several_done: named sees everything",
            "deadlines.views: move sees everything",
            "deadlines.year_views: YearView.lengths sees everything",
            "deadlines.year_views: YearView.form sees everything",
            "deadlines.year_views: several sees everything",
            "employees.known: records_known sees everything",
            "sync.actions: _decided sees everything (2)",
            "sync.quarantine: again sees everything (2)",
        )
        for more in ("", ", its capability")
    },
    "portal.dashboards.variance.sides: _worked_on sees everything": _ASKED_BEFORE,
    "portal.sync.problems: holds sees everything (3)": _ASKED_BEFORE,
    "portal.ui.reveal: RevealView.row sees everything": _OWNER_TOO,
    "portal.ui.reveal: RevealView.row sees everything (2)": _OWNER_TOO,
    "portal.deadlines.calendar_views: CalendarView.get_late sees everything, its capability": _NO_MORE_THAN_SEEING,
    "portal.deadlines.filters: ArrangementFilter._current sees everything": (
        "it only narrows the rows of the list, which came through the door for the same companies"
    ),
    **{
        f"portal.{guard} sees everything": "it only narrows or orders rows that came through the door"
        for guard in ("deadlines.trouble: up_to_date", "deadlines.trouble: in_trouble", "dashboards.ordering: by_age")
    },
    "portal.ui.reading: note_rows sees everything": "of rows that the list has just shown, which came through the door",
    "portal.sync.templatetags.sync: resync_button sees everything": _ASKED_BEFORE,
    **{
        f"portal.{guard}, its capability": _NO_MORE_THAN_SEEING
        for guard in (
            "companies.filed_tables: _returns sees everything",
            "dashboards.sums.reading: _people sees everything (2)",
            "employees.filters: PeopleFilter._departments sees everything",
            "employees.reading: _codes sees everything",
        )
    },
    "portal.employees.absence_types: unmapped sees everything, its capability": _OF_A_WHOLE_FIRM,
    **{
        f"portal.{guard} sees everything, its capability": _OF_A_WHOLE_FIRM
        for guard in (
            "administration.processing_rows: Records.contact",
            "administration.processing_rows: Records.sub_processors",
            "administration.processing_rows: Records._environments",
            "administration.processing_rows: Records._switched_on",
            "privacy.recipients: _nmbrs",
            "privacy.recipients: _sign_on",
        )
    },
    "portal.administration.processing: ProcessingView asks for VIEW_AUDIT": (
        "dispatch asks for a firm whose whole trail the person reads, and only its clients are counted"
    ),
    "portal.sync.environments: cards sees everything (5), its capability": _OF_A_WHOLE_FIRM,
    **{
        f"portal.dashboards.{guard} sees everything": _BOTH
        for guard in (
            "sums.clients: _numbers",
            "sums.clients: _runs",
            "sums.reading: _of_debtor",
            "sums.reading: _of_company",
        )
    },
    "portal.dashboards.sums.clients: _runs sees everything, its capability": _BOTH,
    "portal.dashboards.changes.unseen: readable asks what is held": _ASKED_PER_ROW,
    "portal.dashboards.changes.unseen: readable asks what is held (2)": _ASKED_PER_ROW,
    "portal.privacy.subject: _Reader.trail asks what is held": "its door asks for the same right",
    "portal.ui.exports.making: make refuses": "without a list nothing can be asked: no file is made in either case",
    "portal.privacy.views: HandOutView.post refuses": "nobody who is not signed in finds a person to hand out",
    **{
        f"portal.dashboards.changes.marking: _shows_a_part sees everything{more}": "none of these rows is read"
        for more in ("", ", its capability")
    },
    "portal.dashboards.changes.unseen: _own sees everything": "of nobody's marks none are taken in any case",
}
