"""
What goes wrong in a shop.
"""


class OutOfStock(Exception):
    """
    There is not as much as was ordered.
    """


class PaymentDeclined(Exception):
    """
    The bank does not pay.
    """
