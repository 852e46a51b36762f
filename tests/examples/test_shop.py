"""
The shop, which has something of everything to show.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import ActionNode, Child, Message, Task, read_tasks
from tests.examples.running import read_log, run
from tests.helpers import scratch


class ShopTests(SynchronousTestCase):
    """
    A day at the shop.
    """

    def test_day(self) -> None:
        """
        Of seven orders, two fail and one is not seen to its end. The warehouse, a process of its
        own, is found in the tasks of those who ordered; and one message comes late.
        """
        folder = scratch(self)
        for _ in range(2):
            # What a first run has left behind is no part of the second.
            shop = run(folder, "-m", "examples.shop", "logs")
            self.assertEqual((shop.returncode, shop.stdout, shop.stderr), (0, "", ""))
        tasks = list(read_tasks(read_log(folder / "logs" / "orders.log")))
        opened, *orders = tasks
        self.assertIsNotNone(opened.lone_message)
        self.assertEqual(
            [each.root.status for each in orders],
            ["succeeded", "succeeded", "failed", "succeeded", "failed", "succeeded", "started"],
        )
        self.assertEqual([each.is_complete for each in tasks], [True] * 7 + [False])
        late = [
            each.item.type
            for task in orders
            for each in children(task)
            if each.late and isinstance(each.item, Message)
        ]
        self.assertEqual(late, ["shop:gift_card_printed"])
        picked = {
            task.task_uuid
            for task in orders
            for each in children(task)
            if isinstance(each.item, ActionNode) and each.item.type == "warehouse:pick"
        }
        self.assertEqual(picked, {each.task_uuid for each in orders[:-1]})


def children(task: Task) -> list[Child]:
    """
    List all that is in the actions of a task.
    """
    found: list[Child] = []
    waiting = [task.root]
    while waiting:
        below = list(waiting.pop().children())
        found += below
        waiting += [each.item for each in below if isinstance(each.item, ActionNode)]
    return found
