"""What is printed: shelf tags and the price list, as PDF.

A page is first laid out as *marks* (:mod:`kiosk.paper.marks`): words and bars in millimetres.
The same marks become a PDF (:mod:`kiosk.paper.pdf`) or a preview on the screen, so that the
volunteer sees what the printer will draw. No Kivy, no file but the fonts.
"""
