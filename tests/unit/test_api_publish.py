"""Handing on what the store holds: generations, takeovers, ended claims, players that are away, a lost database."""

import asyncio
import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from api_stage import NOTICES, NOW_NS, SCHEDULE, SECOND_NS, Stage, snapshot, stage

from playout.api.main import import_first, tend
from playout.api.publish import Publisher
from playout.errors import StoreError
from playout.ipc.air import Air, read_air, write_air
from playout.model.claim import Band, Claim, Content, ContentKind
from playout.model.schedule import Revision
from playout.store import claims, journal, open_store, recoveries, revisions

pytestmark = pytest.mark.anyio
CLAIM = Claim(
    "override-1", (), Band.OPERATOR, Content(ContentKind.NOTICE, "cam-lua"), NOW_NS, NOW_NS, NOW_NS + 100 * SECOND_NS
)


def _air(here: Stage) -> Air:
    air = read_air(here.paths.air)
    assert air is not None
    assert air == here.publisher.air
    return air


async def test_a_commit_becomes_a_generation_and_every_player_hears_of_it(here: Stage) -> None:
    assert _air(here).generation == 1
    with here.store.write() as db:
        claims.add(db, CLAIM)
    replies = await here.publisher.publish()
    assert (_air(here).generation, _air(here).claims) == (2, (CLAIM,))
    assert here.players.heard[-2:] == [("main", 2), ("side", 2)]
    assert all(reply.is_there for reply in replies.values())


async def test_a_new_revision_takes_over_at_the_end_of_the_item(here: Stage) -> None:
    old = _air(here).revision
    here.clock.move(3)
    here.revise()
    await here.publisher.refresh()
    air = _air(here)
    assert air.revision is not None
    assert (air.revision.number, air.outgoing, air.takes_over_ns) == (2, old, NOW_NS + 8 * SECOND_NS)


async def test_until_it_takes_over_the_old_one_goes_along(here: Stage) -> None:
    old = _air(here).revision
    here.clock.move(3)
    here.revise()
    await here.publisher.publish()
    takes_over_ns = _air(here).takes_over_ns
    here.clock.move(1)
    here.revise()
    await here.publisher.publish()
    assert _air(here).outgoing == old, "the second revision had not taken over yet"
    here.clock.now_ns = takes_over_ns + 60 * SECOND_NS - 1
    await here.publisher.refresh()
    assert _air(here).outgoing == old
    here.clock.now_ns += 1
    await here.publisher.refresh()
    assert (_air(here).outgoing, _air(here).takes_over_ns) == (None, 0)


async def test_what_cannot_be_read_is_handed_on_at_once_and_stays_over_a_restart(here: Stage) -> None:
    told: list[Mapping[str, tuple[str, ...]] | None] = [None]

    def started() -> Publisher:
        made = Publisher(here.store, here.config, here.paths, here.clock, here.players.ask, lambda _: told[0])
        here.publisher = here.players.publisher = made
        made.start()
        return made

    await started().refresh()
    first = _air(here)
    told[0] = {"cam-lua": ("vi",)}
    await here.publisher.refresh()
    air = _air(here)
    assert air.revision is not None
    assert air.revision.unreadable == told[0]
    assert (air.outgoing, air.takes_over_ns, air.generation) == (None, 0, first.generation + 1)
    await here.publisher.refresh()
    assert _air(here) is not None
    assert _air(here).generation == air.generation
    told[0] = None
    await started().refresh()
    assert _air(here).revision == air.revision, "what is not known yet is as it was"
    told[0] = {}
    await here.publisher.refresh()
    assert _air(here).revision == first.revision


async def test_a_new_revision_does_not_inherit_what_cannot_be_read(here: Stage) -> None:
    air = _air(here)
    assert air.revision is not None
    write_air(here.paths.air, replace(air, generation=9, revision=replace(air.revision, unreadable={"chao": ("vi",)})))
    here.new_publisher().start()
    here.revise()
    await here.publisher.refresh()
    old, new = _air(here).outgoing, _air(here).revision
    assert old is not None
    assert new is not None
    assert (old.unreadable, new.unreadable) == ({"chao": ("vi",)}, {})


async def test_nothing_new_makes_no_generation(here: Stage) -> None:
    here.clock.move(1)
    await here.publisher.refresh()
    assert _air(here).generation == 1


async def test_a_claim_leaves_a_minute_after_its_end(here: Stage) -> None:
    with here.store.write() as db:
        claims.add(db, CLAIM)
    await here.publisher.publish()
    here.clock.move(159)
    await here.publisher.refresh()
    assert _air(here).claims == (CLAIM,)
    here.clock.move(1)
    await here.publisher.refresh()
    assert _air(here).claims == ()


async def test_a_restart_goes_on_with_the_next_generation(here: Stage) -> None:
    publisher = here.new_publisher()
    publisher.start()
    await publisher.refresh()
    assert _air(here).generation == 2
    assert _air(here).outgoing is None


async def test_a_lost_database_takes_revision_and_claims_from_the_air_file(here: Stage, tmp_path: Path) -> None:
    with here.store.write() as db:
        claims.add(db, CLAIM)
    await here.publisher.publish()
    before = _air(here)
    with open_store(tmp_path / "new" / "state.db") as empty:
        here.store = empty
        publisher = here.new_publisher()
        publisher.start()
        import_first(empty, here.paths)
        await publisher.refresh()
        with empty.read() as db:
            assert revisions.latest_number(db) == 1
            assert {entry.what for entry in journal.newest(db, 9)} == {"revision.adopt", "override.adopt"}
    assert replace(_air(here), generation=before.generation) == before


@pytest.mark.parametrize("air_is_newer", [True, False])
async def test_what_was_ended_after_the_backup_does_not_come_back_with_it(
    here: Stage, tmp_path: Path, *, air_is_newer: bool
) -> None:
    shorter, kept = replace(CLAIM, id="override-2"), replace(CLAIM, id="override-3")
    with here.store.write() as db:
        for claim in (CLAIM, shorter, kept):
            claims.add(db, claim)
    here.store.back_up()
    good = tmp_path / "state.db.good"
    backup, made_ns = good.read_bytes(), good.stat().st_mtime_ns
    with here.store.write() as db:
        claims.end(db, CLAIM, NOW_NS + 1)
        claims.end(db, shorter, NOW_NS + 50 * SECOND_NS)
    here.clock.move(70)
    await here.publisher.publish()
    assert [claim.id for claim in _air(here).claims] == ["override-2", "override-3"]
    written_ns = made_ns + (1 if air_is_newer else -1) * SECOND_NS
    os.utime(max(here.paths.air.glob("*.json")), ns=(written_ns, written_ns))

    here.store.close()
    good.write_bytes(backup)
    os.utime(good, ns=(made_ns, made_ns))
    (tmp_path / "state.db").write_bytes(b"x" * 5000)
    with open_store(tmp_path / "state.db") as store:
        here.store = store
        here.clock.move(-69)  # before any of them would have expired
        here.new_publisher().start()
        with store.read() as db:
            ends = {claim.id: claim.expires_ns for claim in claims.current(db, NOW_NS, kept_ns=0)}
            assert recoveries.unsettled(db) == ()
            rows = journal.newest(db, 9)
            assert [entry.what for entry in rows[::-1]] == ["store.recover", *["override.end"] * (2 * air_is_newer)]
            assert json.loads(rows[-1].detail)["rows_kept"] == 0
    after, end = NOW_NS + SECOND_NS, NOW_NS + 100 * SECOND_NS
    newer = {"override-1": after, "override-2": NOW_NS + 50 * SECOND_NS, "override-3": end}
    assert ends == (newer if air_is_newer else dict.fromkeys(newer, end))


async def test_an_older_revision_in_the_air_file_changes_nothing(here: Stage) -> None:
    here.revise()
    write_air(here.paths.air, Air(5, here.config.site, Revision(1, NOW_NS, SCHEDULE, NOTICES)))
    here.new_publisher().start()
    with here.store.read() as db:
        assert revisions.latest_number(db) == 2


async def test_a_player_that_missed_a_generation_is_told_again(here: Stage) -> None:
    here.screens["main"].state = snapshot("main", generation=0)
    here.screens["side"].state = snapshot("side", generation=1)
    assert await tend(here.services, tidy=True, was_well=True)
    assert here.players.heard == [("main", 1), ("side", 1), ("main", 1)]
    here.clock.move(3)  # now it has gone, and reads the air file when it is back
    await tend(here.services, tidy=False, was_well=True)
    assert len(here.players.heard) == 3


async def test_house_keeping_survives_a_store_that_fails(here: Stage) -> None:
    with here.store.write() as db:
        db.execute("ALTER TABLE claims RENAME TO elsewhere")
    assert not await tend(here.services, tidy=False, was_well=True)
    with here.store.write() as db:
        db.execute("ALTER TABLE elsewhere RENAME TO claims")
    assert await tend(here.services, tidy=False, was_well=False)


async def test_a_wrong_schedule_at_first_start_leaves_the_slate(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        with open_store(tmp_path / "new" / "state.db") as empty:
            (here.paths.schedules / "notices").mkdir(parents=True)
            (here.paths.schedules / "schedule.toml").write_text("filler = 'none'")
            config = tmp_path / "new" / "playout.toml"
            config.write_text('[[screens]]\nid = "main"\nsink = "memory"\n')
            paths = replace(here.paths, config=config, state=tmp_path / "new")
            import_first(empty, paths)
            (here.paths.schedules / "schedule.toml").write_text("")
            with empty.read() as db:
                assert revisions.latest_number(db) == 0
            import_first(empty, paths)
            import_first(empty, paths)
            with empty.read() as db:
                assert revisions.latest_number(db) == 1


def _claim(number: int) -> Claim:
    return replace(CLAIM, id=f"override-{number}")


async def test_changes_that_wait_share_a_commit_a_generation_and_a_word(here: Stage) -> None:
    heard = len(here.players.heard)
    before = _air(here).generation
    changes = [lambda db, number=number: (claims.add(db, _claim(number)), True) for number in range(20)]
    handed = await asyncio.gather(*(here.publisher.commit(change) for change in changes))
    assert len(_air(here).claims) == 20
    assert all(each.value and set(each.replies) == {"main", "side"} for each in handed)
    generations = _air(here).generation - before
    assert generations <= 2, "the first one goes alone, those that came meanwhile go together"
    assert len(here.players.heard) - heard == 2 * generations


async def test_what_is_no_news_makes_no_generation(here: Stage) -> None:
    before = _air(here).generation
    handed = await here.publisher.commit(lambda _: ("known", False))
    assert (handed.value, handed.is_news, handed.replies, handed.trouble) == ("known", False, {}, None)
    assert _air(here).generation == before


async def test_a_change_that_fails_takes_no_other_with_it(here: Stage) -> None:
    def fails(db: sqlite3.Connection) -> tuple[bool, bool]:
        claims.add(db, _claim(99))
        raise ValueError("odd")

    ends = await asyncio.gather(
        here.publisher.publish(),
        here.publisher.commit(lambda db: (claims.add(db, _claim(1)), True)),
        here.publisher.commit(fails),
        here.publisher.commit(lambda db: (claims.add(db, _claim(2)), True)),
        return_exceptions=True,
    )
    assert [type(end).__name__ for end in ends] == ["dict", "Handed", "ValueError", "Handed"]
    assert [claim.id for claim in _air(here).claims] == ["override-1", "override-2"]


async def test_who_stops_waiting_disturbs_nobody(here: Stage) -> None:
    gone = asyncio.create_task(here.publisher.commit(lambda db: (claims.add(db, _claim(1)), True)))
    stays = asyncio.create_task(here.publisher.commit(lambda db: (claims.add(db, _claim(2)), True)))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays).value
    assert [claim.id for claim in _air(here).claims] == ["override-1", "override-2"]
    await here.publisher.publish()


async def test_saved_but_not_written_out_is_told_apart(here: Stage) -> None:
    folder = here.paths.air
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("a file in the way")
    handed = await here.publisher.commit(lambda db: (claims.add(db, _claim(1)), True))
    assert handed.trouble is not None
    assert handed.value
    with pytest.raises(StoreError):
        await here.publisher.publish()
    with here.store.read() as db:
        assert len(claims.current(db, NOW_NS)) == 1
