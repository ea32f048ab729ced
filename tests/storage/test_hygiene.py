"""Colleagues are counted once each; then nothing tells any more who they were."""

from datetime import timedelta

from agenda.hygiene import mark_of
from storage import hygiene, rows
from storage.hygiene import HygieneMark, HygienePost, HygieneRound
from tests.conftest import MONDAY
from tests.storage.firm import Firm

DAY = timedelta(days=1)


def told(firm: Firm) -> int:
    """A message that counts for a day."""
    mine = {"organization_id": firm.organization_id}
    with firm.record() as record:
        began = HygieneRound(touchpoint_id=firm.touchpoint_id, quarter="2031-Q1", habits="x", asked_at=MONDAY, **mine)
        round_ = rows.add(record, began)
        times = {"posted_at": MONDAY, "until": MONDAY + DAY, "salt": "salt"}
        post = HygienePost(round_id=round_.key, conversation="slack:T1/C", posted_by_id=firm.sam_id, **times, **mine)
        return rows.add(record, post).key


def test_a_mark_counts_once(firm: Firm):
    key, joined = told(firm), []
    for person in (firm.sam_id, firm.dana_id, firm.sam_id):
        with firm.record() as record:
            joined.append(hygiene.join(record, rows.get(record, HygienePost, key), mark_of("salt", person)))
    assert joined == [True, True, False]
    with firm.record() as record:
        assert rows.get(record, HygienePost, key).joined == 2


def test_what_is_over_loses_its_marks_and_keeps_its_count(firm: Firm):
    key = told(firm)
    with firm.record() as record:
        hygiene.join(record, rows.get(record, HygienePost, key), mark_of("salt", firm.sam_id))
        assert hygiene.over(record, firm.touchpoint_id) == []
    with firm.record(MONDAY + DAY) as record:
        (post,) = hygiene.over(record, firm.touchpoint_id)
        hygiene.forget_marks(record, post)
    with firm.record(MONDAY + DAY) as record:
        assert hygiene.over(record, firm.touchpoint_id) == []
        assert rows.having(record, HygieneMark) == []
        post = rows.get(record, HygienePost, key)
        assert (post.salt, post.joined, post.counts(MONDAY)) == ("", 1, False)
