"""What an honesty shop knows about money, goods, visits and evidence.

Pure: nothing in here reads a file, a clock, a network or a screen.
"""
