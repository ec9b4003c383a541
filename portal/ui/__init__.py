"""The look of the portal: base views, tables, panels, components and the menu. Knows no domain model."""
