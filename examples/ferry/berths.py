"""
A harbour that looks for a free berth.
"""

from collections.abc import Mapping

from eliot import ActionType, MessageType, fields

FIND_BERTH = ActionType(
    "harbour:find_berth", fields(ferry=str), fields(berth=str), "Look for a free berth."
)
BERTH_CHECKED = MessageType(
    "harbour:berth_checked", fields(berth=str, free=bool), "One berth was looked at."
)


def find_berth(ferry: str, berths: Mapping[str, bool]) -> str:
    """
    Look at one berth after the other, up to the first that is free.
    """
    with FIND_BERTH(ferry=ferry) as finding:
        for berth, free in berths.items():
            BERTH_CHECKED.log(berth=berth, free=free)
            if free:
                finding.add_success_fields(berth=berth)
                return berth
        raise LookupError("no berth is free")
