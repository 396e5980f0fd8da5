"""The volunteer's back room: five minutes that close the books.

One *desk* per page holds the logic and knows no Kivy; its view stands in ``kiosk/admin/screens``.
The office (:mod:`kiosk.admin.office`) says who is in and which page is on.
"""
