"""How people and their records are read: for a whole company at once (the fast lane) or one by one (the slow lane)."""

from portal.employees.resources import pay, people, personal, time, work

ALL = (*people.ALL, *personal.ALL, *work.ALL, *pay.ALL, *time.ALL)
