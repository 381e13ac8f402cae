"""The benchmarks' report: the same figures for people and for programmes."""

from pathlib import Path

import msgspec

from benchmarks.measuring import Rounds, Sample
from benchmarks.report import Figure, table, targeted, verdict, write

CORES = Figure("machine: cores", 2, "cores")
FAST = targeted("append", 9000, "commands/s", against="stock", ratio=12.5, target=12)
SLOW = targeted("tail", 90, "ms", against="p50", ratio=11, target=10, bound="at most")


def test_a_figure_is_written_with_all_it_is_judged_by(tmp_path: Path) -> None:
    write([CORES, FAST], tmp_path / "build/bench.json")
    assert msgspec.json.decode((tmp_path / "build/bench.json").read_bytes()) == [
        {
            "name": "machine: cores",
            "value": 2,
            "unit": "cores",
            "against": None,
            "ratio": None,
            "target": None,
            "met": None,
        },
        {
            "name": "append",
            "value": 9000,
            "unit": "commands/s",
            "against": "stock",
            "ratio": 12.5,
            "target": 12,
            "met": True,
        },
    ]


def test_the_table_has_a_line_for_each_figure_and_says_which_target_is_missed() -> None:
    heading, *lines = table([CORES, FAST, SLOW]).splitlines()
    assert heading.split() == ["what", "value", "unit", "ratio", "target", "met", "against"]
    assert ["NO" in line for line in lines] == [False, False, True]


def test_the_last_line_names_what_was_missed() -> None:
    assert verdict([CORES, FAST]) == "all 1 targets met"
    assert verdict([CORES, FAST, SLOW]) == "1 of 2 targets missed: tail"


def test_a_ratio_is_the_median_of_the_ratios_within_each_round() -> None:
    pairs = [(10.0, 1.0), (90.0, 30.0), (8.0, 2.0)]
    rounds = Rounds([{"ours": Sample(ours), "stock": Sample(stock)} for ours, stock in pairs])
    assert rounds.ratio("ours", "stock") == 4


def test_the_best_side_is_chosen_anew_in_each_round() -> None:
    rounds = Rounds([{"1": Sample(5.0), "4": Sample(7.0)}, {"1": Sample(9.0), "4": Sample(8.0)}])
    assert rounds.with_best("best", ("1", "4")).per_s("best") == 8
