"""Air files that are whole or passed over, messages, and the published frame."""

import hashlib
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playout.errors import LinkError, StoreError
from playout.ipc.air import KEPT, Air, AirReader, AirWriter, inputs, read_air, write_air
from playout.ipc.frames import FramePublisher, FrameReader
from playout.ipc.local import read_local, write_local
from playout.ipc.sockets import ask, listen, peer_of, receive, send
from playout.model.claim import Band, Claim, Content, ContentKind
from playout.model.frame import Size
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.programme import Because
from playout.model.schedule import Item, Playlist, Revision, Schedule
from playout.model.snapshot import Snapshot

SITE = Site()
NOTICE = Notice("a", Kind.TEXT, "A", "test", texts=(Text("km", "ច្រកទ្វារ"),))
REVISION = Revision(3, 5, Schedule(playlists=(Playlist("p", items=(Item("a"),)),), filler="p"), {"a": NOTICE})
CLAIM = Claim("c", ("main",), Band.OPERATOR, Content(ContentKind.NOTICE, "a"), 1, 2, 3)


def air(generation: int, *claims: Claim) -> Air:
    return Air(generation, SITE, REVISION, None, 0, claims)


def test_a_generation_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = replace(air(7, CLAIM), outgoing=replace(REVISION, number=2), takes_over_ns=99)
    reference = write_air(tmp_path, written)
    assert read_air(tmp_path) == written
    assert reference.generation == 7
    assert inputs(written, "main", (), SITE).claims == (CLAIM,)


def test_what_cannot_be_read_goes_along_and_an_older_build_said_nothing_of_it(tmp_path: Path) -> None:
    written = replace(air(7), revision=replace(REVISION, unreadable={"a": ("km", "vi")}))
    write_air(tmp_path, written)
    assert read_air(tmp_path) == written
    (path,) = tmp_path.glob("*.json")
    manifest = json.loads(path.read_bytes().splitlines()[0])
    del manifest["revision"]["unreadable"]
    body = json.dumps(manifest, sort_keys=True).encode()
    path.write_bytes(body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n")
    assert read_air(tmp_path) == air(7)


def other(generation: int) -> Air:
    """A generation whose notices are its own."""
    notice = replace(REVISION.notices["a"], title=f"title {generation}")
    return replace(air(generation), revision=replace(REVISION, notices={"a": notice}))


def test_a_claim_writes_one_file(tmp_path: Path) -> None:
    writer = AirWriter(tmp_path)
    writer.put(writer.draft(air(1)))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    writer.put(writer.draft(air(2, CLAIM)))
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    assert [path.stem for path in after.keys() - before.keys()] == ["000000000002"]
    assert all(after[path] == before[path] for path in before)


def test_a_part_that_went_missing_is_written_again(tmp_path: Path) -> None:
    writer = AirWriter(tmp_path)
    writer.put(writer.draft(air(1)))
    for part in (tmp_path / "parts").iterdir():
        part.unlink()
    writer.put(writer.draft(air(2, CLAIM)))
    writer.settle()
    assert read_air(tmp_path) == air(2, CLAIM)


def test_a_draft_is_found_when_it_is_put_in_its_place(tmp_path: Path) -> None:
    writer = AirWriter(tmp_path)
    writer.put(writer.draft(air(1)))
    draft = writer.draft(air(2, CLAIM))
    assert read_air(tmp_path) == air(1)
    writer.drop(draft)
    with pytest.raises(StoreError):
        writer.put(draft)
    assert writer.put(writer.draft(air(3))).generation == 3
    assert read_air(tmp_path) == air(3)


def test_a_revision_is_read_once(tmp_path: Path) -> None:
    reader = AirReader(tmp_path)
    assert reader.read() is None
    write_air(tmp_path, replace(air(1), outgoing=replace(REVISION, number=2)))
    first = reader.read()
    write_air(tmp_path, air(2, CLAIM))
    second = reader.read()
    assert first is not None
    assert second == air(2, CLAIM)
    assert second.revision is first.revision
    write_air(tmp_path, other(3))
    assert reader.read() == other(3)


@pytest.mark.parametrize("kept", [0, 1, 40, -1, -2])
def test_a_manifest_cut_short_is_passed_over(tmp_path: Path, kept: int) -> None:
    write_air(tmp_path, air(1))
    write_air(tmp_path, air(2, CLAIM))
    newest = max(tmp_path.glob("*.json"))
    newest.write_bytes(newest.read_bytes()[:kept])
    found = read_air(tmp_path)
    assert found is not None
    assert found.generation == 1


def test_a_part_cut_short_or_gone_is_passed_over_and_mended_by_the_next_writer(tmp_path: Path) -> None:
    write_air(tmp_path, air(1))
    old = set((tmp_path / "parts").iterdir())
    write_air(tmp_path, other(2))
    (part,) = set((tmp_path / "parts").iterdir()) - old
    part.write_bytes(part.read_bytes()[:-1])
    assert read_air(tmp_path) == air(1)
    part.unlink()
    assert read_air(tmp_path) == air(1)
    write_air(tmp_path, replace(other(2), generation=3))
    assert read_air(tmp_path) == replace(other(2), generation=3)


def test_old_generations_and_their_parts_are_pruned(tmp_path: Path) -> None:
    for generation in range(1, 10):
        write_air(tmp_path, other(generation))
    assert len(list(tmp_path.glob("*.json"))) == KEPT
    assert len(list((tmp_path / "parts").iterdir())) == 2 + KEPT  # site, schedule, and each one's notices


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "air").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="correct its owner"):
        write_air(tmp_path / "air", air(1))


def test_local_claims_survive_and_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "local.json"
    write_local(path, (CLAIM,))
    assert read_local(path) == (CLAIM,)
    path.write_bytes(path.read_bytes()[:10])
    assert read_local(path) == ()


def test_a_question_is_answered_over_a_socket_however_deep_it_lies(tmp_path: Path) -> None:
    path = tmp_path.joinpath(*["deep" * 6] * 6) / "player.sock"
    server = listen(path)
    server.setblocking(True)

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            message = receive(connection)
            send(connection, {"heard": message, "uid": peer_of(connection).uid})

    thread = threading.Thread(target=serve)
    thread.start()
    assert ask(path, {"op": "status"}, 5.0) == {"heard": {"op": "status"}, "uid": os.getuid()}
    thread.join()
    server.close()
    with pytest.raises(LinkError, match="is the program running"):
        ask(path, {"op": "status"}, 0.2)


def snapshot(tick: int) -> Snapshot:
    return Snapshot(
        "main", 1, 1, 1, "0", tick, 60, 32, 8, 0, 0, 0, 0, 0, "c", "slate", "", "", "", None, 0, 0, 0, 0,
        Because("c", ("d",), "band"), 1.5, "memory",
    )  # fmt: skip


def test_readers_see_the_newest_frame_and_find_a_new_player(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    reader = FrameReader(path)
    assert (reader.snapshot(), reader.picture()) == (None, None)
    for player in range(2):
        with FramePublisher(path, Size(32, 8)) as publisher:
            assert reader.picture() is None
            for tick in range(5):
                publisher.snapshot(snapshot(tick))
                publisher.picture(tick, np.full((8, 32, 3), 10 * player + tick, np.uint8))
                seen = reader.picture()
                assert seen is not None
                assert seen[0] == tick
                assert (seen[1] == 10 * player + tick).all()
                assert reader.snapshot() == snapshot(tick)


def test_manifest_is_readable_by_people(tmp_path: Path) -> None:
    write_air(tmp_path, air(1))
    manifest = json.loads((tmp_path / "000000000001.json").read_bytes().split(b"\n")[0])
    assert manifest["revision"]["number"] == 3
