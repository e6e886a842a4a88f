"""Whether the sums still say what the facts say, and putting them right where they do not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session

from cloud_api.reports import refusals, visits
from cloud_api.reports.tables import RefusalsByDay, VisitsByHour


@dataclass(frozen=True, slots=True)
class Drift:
    """How many sums were wrong. Zero, or there is a bug."""

    visits: int
    refusals: int


def recompute(session: Session) -> Drift:
    """Work all sums out anew from the facts and keep those; says how many had drifted."""
    true_visits, true_refusals = visits.count_again(session), refusals.count_again(session)
    drift = Drift(_differences(visits.kept(session), true_visits), _differences(refusals.kept(session), true_refusals))
    session.exec(delete(VisitsByHour))
    session.exec(delete(RefusalsByDay))
    session.expunge_all()
    for (site_id, on, hour), count in true_visits.items():
        session.add(VisitsByHour(site_id=site_id, local_on=on, local_hour=hour, visits=count))
    for (site_id, on, reason), count in true_refusals.items():
        session.add(RefusalsByDay(site_id=site_id, local_on=on, reason=reason, refusals=count))
    session.flush()
    return drift


def _differences(kept: Mapping[Any, int], true: Mapping[Any, int]) -> int:
    return sum(kept.get(key) != true.get(key) for key in kept.keys() | true.keys())
