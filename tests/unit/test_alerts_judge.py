"""What becomes of alerts: every rule of `judge`, each in a message that only it decides."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from alert_stage import (
    APPROVED,
    HERE,
    LATER,
    NOW,
    OTHER,
    POLICY,
    POLICY_DATA,
    PROVED,
    SITE,
    Desk,
    alert,
    example,
    swapped,
    utc,
)
from hypothesis import given
from hypothesis import strategies as st

from playout.alerts import (
    Air,
    AlertPolicy,
    Certainty,
    Circle,
    Ignore,
    Known,
    MsgType,
    Origin,
    Proof,
    Queue,
    Severity,
    Status,
    Urgency,
    Verdict,
    Withdraw,
    judge,
    read_policy,
    remember,
)
from playout.alerts.area import in_circle, in_polygon, is_inside
from playout.alerts.judge import Record
from playout.alerts.message import Area, Key, Named, Point, Scope
from playout.errors import ConfigError

STRANGER = Origin("stranger", Proof.FEED)


def air(verdict: Verdict) -> Air:
    assert isinstance(verdict, Air), verdict
    return verdict


def queue(verdict: Verdict, said: str) -> Queue:
    assert isinstance(verdict, Queue), verdict
    assert said in "\n".join(verdict.why)
    return verdict


def withdraw(verdict: Verdict) -> Withdraw:
    assert isinstance(verdict, Withdraw), verdict
    return verdict


def ignore(verdict: Verdict, said: str) -> Ignore:
    assert isinstance(verdict, Ignore), verdict
    assert said in verdict.why
    return verdict


def test_a_proved_alert_for_the_site_fills_the_sites_template() -> None:
    shown = air(Desk().take(example("flood")))
    assert shown.template == "flood"
    assert shown.values == {"what": "flash-flood", "from": "09:00", "until": "12:00", "how": "severe"}
    assert (shown.starts, shown.ends) == (NOW, utc(12))
    assert (shown.severity, shown.replaces) == (Severity.SEVERE, ())


@given(st.sampled_from(["headline", "description", "instruction", "senderName", "web"]), st.text("aạក ", min_size=1))
def test_no_free_text_of_an_alert_is_in_what_airs(name: str, words: str) -> None:
    read = alert("flood")
    field = {"senderName": "sender_name"}.get(name, name)
    changed = replace(read, note=words, infos=tuple(replace(info, **{field: words}) for info in read.infos))
    first, second = (judge(each, PROVED, POLICY, Known(), SITE, NOW, approved=APPROVED) for each in (read, changed))
    assert isinstance(first, Air)
    assert first == second


def test_as_it_comes_the_policy_asks_for_everything() -> None:
    queue(Desk(AlertPolicy()).take(example("flood")), "no source 'hydromet'")


# Who says so


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        (None, "nothing proves"),
        (Origin("stranger", Proof.FEED), "no source 'stranger'"),
        (Origin("hydromet", Proof.TOKEN), "no proof by token"),
    ],
)
def test_without_a_proof_of_its_origin_an_operator_decides(origin: Origin | None, said: str) -> None:
    queue(Desk().take(example("flood"), origin), said)


def test_a_source_speaks_only_for_its_senders() -> None:
    data = swapped("flood", ("dubao@thuyvan.example.vn", "someone@else.example"))
    queue(Desk().take(data), "may not speak for the sender")
    air(Desk().take(data, OTHER))


@pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft"])
def test_only_what_is_actual_airs_or_ends_anything(status: str) -> None:
    desk = Desk()
    ignore(desk.take(swapped("flood", (">Actual<", f">{status}<"))), status)
    air(desk.take(example("flood")))  # not remembered as a duplicate
    ignore(desk.take(swapped("flood-cancel", (">Actual<", f">{status}<"))), status)


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_answers_are_ignored(kind: str) -> None:
    ignore(Desk().take(swapped("flood", (">Alert<", f">{kind}<"))), "answer")


@pytest.mark.parametrize("scope", ["Restricted", "Private"])
def test_what_is_not_for_the_public_never_airs_by_itself(scope: str) -> None:
    queue(Desk().take(swapped("flood", (">Public<", f">{scope}<"))), scope)


# Duplicates, updates, cancels


def test_the_same_message_counts_once() -> None:
    desk = Desk()
    air(desk.take(example("flood")))
    ignore(desk.take(example("flood")), "came before")
    ignore(desk.take(example("flood"), OTHER), "came before")
    ignore(desk.take(example("flood"), None), "came before")
    again = swapped("flood", ("2026-10-05T07:30:00+07:00</sent>", "2026-10-05T00:30:00-00:00</sent>"))
    ignore(desk.take(again), "came before")
    air(desk.take(swapped("flood", ("<sent>2026-10-05T07:30", "<sent>2026-10-05T07:31"))))


def test_what_nobody_vouched_for_does_not_stand_in_the_way() -> None:
    desk = Desk()
    queue(desk.take(example("flood"), None), "nothing proves")
    ignore(desk.take(example("flood"), None), "came before")
    queue(desk.take(example("flood-cancel"), None, LATER), "nothing proves")
    air(desk.take(example("flood")))


def test_an_update_takes_the_place_of_what_it_names() -> None:
    desk = Desk()
    air(desk.take(example("flood")))
    shown = air(desk.take(example("flood-update"), now=LATER))
    assert shown.replaces == (alert("flood").key,)
    assert (shown.values["how"], shown.values["until"], shown.ends) == ("extreme", "14:00", utc(14))


def test_a_cancel_ends_all_that_it_names() -> None:
    desk = Desk()
    desk.take(example("flood"))
    assert withdraw(desk.take(example("flood-cancel"), now=LATER)).alerts == alert("flood-cancel").references


@pytest.mark.parametrize("first", ["flood-cancel", "flood-update"])
def test_a_late_alert_that_was_ended_before_it_came_does_not_air(first: str) -> None:
    desk = Desk()
    desk.take(example(first), now=LATER)
    ignore(desk.take(example("flood"), now=LATER), "has ended it already")


def test_an_update_that_was_cancelled_before_it_came_still_ends_what_it_names() -> None:
    desk = Desk()
    air(desk.take(example("flood")))
    cancel = swapped("flood-cancel", (str_of_reference("flood"), ""))
    assert withdraw(desk.take(cancel, now=LATER)).alerts == (alert("flood-update").key,)
    assert withdraw(desk.take(example("flood-update"), now=LATER)).alerts == (alert("flood").key,)


def str_of_reference(name: str) -> str:
    read = alert(name)
    return f"{read.sender},{read.identifier},{read.sent.astimezone(HERE).isoformat()}"


def test_an_end_reaches_what_the_named_alert_had_replaced() -> None:
    desk = Desk()
    desk.take(example("flood"))
    desk.take(example("flood-update"), now=LATER)
    cancel = swapped("flood-cancel", (str_of_reference("flood"), ""))
    ended = withdraw(desk.take(cancel, now=LATER)).alerts
    assert ended == (alert("flood-update").key, alert("flood").key)


@pytest.mark.parametrize("order", list(permutations(["flood", "flood-update", "flood-cancel"])))
def test_in_whatever_order_they_come_nothing_stays_on_air(order: tuple[str, ...]) -> None:
    desk, on_air = Desk(), set[Key]()
    for name in order:
        match desk.take(example(name), now=LATER):
            case Air(replaces=replaced):
                on_air = (on_air - set(replaced)) | {alert(name).key}
            case Withdraw(alerts=ended):
                on_air -= set(ended)
            case _:
                pass
    assert on_air == set()


@pytest.mark.parametrize(("origin", "said"), [(None, "nothing proves"), (OTHER, "came from another source")])
def test_nobody_else_can_end_an_alert(origin: Origin | None, said: str) -> None:
    desk = Desk()
    air(desk.take(example("flood")))
    lines = example("flood-cancel").decode().splitlines()
    data = "\n".join(line for line in lines if "03:00:00-00:00" not in line).encode()
    assert queue(desk.take(data, origin, LATER), said).replaces == ()


def test_nobody_else_can_keep_an_alert_from_airing() -> None:
    desk = Desk()
    desk.take(example("flood-cancel"), OTHER, LATER)
    air(desk.take(example("flood")))


@pytest.mark.parametrize("name", ["flood-update", "flood-cancel"])
def test_who_names_nothing_asks_an_operator(name: str) -> None:
    text = example(name).decode()
    start, end = text.index("<references>"), text.index("</references>") + len("</references>")
    queue(Desk().take((text[:start] + text[end:]).encode(), now=LATER), "does not say to which alert")


def test_an_update_in_doubt_leaves_the_earlier_alert_on_air() -> None:
    desk = Desk()
    air(desk.take(example("flood")))
    doubtful = swapped("flood-update", (">Extreme<", ">Moderate<"))
    assert queue(desk.take(doubtful, now=LATER), "Moderate").replaces == (alert("flood").key,)


def test_an_update_that_leaves_the_site_out_ends_the_earlier_alert() -> None:
    desk = Desk()
    air(desk.take(example("flood")))
    moved = swapped("flood-update", ("13.", "15."))
    assert withdraw(desk.take(moved, now=LATER)).alerts == (alert("flood").key,)


def test_an_unproved_update_that_leaves_the_site_out_ends_nothing() -> None:
    ignore(Desk().take(swapped("flood-update", ("13.", "15.")), None, LATER), "another area")


# When


def test_what_has_expired_never_starts() -> None:
    ignore(Desk().take(example("flood"), now=datetime(2026, 10, 5, 12, tzinfo=HERE)), "expired")
    air(Desk().take(example("flood"), now=datetime(2026, 10, 5, 11, 59, 59, tzinfo=HERE)))


@pytest.mark.parametrize("expires", ["", "<expires>2026-10-09T12:00:00+07:00</expires>"])
def test_the_site_says_how_long_an_alert_stays_at_most(expires: str) -> None:
    data = swapped("spill-out-of-order", ("<cap:expires/>", expires.replace("expires", "cap:expires")))
    assert air(Desk().take(data, OTHER)).ends == utc(8) + timedelta(hours=6)
    ignore(Desk().take(data, OTHER, datetime(2026, 10, 5, 14, tzinfo=HERE)), "older than 6 h")


def test_what_begins_later_is_shown_from_then_on() -> None:
    data = swapped("flood", ("<effective>2026-10-05T07:30:00+07:00", "<effective>2026-10-05T10:00:00+07:00"))
    data = data.replace(b"<effective>2026-10-05T00:30:00-00:00", b"<effective>2026-10-05T10:00:00+07:00")
    only_vi = without_infos(data, keep=1)
    assert air(Desk().take(only_vi)).starts == utc(10)
    far = only_vi.replace(b"2026-10-05T10:00", b"2026-10-07T10:00").replace(b"2026-10-05T12", b"2026-10-07T12")
    queue(Desk().take(far), "more than 24 h ahead")


def without_infos(data: bytes, keep: int) -> bytes:
    head, *infos = data.split(b"<info>")
    return b"<info>".join([head, *infos[:keep]]).rstrip() + (b"" if keep == len(infos) else b"</alert>")


def test_an_end_before_its_beginning_asks_an_operator() -> None:
    data = without_infos(swapped("flood", ("<effective>2026-10-05T07:30", "<effective>2026-10-05T13:30")), keep=1)
    queue(Desk().take(data), "before it begins")


def test_a_time_that_the_alert_does_not_tell_is_not_made_up() -> None:
    data = without_infos(swapped("flood", ("<onset>2026-10-05T09:00:00+07:00</onset>", "")), keep=1)
    queue(Desk().take(data), "no onset")


def test_a_time_of_another_day_is_not_told_without_its_date() -> None:
    data = without_infos(swapped("flood", ("<expires>2026-10-05T12", "<expires>2026-10-07T12")), keep=1)
    queue(Desk().take(data), "another day")
    rule = {**POLICY_DATA["rules"][0], "slots": {"until": "expires_time", "day": "expires_date"}}
    dated = read_policy({**POLICY_DATA, "rules": [rule]})
    assert air(Desk(dated).take(data)).values == {"until": "12:00", "day": "2026-10-07"}


def test_what_is_too_old_to_be_remembered_is_not_taken() -> None:
    ignore(Desk().take(example("flood"), now=datetime(2027, 1, 5, tzinfo=HERE)), "60 days")


# How bad, where, what, in which words


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">Immediate<", ">Future<"), (">Severe<", ">Moderate<"), (">Likely<", ">Possible<"),
        (">Immediate<", ">Unknown<"), (">Severe<", ">Unknown<"), (">Likely<", ">Unknown<"),
    ],
)  # fmt: skip
def test_below_the_sites_thresholds_an_operator_decides(old: str, new: str) -> None:
    queue(Desk().take(swapped("flood", (old, new))), new.strip("<>"))


def test_below_what_operators_want_to_hear_nobody_is_told() -> None:
    policy = read_policy(
        {**POLICY_DATA, "tell": {"severity": "Moderate", "urgency": "Future", "certainty": "Possible"}}
    )
    ignore(Desk(policy).take(swapped("flood", (">Severe<", ">Minor<"))), "Minor")
    queue(Desk(policy).take(swapped("flood", (">Severe<", ">Unknown<"))), "Unknown")


@pytest.mark.parametrize("urgency", Urgency)
@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("certainty", Certainty)
def test_thresholds_mean_at_least(urgency: Urgency, severity: Severity, certainty: Certainty) -> None:
    read = alert("flood")
    infos = tuple(replace(i, urgency=urgency, severity=severity, certainty=certainty) for i in read.infos)
    verdict = judge(replace(read, infos=infos), PROVED, POLICY, Known(), SITE, NOW, approved=APPROVED)
    enough = (
        urgency in {Urgency.IMMEDIATE, Urgency.EXPECTED}
        and severity in {Severity.EXTREME, Severity.SEVERE}
        and certainty in {Certainty.OBSERVED, Certainty.LIKELY}
    )
    assert isinstance(verdict, Air if enough else Queue)


def test_all_clear_is_no_emergency() -> None:
    data = without_infos(swapped("flood", (">Avoid<", ">AllClear<")), keep=2)
    queue(Desk().take(data), "all is clear")


def test_elsewhere_is_ignored_and_no_place_asks_an_operator() -> None:
    ignore(Desk(site=replace(SITE, latitude=21.0)).take(example("flood")), "another area: Huyện Đức Cơ")
    no_shape = swapped("wind-geocode", ("GSO", "FIPS"), (">Moderate<", ">Severe<"), (">Possible<", ">Likely<"))
    queue(Desk().take(no_shape), "cannot be told")
    text = example("flood-update").decode()
    start, end = text.index("<area>"), text.index("</area>") + len("</area>")
    queue(Desk().take((text[:start] + text[end:]).encode(), now=LATER), "cannot be told")


def test_geocodes_of_the_site_count() -> None:
    rule = {"template": "flood", "events": ["gió mạnh"]}
    policy = read_policy({**POLICY_DATA, "rules": [rule], "air": {"severity": "Moderate", "certainty": "Possible"}})
    air(Desk(policy).take(example("wind-geocode")))
    ignore(Desk(policy).take(swapped("wind-geocode", ("<value>64<", "<value>63<"))), "another area")


def test_an_event_without_a_template_or_with_one_not_approved_asks_an_operator() -> None:
    queue(Desk().take(swapped("spill-out-of-order", ("Chemical spill", "Oil spill")), OTHER), "'Oil spill'")
    verdict = judge(alert("flood"), PROVED, POLICY, Known(), SITE, NOW)
    queue(verdict, "not approved")


def test_a_code_finds_the_template_in_any_language() -> None:
    air(Desk().take(swapped("flood", ("Cảnh báo lũ quét", "Cảnh báo khác"))))


def test_parts_that_would_fill_templates_differently_ask_an_operator() -> None:
    first, second = swapped("flood").split(b"<language>en<")
    data = first + b"<language>en<" + second.replace(b">Severe<", b">Extreme<", 1)
    queue(Desk().take(data), "one message")


def test_a_part_that_does_not_air_is_told() -> None:
    first, second = swapped("flood").split(b"<language>en<")
    data = first + b"<language>en<" + second.replace(b"OET-080", b"OET-999", 1)
    assert any("Flash Flood Warning" in remark for remark in air(Desk().take(data)).remarks)


def test_a_language_that_nobody_here_reads_asks_an_operator() -> None:
    french = without_infos(swapped("flood", (">vi-VN<", ">fr<")), keep=1)
    queue(Desk().take(french), "none of the site's languages (fr)")


def test_an_alert_that_says_nothing_asks_an_operator() -> None:
    queue(Desk().take(without_infos(example("flood"), keep=0)), "no info")


# What is remembered


def test_memory_of_messages_is_bounded_and_keeps_what_is_proved() -> None:
    read = alert("flood")
    many = frozenset(
        Record(Key("x", str(n), read.sent + timedelta(seconds=n % 60)), "", MsgType.ALERT) for n in range(12_000)
    )
    known = remember(Known(many), read, PROVED, POLICY, NOW)
    assert len(known.records) == 10_000
    assert any(record.key == read.key for record in known.records)
    assert remember(known, alert("flood-cancel"), PROVED, POLICY, NOW + timedelta(days=90)).records <= {
        Record(alert("flood-cancel").key, "hydromet", MsgType.CANCEL, alert("flood-cancel").references)
    }


# Where

SQUARE = (Point(0, 0), Point(0, 10), Point(10, 10), Point(10, 0), Point(0, 0))


def ring(*pairs: tuple[float, float]) -> tuple[Point, ...]:
    return tuple(Point(*pair) for pair in (*pairs, pairs[0]))


@given(st.floats(-20, 20), st.floats(-20, 20))
def test_a_square_holds_what_lies_in_it(latitude: float, longitude: float) -> None:
    assert in_polygon(Point(latitude, longitude), SQUARE) == (0 <= latitude <= 10 and 0 <= longitude <= 10)


@given(st.floats(-80, 80), st.floats(-170, 170), st.integers(0, 4), st.booleans())
def test_where_a_ring_begins_and_which_way_it_runs_does_not_matter(
    latitude: float, longitude: float, first: int, turned: bool
) -> None:
    shape = ((-40, -90), (50, -100), (60, 30), (0, 70), (-30, 20))
    place = Point(latitude, longitude)
    other = shape[first:] + shape[:first]
    assert in_polygon(place, ring(*shape)) == in_polygon(place, ring(*(reversed(other) if turned else other)))


def test_a_notch_is_outside() -> None:
    notched = ring((0, 0), (0, 10), (10, 10), (2, 5), (10, 0))
    assert in_polygon(Point(1, 5), notched) is True
    assert in_polygon(Point(8, 5), notched) is False


def test_across_the_antimeridian_what_both_readings_say_holds_and_the_rest_is_not_told() -> None:
    fiji = ring((-20, 177), (-20, -178), (-15, -178), (-15, 177))
    assert in_polygon(Point(-30, 179), fiji) is False
    assert in_polygon(Point(13.7, 107.5), fiji) is False
    assert in_polygon(Point(-17, 179), fiji) is None
    assert in_polygon(Point(-17, -179), fiji) is None
    assert in_polygon(Point(-17, 107.5), fiji) is None


def test_a_ring_around_a_pole_and_one_around_the_world_tell_nothing_of_what_they_may_hold() -> None:
    assert in_polygon(Point(85, 0), ring((70, 0), (70, 120), (70, -120))) is None
    assert in_polygon(Point(13, 107), ring((-90, -180), (-90, 180), (90, 180), (90, -180))) is None


def test_a_circle_is_measured_along_the_ground() -> None:
    centre = Point(13.6833, 107.5333)
    assert in_circle(centre, Circle(centre, 0))
    assert in_circle(Point(13.6833 + 0.0898, 107.5333), Circle(centre, 10))  # 9.99 km
    assert not in_circle(Point(13.6833 + 0.0901, 107.5333), Circle(centre, 10))  # 10.02 km
    assert in_circle(Point(0, -179.95), Circle(Point(0, 179.95), 12))


def test_any_part_that_holds_the_place_decides() -> None:
    here, codes = Point(5, 5), frozenset({Named("GSO", "64")})
    inside, outside = Area("a", polygons=(SQUARE,)), Area("b", circles=(Circle(Point(50, 50), 1),))
    words, coded, other = Area("c"), Area("d", geocodes=(Named("GSO", "64"),)), Area("e", geocodes=(Named("GSO", "1"),))
    assert is_inside((outside, words, inside), here, codes) is True
    assert is_inside((outside, coded), here, codes) is True
    assert is_inside((outside, other), here, codes) is False
    assert is_inside((outside, words), here, codes) is None
    assert is_inside((other, Area("f", geocodes=(Named("UGC", "1"),))), here, codes) is None
    assert is_inside((), here, codes) is None
    across = Area("g", polygons=(ring((0, 177), (0, -178), (9, -178), (9, 177)),))
    assert is_inside((across, outside), here, codes) is None


# The policy


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"sources": [{"id": "a", "proof": ["feed"]}]}, "did you mean 'proofs'"),
        ({"sources": [{"id": "a", "proofs": ["sender"]}]}, "feed"),
        ({"sources": [{"id": "a", "proofs": []}]}, "proofs"),
        ({"sources": [{"id": "a", "proofs": ["feed"]}] * 2}, "the same id"),
        ({"rules": [{"template": "x"}]}, "matches nothing"),
        ({"rules": [{"template": "x", "events": ["e"], "slots": {"a": "headline"}}]}, "onset_time"),
        ({"rules": [{"template": "x", "events": ["e"], "slots": {"a": "event"}}]}, "phrase"),
        ({"phrases": {"Terrible": "x"}}, "no word of CAP"),
        ({"longest_h": 48}, "24"),
        ("x", "alerts"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(data: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_policy(data)


# Whatever comes


@given(
    st.sampled_from(Status), st.sampled_from(MsgType), st.sampled_from(Scope),
    st.sampled_from([None, PROVED, STRANGER]),
    st.sampled_from(Severity), st.sampled_from(["vi", "fr"]), st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip
def test_what_airs_has_passed_every_rule(
    status: Status, kind: MsgType, scope: Scope, origin: Origin | None,
    severity: Severity, language: str, near: bool, known_event: bool, approved: bool,
) -> None:  # fmt: skip
    """Said a second time, as one condition: it airs if all of these hold, and only then."""
    read = alert("flood-update")
    event = read.infos[0].event if known_event else "Sương mù"
    area = Area("here", circles=(Circle(Point(13.6833 if near else 20.0, 107.5333), 5),))
    info = replace(read.infos[0], language=language, severity=severity, event=event, areas=(area,))
    message = replace(read, status=status, msg_type=kind, scope=scope, infos=(info,))
    verdict = judge(
        message, origin, POLICY, Known(), SITE, LATER, approved=APPROVED if approved else frozenset({"other"})
    )
    may_air = (
        status is Status.ACTUAL
        and kind in {MsgType.ALERT, MsgType.UPDATE}
        and scope is Scope.PUBLIC
        and origin is PROVED
        and severity in {Severity.EXTREME, Severity.SEVERE}
        and language == "vi"
        and near
        and known_event
        and approved
    )
    assert isinstance(verdict, Air) == may_air, verdict


@given(
    st.lists(
        st.tuples(st.sampled_from(["flood", "flood-update", "flood-cancel"]), st.sampled_from([PROVED, None])),
        max_size=8,
    )
)
def test_in_any_order_with_copies_from_anybody_a_cancel_ends_it_all(came: list[tuple[str, Origin | None]]) -> None:
    desk, on_air = Desk(), set[Key]()
    for name, origin in came:
        match desk.take(example(name), origin, LATER):
            case Air(replaces=replaced):
                assert origin is PROVED
                on_air = (on_air - set(replaced)) | {alert(name).key}
            case Withdraw(alerts=ended):
                assert origin is PROVED
                on_air -= set(ended)
            case _:
                pass
    proved = {name for name, origin in came if origin}
    last = [name for name in ("flood-cancel", "flood-update", "flood") if name in proved][:1]
    assert on_air == {alert(name).key for name in last if name != "flood-cancel"}
