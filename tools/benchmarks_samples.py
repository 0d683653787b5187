# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Scenarios and figures for the tests of benchmarks.py and its like."""

import benchmarks_page as page

LOOK = {
    "name": "Look", "title": "a look", "argument": None, "values": [],
    "measure": "cpu", "per": None, "floor": "AtomicFlag",
    "contenders": ["AtomicFlag", "Event", "MutexCondVar"],
    "roles": {"AtomicFlag": "floor", "MutexCondVar": "peer"}, "most": {},
    "targets": [{"value": None, "ratio": 1.05, "baseline": "AtomicFlag"},
                {"value": None, "ratio": 0.25, "baseline": "MutexCondVar"}],
}
BROADCAST = {
    "name": "BroadcastCoroutines", "title": "set", "argument": "coroutines",
    "values": [1, 100], "measure": "manual", "per": "coroutines",
    "floor": "List", "contenders": ["List", "Event"],
    "roles": {"List": "floor"}, "most": {},
    "targets": [{"value": 100, "ratio": 1.25, "baseline": "List"}],
}

README = f"# sync\n\n{page.BEGIN}old\n{page.END}\n## More\n"


def measured(*times, **counters):
  return page.measured(times, {key: [one] for key, one in counters.items()})


def figures_of(*scenarios, ours="Event", **context):
  return {
      "context": {
          "date": "2026-11-26", "commit": "abc", "machine": "2 cores",
          "processor": "a processor", "kernel": "6.1", "compiler": "g++",
          "flags": "-O2", "benchmark_version": "1.7.1",
          "benchmark_build": "release", "absl_version": None,
          "scaling": False, "busy": 0.0, "usually_slowed": 1.5, "quick": False,
          "only": "",
      } | context,
      "programs": [{"name": "event_benchmark", "ours": ours,
                    "scenarios": list(scenarios)}],
  }


def with_others(scenario, **roles):
  """The scenario with more contenders, each with its role."""
  return scenario | {"contenders": [*scenario["contenders"], *roles],
                     "roles": scenario["roles"] | roles}


def with_rows(scenario, *rows):
  """The rows: {contender: measured}, one for each value."""
  values = scenario["values"] or [None]
  return scenario | {"rows": [{"value": value, "contenders": row}
                              for value, row in zip(values, rows)]}


def slowed(scenario, *times):
  """The scenario, of whose rows each was slowed so many times."""
  return scenario | {"rows": [row | {"slowed": by}
                              for row, by in zip(scenario["rows"], times)]}


def only_row(scenario, ours="Event"):
  (row,) = page.rows(figures_of(scenario, ours=ours))
  return row


def look(event, flag=(10,), mutex=(50,)):
  return with_rows(LOOK, {"AtomicFlag": measured(*flag),
                          "Event": measured(*event),
                          "MutexCondVar": measured(*mutex)})


def look_with_bare_event(ours=20):
  """A look, of 20 ns; the floor's is of 10, and BareEvent's of 8."""
  row = look([ours])["rows"][0]["contenders"] | {"BareEvent": measured(8)}
  return with_rows(with_others(LOOK, BareEvent="within reach"), row)
