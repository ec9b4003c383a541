"""What people keep of lists: saved views, the one that a list begins with, and the files that are made of lists."""

from portal.ui.models.files import UNFINISHED, Export, ExportFormat, ExportStatus
from portal.ui.models.saved import SavedView, StartView, views_of

__all__ = ["UNFINISHED", "Export", "ExportFormat", "ExportStatus", "SavedView", "StartView", "views_of"]
