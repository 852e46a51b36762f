"""
The scales: a program of their own, which other programs run.  It logs to its standard output.
"""

import sys

from eliot import continue_task_from_environment, to_file


def weigh(cars: int) -> None:
    """
    Weigh cars.
    """
    with continue_task_from_environment("scales:weigh", cars=cars) as weighing:
        print("The scales creak.", flush=True)
        if cars > 20:
            sys.exit("The scales have broken down.")
        weighing.add_success_fields(tonnes=cars * 1.5)


if __name__ == "__main__":
    to_file(sys.stdout)
    weigh(int(sys.argv[1]))
