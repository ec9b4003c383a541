"""Django's registration of the room `administration`."""

from django.apps import AppConfig

#: The pages that belong to People and access.
ACCESS = (
    "person",
    "invitations",
    "invite",
    "invitation",
    "teams",
    "team",
    "unassigned",
    "deputies",
    "requests",
    "single_sign_on",
    "why",
    "capabilities",
    "reviews",
    "review",
)
#: The pages that belong to Personal data.
PRIVACY = (
    "agreement",
    "client_terms",
    "remove_client",
    "removals",
    "removal",
    "retention",
    "processing",
    "sub_processors",
    "sub_processor",
)


class AdministrationConfig(AppConfig):
    name = "portal.administration"
    label = "administration"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from portal.accounts.roles import Capability
        from portal.administration.first_start.steps import wanted
        from portal.administration.privacy_parts import reads_alone
        from portal.jobs.schedules import every
        from portal.search import pages
        from portal.ui.menu import MenuEntry, register

        every("portal.administration.tasks.write_head", minutes=60)
        every("portal.administration.tasks.drop_ended", minutes=24 * 60)
        every("portal.administration.tasks.forget_tried", minutes=5)
        register(
            MenuEntry(
                _("First steps"),
                "first_start:overview",
                "player-play",
                capability=Capability.MANAGE_CONNECTIONS,
                order=1,
                covers=("first_start",),
                wanted=wanted,
            )
        )
        register(
            MenuEntry(
                _("House style"),
                "administration:branding",
                "device-desktop",
                capability=Capability.MANAGE_SETTINGS,
                order=89,
            )
        )
        register(
            MenuEntry(
                _("Audit trail"),
                "administration:trail",
                "history",
                capability=Capability.VIEW_AUDIT,
                order=90,
                covers=("administration:access_register",),
            )
        )
        register(
            MenuEntry(
                _("People and access"),
                "administration:people",
                "users",
                capability=Capability.MANAGE_CLIENT_USERS,
                order=85,
                covers=tuple(f"administration:{name}" for name in ACCESS),
            )
        )
        register(
            MenuEntry(
                _("Personal data"),
                "administration:agreements",
                "id-badge-2",
                capability=Capability.MANAGE_SETTINGS,
                order=88,
                covers=tuple(f"administration:{name}" for name in PRIVACY),
            )
        )
        register(
            MenuEntry(
                _("Records of processing"),
                "administration:processing",
                "id-badge-2",
                capability=Capability.VIEW_AUDIT,
                order=88,
                wanted=reads_alone,
            )
        )
        register(MenuEntry(_("My access"), "administration:mine", "lock", order=95))
        people, firm = Capability.MANAGE_CLIENT_USERS, Capability.MANAGE_USERS
        pages.register(
            MenuEntry(_("Invitations"), "administration:invitations", "user-plus", people),
            MenuEntry(_("Who may do what"), "administration:capabilities", "lock", people),
            MenuEntry(_("Teams"), "administration:teams", "users", firm),
            MenuEntry(_("Clients of nobody"), "administration:unassigned", "address-book", firm),
            MenuEntry(_("Requests for access"), "administration:requests", "hand-stop", firm),
            MenuEntry(_("Deputies"), "administration:deputies", "users", firm),
            MenuEntry(_("Access reviews"), "administration:reviews", "check", firm),
            MenuEntry(_("Why can this person see this?"), "administration:why", "info-circle", firm),
            MenuEntry(_("How long data is kept"), "administration:retention", "calendar", Capability.MANAGE_SETTINGS),
            MenuEntry(_("Sub-processors"), "administration:sub_processors", "users", Capability.MANAGE_SETTINGS),
            MenuEntry(_("Removed clients"), "administration:removals", "user-minus", Capability.REMOVE_CLIENT),
        )
