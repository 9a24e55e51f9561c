"""The schedule over the API: nobody's change is lost, nothing wrong gets in, and what was once there comes back."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from api_stage import NOTICES, SCHEDULE, Stage, stage
from hypothesis import given, settings
from hypothesis import strategies as st
from test_api_openapi import check
from test_calendar_files import FULL

from playout.api.document import document
from playout.api.edge import LONG_BODY_MAX
from playout.ipc.air import read_air
from playout.model.notice import Text
from playout.model.people import Role
from playout.model.schedule import Daypart, Revision
from playout.paths import shipped
from playout.store import journal, revisions
from playout.store.files import read_folder
from playout.store.media import add_pictures

PATH = "/api/v1/schedule"


class Operator:
    """A client that may change the schedule."""

    def __init__(self, here: Stage, name: str = "anh") -> None:
        self.here, self.headers = here, here.token(Role.OPERATOR, name)

    async def ask(self, method: str, path: str = "", body: Any = None, tag: str = "", **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {**self.headers, **headers, **({"if-match": tag} if tag else {})}
        async with self.here.client(sent) as client:
            return await client.request(method, PATH + path, content=content)

    async def get(self) -> tuple[str, dict[str, Any]]:
        answer = await self.ask("GET")
        assert answer.status_code == 200
        return answer.headers["etag"], answer.json()

    async def save(self, body: Mapping[str, Any], tag: str, comment: str = "why") -> httpx.Response:
        return await self.ask("PUT", body={**body, "comment": comment}, tag=tag)


@pytest.fixture
def anh(here: Stage) -> Operator:
    return Operator(here)


def numbers(here: Stage) -> list[int]:
    with here.store.read() as db:
        return [head.number for head in revisions.heads(db, None, 100)]


def filler(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**body, "schedule": {**body["schedule"], "filler": name}}


@pytest.mark.anyio
async def test_what_is_got_can_be_changed_and_sent_back(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    assert [notice["id"] for notice in body["notices"]] == sorted(NOTICES)
    daypart = {"id": "sang", "playlist": "ban-ngay", "start": "06:00", "end": "11:30", "days": ["mon", "sun"]}
    body["schedule"]["dayparts"].append(daypart)
    here.clock.move(1)
    answer = await anh.save(body, tag, "giờ sáng")
    told = answer.json()
    assert answer.status_code == 200, told
    assert (told["revision"]["number"], told["is_new"], told["newest"]) == (2, True, 2)
    assert [screen["state"] for screen in told["screens"]] == ["told", "told"]
    air = read_air(here.paths.air)
    assert air is not None
    assert air.revision is not None
    assert air.revision.number == 2
    assert isinstance(air.revision.schedule.dayparts[0], Daypart)
    new_tag, new_body = await anh.get()
    assert answer.headers["etag"] == new_tag != tag
    assert new_body["schedule"]["dayparts"][0]["days"] == ["mon", "sun"]
    with here.store.read() as db:
        head, entry = revisions.head(db), journal.newest(db, 1)[0]
    assert head is not None
    assert (head.author, head.reason, head.based_on) == ("anh", "giờ sáng", 1)
    assert (entry.who, entry.what) == ("anh", "revision.add")


@pytest.mark.anyio
async def test_what_is_not_newer_is_not_sent_again(anh: Operator) -> None:
    tag, _ = await anh.get()
    assert (await anh.ask("GET", **{"if-none-match": f'"x", {tag}'})).status_code == 304
    assert (await anh.ask("GET", **{"if-none-match": '"x"'})).status_code == 200


@pytest.mark.parametrize(("tag", "status"), [("", 428), ("*", 428), ("3", 400), ('W/"1-a"', 400), ('"a", "b"', 400)])
@pytest.mark.anyio
async def test_a_save_names_the_revision_it_was_made_from(here: Stage, anh: Operator, tag: str, status: int) -> None:
    _, body = await anh.get()
    answer = await anh.save(filler(body, ""), tag)
    assert answer.status_code == status
    assert answer.json()["remedy"]
    assert numbers(here) == [1]


@pytest.mark.anyio
async def test_a_change_made_meanwhile_is_shown_and_not_overwritten(here: Stage, anh: Operator) -> None:
    binh = Operator(here, "binh")
    tag, body = await anh.get()
    assert (await binh.save(filler(body, ""), tag, "no filler")).status_code == 200
    body["schedule"]["layouts"] = []
    answer = await anh.save(body, tag)
    told = answer.json()
    assert answer.status_code == 409
    assert "revision 1 is not the newest; the newest is revision 2, by binh" in told["detail"]
    assert told["current"]["comment"] == "no filler"
    assert told["difference"] == {
        "changes": [{"where": "filler", "kind": "changed", "before": "ban-ngay", "after": ""}],
        "count": 1,
    }
    assert numbers(here) == [2, 1]
    assert answer.headers["etag"] == (await anh.get())[0]


@pytest.mark.anyio
async def test_a_tag_of_another_history_gets_no_difference(here: Stage, anh: Operator) -> None:
    _, body = await anh.get()
    for tag in ('"1-0123456789abcdef"', '"7-00"', '"99999999999999999999-0"'):
        answer = await anh.save(body, tag)
        assert (answer.status_code, answer.json()["difference"]) == (409, None)
        assert "is not in the history" in answer.json()["detail"]


@pytest.mark.anyio
async def test_of_two_at_the_same_instant_one_gets_through(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    one, other = await asyncio.gather(anh.save(filler(body, ""), tag, "one"), anh.save(filler(body, ""), tag, "other"))
    assert {one.status_code, other.status_code} == {200, 409}
    assert numbers(here) == [2, 1]


@pytest.mark.anyio
async def test_sent_twice_it_is_made_once(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    answers = await asyncio.gather(*(anh.save(filler(body, ""), tag) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["revision"]["number"] for answer in answers} == {2}
    assert sum(answer.json()["is_new"] for answer in answers) == 1
    changed = {"schedule": body["schedule"], "notices": body["notices"]}
    assert (await Operator(here, "binh").save(changed, (await anh.get())[0])).status_code == 200
    late = (await anh.save(filler(body, ""), tag)).json()
    assert (late["revision"]["number"], late["is_new"], late["newest"]) == (2, False, 3)
    assert numbers(here) == [3, 2, 1]


@pytest.mark.anyio
async def test_the_same_content_makes_no_revision(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    told = (await anh.save(body, tag)).json()
    assert (told["revision"]["number"], told["is_new"], told["screens"]) == (1, False, [])
    assert numbers(here) == [1]


@pytest.mark.anyio
async def test_a_body_made_from_another_revision_than_the_tag_is_refused(here: Stage, anh: Operator) -> None:
    tag, old = await anh.get()
    await anh.save(filler(old, ""), tag)
    new_tag, _ = await anh.get()
    answer = await anh.save(old, new_tag)
    assert answer.status_code == 422
    assert answer.json()["findings"][0]["where"] == "revision.number"
    del old["revision"]
    assert (await anh.save(old, new_tag)).status_code == 200


@pytest.mark.parametrize("words", ["too small ...", "no font?"])
@pytest.mark.anyio
async def test_errors_refuse_it_with_every_finding(here: Stage, anh: Operator, words: str) -> None:
    tag, body = await anh.get()
    body["notices"][1]["texts"][0]["body"] = words
    body["schedule"]["playlists"][0]["items"].append({"notice": "gio-mo-cu"})
    answer = await anh.save(body, tag)
    assert answer.status_code == 422
    places = {finding["where"]: finding for finding in answer.json()["findings"]}
    assert "did you mean 'gio-mo-cua'?" in places["playlists[ban-ngay].items[2].notice"]["message"]
    assert places["notices[chao].texts[vi]"]["severity"] == "error"
    assert numbers(here) == [1]
    check = await anh.ask("POST", "/check", {**body})
    assert check.status_code == 200
    assert check.json()["would_be_refused"]
    assert check.json()["findings"] == answer.json()["findings"]


@pytest.mark.anyio
async def test_warnings_are_stored_and_told(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    body["schedule"] = {**body["schedule"], "filler": ""}
    told = (await anh.save(body, tag)).json()
    codes = {finding["code"] for finding in told["findings"]}
    assert "schedule.gap" in codes
    kept = (await anh.ask("GET", "/revisions/2")).json()
    assert kept["findings"] == told["findings"]
    assert kept["schedule"]["filler"] == ""
    check = (await anh.ask("POST", "/check", {key: body[key] for key in ("schedule", "notices")})).json()
    assert (check["would_be_refused"], check["findings"]) == (False, told["findings"])
    assert numbers(here) == [2, 1]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"colour": 1}, "colour", "unknown key; known: comment, notices, revision, schedule"),
    ({"shedule": {}}, "shedule", "did you mean 'schedule'?"),
    ({"comment": 7}, "comment", "must be a text"),
    ({"comment": ""}, "comment", "1 to 500 characters"),
    ({"comment": "x" * 501}, "comment", "1 to 500 characters"),
    ({"schedule": None}, "schedule", "missing"),
    ({"schedule": []}, "schedule", "must be an object"),
    ({"schedule": {"filer": "a"}}, "filer", "did you mean 'filler'?"),
    ({"schedule": {"layouts": {}}}, "layouts", "valid tuple"),
    ({"schedule": {"layouts": [{"id": "a", "zones": [{"kind": "main", "x": 1.5}]}]}}, "layouts[a].zones[0].x", "1.5"),
    ({"schedule": {"layouts": [{"id": "a" * 65}]}}, f"layouts[{'a' * 65}].id", "at most 64"),
    ({"schedule": {"dayparts": [{"id": "d", "playlist": "p", "end": "06:00", "start": "24:00"}]}},
     "dayparts[d].start", "write \"HH:MM\""),
    ({"schedule": {"dayparts": [{"id": "d", "playlist": "p", "start": "06:00", "end": 3600}]}},
     "dayparts[d].end", "3600"),
    ({"schedule": {"dayparts": [{"id": "d", "playlist": "p", "start": "06:00", "end": "07:00", "rank": 101}]}},
     "dayparts[d].rank", "less than or equal to 100"),
    ({"schedule": {"dayparts": [{"id": "d", "playlist": "p", "start": "06:00", "end": "07:00", "days": ["mo"]}]}},
     "dayparts[d].days", "did you mean 'mon'?"),
    ({"schedule": {"playlists": [{"id": "p", "items": [{"notice": "n"}, {"notice": "n", "dwell_s": 2}]}]}},
     "playlists[p].items[1].dwell_s", "greater than or equal to 3"),
    ({"schedule": {"playlists": [{"id": "p", "items": [{"notice": "n"}], "speed": 1}]}},
     "playlists[p].speed", "unknown"),
    ({"schedule": {"playlists": [{"id": "p", "items": []}]}}, "playlists[p].items", "at least 1"),
    ({"schedule": {"playlists": [{"id": "p", "items": [{"notice": "n"}]}] * 2}}, "playlists", "comes twice"),
    ({"notices": {}}, "notices", "must be a list"),
    ({"notices": [3]}, "notices[0]", "must be an object"),
    ({"notices": [{"id": "n", "kind": "text", "title": "t", "source": "s"}] * 2}, "notices", "comes twice"),
    ({"notices": [{"id": "n", "kind": "txt", "title": "t", "source": "s"}]}, "notices[n].kind", "'txt'"),
    ({"notices": [{"kind": "text", "title": "t", "source": "s"}]}, "notices[0].id", "missing"),
    ({"notices": [{"id": "n", "kind": "text", "title": "t" * 201, "source": "s"}]}, "notices[n].title", "at most 200"),
    ({"notices": [{"id": "n", "kind": "text", "title": "t", "source": "s",
                   "texts": [{"language": "vn", "body": "a"}]}]},
     "notices[n].texts[vn].language", "unknown language 'vn'"),
    ({"notices": [{"id": "n", "kind": "text", "title": "t", "source": "s", "picture": "../../etc/passwd"}]},
     "notices[n].picture", "64 hexadecimal digits"),
    ({"notices": [{"id": "n", "kind": "text", "title": "t", "source": "s", "picture": "0" * 64}]},
     "notices[n].picture", "no picture"),
    ({"revision": {"number": "1"}}, "revision.number", "number of a revision"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where", "why"), BAD)
@pytest.mark.anyio
async def test_every_mistake_has_its_place_and_changes_nothing(
    here: Stage, anh: Operator, change: dict[str, Any], where: str, why: str
) -> None:
    tag, body = await anh.get()
    answer = await anh.ask("PUT", body={**body, "comment": "why", **change}, tag=tag)
    assert answer.status_code == 422, answer.text
    found = {finding["where"]: finding["message"] for finding in answer.json()["findings"]}
    assert why in found.get(where, ""), found
    assert numbers(here) == [1]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"a"', b"\xff", b'{"schedule": NaN}', b'{"a": "\\ud800"}', b"[" * 100_000, b"null"]
)
@pytest.mark.anyio
async def test_what_is_no_json_object_is_refused(here: Stage, anh: Operator, body: bytes) -> None:
    tag, _ = await anh.get()
    for answer in (await anh.ask("PUT", body=body, tag=tag), await anh.ask("POST", "/check", body)):
        assert answer.status_code == 400
        assert "the body is no" in answer.json()["detail"] or "not" in answer.json()["detail"]
    assert numbers(here) == [1]


PLAN = replace(
    SCHEDULE,
    dayparts=(Daypart("sang", "ban-ngay", time(6), time(11), layout="day-du", crawl="chao", screens=("side",)),),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """A good body with any value in any place of it."""
    body = json.loads(json.dumps(document(Revision(1, 1, PLAN, NOTICES)), default=str)) | {"comment": "why"}
    place: Any = body
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if not (isinstance(place[key], dict | list) and place[key]) or not draw(st.integers(0, 4)):
            place[key] = draw(JSON)
            return body
        place = place[key]


@settings(max_examples=30, deadline=None)
@given(body=bodies())
def test_no_value_anywhere_breaks_it(body: dict[str, Any]) -> None:
    async def send(folder: Path) -> None:
        async with stage(folder) as here:
            anh = Operator(here)
            tag, _ = await anh.get()
            answer = await anh.ask("PUT", body=body, tag=tag)
            assert answer.status_code in (200, 422, 503), answer.text
            assert (await anh.ask("POST", "/check", body)).status_code in (200, 503)
            assert numbers(here) in ([1], [2, 1])
            await anh.get()

    with TemporaryDirectory() as folder:
        asyncio.run(send(Path(folder)))


@pytest.mark.anyio
async def test_a_body_too_long_is_refused(anh: Operator) -> None:
    tag, _ = await anh.get()
    answer = await anh.ask("PUT", body=b" " * (LONG_BODY_MAX + 1), tag=tag)
    assert (answer.status_code, answer.json()["remedy"]) == (413, f"send at most {LONG_BODY_MAX} bytes")
    assert (await anh.ask("PUT", body=b" " * 100_000 + b"{}", tag=tag)).status_code == 422


@pytest.mark.anyio
async def test_who_may_only_look_changes_nothing(here: Stage) -> None:
    headers = here.token(Role.VIEWER)
    async with here.client(headers) as client:
        assert (await client.put(PATH, headers={"if-match": '"1-a"'})).status_code == 403
        assert (await client.post(f"{PATH}/check")).status_code == 403
        assert (await client.post(f"{PATH}/revisions/1/restore")).status_code == 403
        assert (await client.get(PATH)).status_code == 200
    async with here.client() as client:
        assert (await client.get(PATH)).status_code == 401
        assert (await client.put(PATH)).status_code == 401


@pytest.mark.anyio
async def test_an_undo_is_one_more_revision(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    await anh.save(filler(body, ""), tag)
    tag, _ = await anh.get()
    answers = [await anh.ask("POST", "/revisions/1/restore", tag=tag) for _ in range(2)]
    assert [answer.json()["is_new"] for answer in answers] == [True, False]
    told = answers[0].json()["revision"]
    assert (told["number"], told["restores"], told["based_on"]) == (3, 1, 2)
    assert told["comment"] == "back to revision 1"
    _, now = await anh.get()
    assert now["schedule"] == body["schedule"]
    assert numbers(here) == [3, 2, 1]
    assert (await anh.ask("POST", "/revisions/2/restore", tag=tag)).status_code == 409
    assert (await anh.ask("POST", "/revisions/2/restore")).status_code == 428
    tag, _ = await anh.get()
    assert (await anh.ask("POST", "/revisions/9/restore", tag=tag)).status_code == 404
    assert (await anh.ask("POST", "/revisions/2/restore", {"why": 1}, tag)).status_code == 422
    done = (await anh.ask("POST", "/revisions/2/restore", {"comment": "again"}, tag)).json()
    assert (done["revision"]["number"], done["revision"]["comment"]) == (4, "again")


@pytest.mark.anyio
async def test_the_history_comes_in_pages(here: Stage, anh: Operator) -> None:
    for _ in range(4):
        here.revise()
    first = (await anh.ask("GET", "/revisions?limit=2")).json()
    assert ([each["number"] for each in first["revisions"]], first["next"]) == ([5, 4], 4)
    last = (await anh.ask("GET", "/revisions?limit=3&before=4")).json()
    assert ([each["number"] for each in last["revisions"]], last["next"]) == ([3, 2, 1], None)
    for query in ("limit=0", "limit=201", "limit=x", "before=-1", "before=99999999999"):
        assert (await anh.ask("GET", f"/revisions?{query}")).status_code == 422


@pytest.mark.anyio
async def test_the_difference_of_any_two(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    await anh.save(filler(body, ""), tag)
    told = (await anh.ask("GET", "/revisions/2/difference")).json()
    assert (told["from"], told["to"], told["count"], told["changes"][0]["where"]) == (1, 2, 1, "filler")
    back = (await anh.ask("GET", "/revisions/1/difference?from=2")).json()
    assert back["changes"][0]["after"] == "ban-ngay"
    first = (await anh.ask("GET", "/revisions/1/difference")).json()
    assert {change["kind"] for change in first["changes"]} == {"added", "changed"}
    for path in ("/revisions/3/difference", "/revisions/1/difference?from=9", "/revisions/0", "/revisions/-1"):
        assert (await anh.ask("GET", path)).status_code == 404


@pytest.mark.anyio
async def test_a_sign_without_a_schedule_gets_its_first(here: Stage, anh: Operator) -> None:
    with here.store.write() as db:
        db.execute("DELETE FROM revisions")
    tag, body = await anh.get()
    assert (tag, body["revision"]["number"], body["notices"]) == ('"0"', 0, [])
    answer = await anh.save({"schedule": {}, "notices": []}, tag)
    assert (answer.status_code, answer.json()["revision"]["number"]) == (200, 1)


@pytest.mark.anyio
async def test_notices_that_cannot_be_judged_now_stop_a_save_and_say_so(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    body["notices"][0]["texts"][0]["body"] = "chết!"
    answer = await anh.save(body, tag)
    assert answer.status_code == 503
    assert "cannot be judged now" in answer.json()["detail"]
    assert numbers(here) == [1]


@pytest.mark.anyio
async def test_what_is_judged_once_is_not_judged_for_every_save(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    await anh.save(filler(body, ""), tag)
    before = len(here.proof.asked)
    tag, body = await anh.get()
    body["notices"][0]["title"] = "Khác"
    assert (await anh.save(body, tag)).status_code == 200
    assert len(here.proof.asked) == before + 1


@pytest.mark.anyio
async def test_what_was_left_open_is_decided_once(here: Stage, anh: Operator) -> None:
    _, body = await anh.get()
    assert body["notices"][0]["arrange"] == "auto"
    for comment in ("a", "b"):
        await anh.ask("POST", "/check", {**body, "comment": comment})
    assert len(here.proof.asked) == len(NOTICES)


@pytest.mark.anyio
async def test_a_store_that_cannot_write_changes_nothing(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    with here.store.write() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    body["notices"][0]["title"] = "x" * 200
    body["notices"] += [{**body["notices"][0], "id": f"n{number}"} for number in range(300)]
    answer = await anh.save(body, tag)
    assert answer.status_code == 503
    assert "free some space" in answer.json()["remedy"]
    assert numbers(here) == [1]
    with here.store.write() as db:
        db.execute("PRAGMA max_page_count = 4294967294")
    assert (await anh.save(body, tag)).status_code == 200


@pytest.mark.anyio
async def test_a_saved_revision_that_could_not_be_handed_on_is_named(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    (here.paths.air / "parts").rename(here.paths.air / "elsewhere")
    (here.paths.air / "parts").write_text("a file in the way")
    answer = await anh.save(filler(body, ""), tag)
    assert answer.status_code == 503
    assert "revision 2 is saved, but the players could not be told" in answer.json()["detail"]
    assert numbers(here) == [2, 1]
    (here.paths.air / "parts").unlink()
    again = (await anh.save(filler(body, ""), tag)).json()
    assert (again["revision"]["number"], again["is_new"]) == (2, False)


@pytest.mark.anyio
async def test_what_the_api_takes_is_what_files_hold(here: Stage, anh: Operator) -> None:
    """One reader, one vocabulary: the shipped programme goes through the API unchanged."""
    draft = read_folder(shipped("schedules"))
    add_pictures(here.paths.media, draft.pictures)
    calm = {name: replace(notice, texts=(Text("vi", "Chào"),)) for name, notice in draft.notices.items()}
    draft = replace(draft, notices=calm)  # other words mean something to the proof program of the tests
    body = json.loads(json.dumps(document(Revision(1, 1, draft.schedule, draft.notices)), default=str))
    tag, _ = await anh.get()
    answer = await anh.save(body, tag)
    assert answer.status_code == 200, answer.text
    with here.store.read() as db:
        record = revisions.latest(db)
    assert record is not None
    assert (record.revision.schedule, dict(record.revision.notices)) == (draft.schedule, dict(draft.notices))


@pytest.mark.anyio
async def test_a_revision_goes_out_as_the_files_it_could_come_from(here: Stage, anh: Operator, tmp_path: Path) -> None:
    content = b"\x89PNG\r\n\x1a\n" + bytes(100_000)
    sha256 = hashlib.sha256(content).hexdigest()
    here.paths.media.mkdir()
    (here.paths.media / sha256).write_bytes(content)
    here.revise(SCHEDULE, {**NOTICES, "chao": replace(NOTICES["chao"], picture=sha256)})
    answer = await anh.ask("GET", "/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="schedule-2.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(tmp_path / "out")
    draft = read_folder(tmp_path / "out")
    assert (draft.schedule, draft.notices["chao"].picture) == (SCHEDULE, sha256)
    first = await anh.ask("GET", "/export?revision=1")
    assert first.content == (await anh.ask("GET", "/export?revision=1")).content != answer.content
    assert (await anh.ask("GET", "/export?revision=9")).status_code == 404
    (here.paths.media / sha256).unlink()
    assert (await anh.ask("GET", "/export")).status_code == 503


@pytest.mark.anyio
async def test_answers_are_of_the_shapes_that_the_openapi_document_shows(here: Stage, anh: Operator) -> None:
    tag, body = await anh.get()
    check(await anh.ask("GET"), PATH, 200)
    check(await anh.save(filler(body, ""), tag), PATH, 200)
    check(await anh.save(body, tag), PATH, 409)
    check(await anh.save(body, ""), PATH, 428)
    check(await anh.save({"schedule": {"filer": ""}}, (await anh.get())[0]), PATH, 422)
    check(await anh.ask("POST", "/check", body), f"{PATH}/check", 200)
    check(await anh.ask("GET", "/revisions"), f"{PATH}/revisions", 200)
    check(await anh.ask("GET", "/revisions/2"), f"{PATH}/revisions/{{number}}", 200)
    check(await anh.ask("GET", "/revisions/2/difference"), f"{PATH}/revisions/{{number}}/difference", 200)
    newest, _ = await anh.get()
    check(await anh.ask("POST", "/revisions/1/restore", tag=newest), f"{PATH}/revisions/{{number}}/restore", 200)
    check(await anh.ask("POST", "/revisions/9/restore", tag=newest), f"{PATH}/revisions/{{number}}/restore", 404)


@pytest.mark.anyio
async def test_a_day_is_planned_for_a_screen(anh: Operator) -> None:
    told = await anh.ask("GET", "/plan?day=2026-09-02")
    check(told, f"{PATH}/plan", 200)
    assert (told.json()["screen"], told.json()["day"]) == ("main", "2026-09-02")
    drawn = await anh.ask("GET", "/plan.png?day=2028-02-29&screen=side")
    assert (drawn.content, drawn.headers["content-type"]) == (b"side 2028-02-29", "image/png")
    for query, status in (("", 422), ("?day=2026-02-30", 422), ("?day=1066-10-14", 400), ("?day=2115-01-01", 400)):
        assert (await anh.ask("GET", f"/plan{query}")).status_code == status
    assert "did you mean 'main'?" in (await anh.ask("GET", "/plan?day=2026-09-02&screen=mian")).text
    found = await anh.ask("GET", "/gaps?days=7&screen=side")
    check(found, f"{PATH}/gaps", 200)
    assert (found.json()["screen"], found.json()["revision"]) == ("side", 7)
    for query in ("days=0", "days=367", "days=x"):
        assert (await anh.ask("GET", f"/gaps?{query}")).status_code == 422


@pytest.mark.anyio
async def test_every_rule_of_time_goes_out_and_in_again(here: Stage, anh: Operator) -> None:
    hello = replace(NOTICES["cam-lua"], id="hello")
    here.revise(FULL, {"hello": hello})
    tag, body = await anh.get()
    daypart = body["schedule"]["dayparts"][0]
    assert (daypart["start"], daypart["end"], daypart["valid_until"]) == ("sunset-00:30", "23:30", "2027-12-31")
    answer = await anh.save(body, tag)
    assert (answer.status_code, answer.json()["is_new"]) == (200, False), answer.text
    body["schedule"]["dayparts"][0]["rank"] = 4
    answer = await anh.save(body, tag)
    assert answer.status_code == 200, answer.text
    with here.store.read() as db:
        record = revisions.latest(db)
    assert record is not None
    changed = (replace(FULL.dayparts[0], rank=4), *FULL.dayparts[1:])
    assert record.revision.schedule == replace(FULL, dayparts=changed)
    changes = (await anh.ask("GET", "/revisions/3/difference")).json()["changes"]
    assert [(change["where"], change["before"], change["after"]) for change in changes] == [("dayparts[d].rank", 3, 4)]
