"""One tab of a browser without the browser: what it keeps of a page, and Streamlit's own messages to and from it.

Nothing here opens a connection: `Visitor` carries the messages, and the benchmarks' visitor, who waits for each. The
messages are those of the pinned Streamlit version (its protobuf classes come with it) and may change with another.
"""

from __future__ import annotations

import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

SLOTS = {
    "slider": "double_array_value",
    "button_group": "string_array_value",
    "selectbox": "string_value",
    "number_input": "double_value",
    "text_area": "string_value",
    "text_input": "string_value",
    "checkbox": "bool_value",
    "button": "trigger_value",
    "download_button": "trigger_value",
    "file_uploader": "file_uploader_state_value",
    "plotly_chart": "string_value",
}
"""Where a message carries the value of each kind of widget."""
FINISHED = "finished"
_BODIES = ("text", "markdown", "heading", "code", "alert", "caption")


@dataclass
class Run:
    """What one run of the script sent.

    Attributes:
        elapsed_seconds: from asking to the script's end, as the visitor saw it. first_seconds: to the first element.
        problems: exceptions, and faults that the page owned up to. alerts: notes and refusals.
        texts: body of every `st.text` element at its last state, by its place on the page.
        buttons: the id of every button by its label.
        arrived: for every place on the page the kind of its first element, and after how many seconds that came.
    """

    elapsed_seconds: float = 0.0
    first_seconds: float = 0.0
    messages: int = 0
    size_bytes: int = 0
    elements: int = 0
    problems: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    texts: dict[tuple[int, ...], str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    arrived: dict[tuple[int, ...], tuple[str, float]] = field(default_factory=dict)
    begun: float = field(default_factory=time.perf_counter)


@dataclass
class Held:
    """An element of the page: its kind, its message, the fragment it belongs to, and the run that drew it."""

    kind: str
    proto: Any
    fragment: str
    run: int


class Session:
    """What a tab keeps: elements by their place, widgets it has touched, the address, and who asks to be run again."""

    def __init__(self) -> None:
        self.id = self.page = self.query = ""
        self.elements: dict[tuple[int, ...], Held] = {}
        self.timers: dict[str, float] = {}
        self._hash = ""
        self._states: dict[str, tuple[str, Any]] = {}
        self._kept: dict[str, ForwardMsg] = {}
        self._runs = 0

    # What is sent

    def open(self, page: str, query: str = "") -> bytes:
        """Return the message of a visitor who follows a link to a page."""
        self._hash, self.page, self.query = "", page, query
        self.elements.clear()
        self.timers.clear()
        return self.rerun(page=page)

    def rerun(
        self,
        changed: dict[str, Any] | None = None,
        *,
        fragment: str = "",
        is_automatic: bool = False,
        page: str = "",
    ) -> bytes:
        """Return the message that runs the script, or a fragment, after widgets were set by their ids; a value may name
        the slot it is sent in, as (slot, value)."""
        message = BackMsg()
        asked = message.rerun_script
        once = self._take(changed or {})
        asked.query_string, asked.page_script_hash, asked.page_name = self.query, self._hash, page
        asked.fragment_id, asked.is_auto_rerun = fragment, is_automatic
        asked.cached_message_hashes.extend(self._kept)
        for name, (slot, value) in (self._states | once).items():
            _fill(asked.widget_states.widgets.add(), name, slot, value)
        return message.SerializeToString()

    def _take(self, changed: dict[str, Any]) -> dict[str, tuple[str, Any]]:
        """Note what was set, and return what is sent only once: clicks."""
        once = {}
        known = {held.proto.id: held for held in self.widgets()}
        for name, value in changed.items():
            slot, value = value if isinstance(value, tuple) else (SLOTS[known[name].kind], value)
            if slot == "trigger_value":
                once[name] = (slot, value)
                continue
            self._states[name] = (slot, value)
            key = getattr(known[name].proto, "query_param_key", "") if name in known else ""
            if key:
                self._write_address(key, value)
        return once

    def _write_address(self, key: str, value: Any) -> None:
        others = [pair for pair in urllib.parse.parse_qsl(self.query, keep_blank_values=True) if pair[0] != key]
        values = value if isinstance(value, list) else [value]
        self.query = urllib.parse.urlencode(others + [(key, _spelt(each)) for each in values])

    def forget(self, name: str) -> None:
        """Let a widget be as the page draws it."""
        self._states.pop(name, None)

    # What comes back

    def take(self, data: bytes, run: Run) -> str:
        """Note what a message changes on the page; return its kind, `FINISHED` where the script has ended."""
        message = ForwardMsg.FromString(data)
        run.messages += 1
        run.size_bytes += len(data)
        kind = message.WhichOneof("type") or ""
        if kind == "ref_hash" and message.ref_hash in self._kept:
            metadata = message.metadata
            message = ForwardMsg.FromString(self._kept[message.ref_hash].SerializeToString())
            message.metadata.CopyFrom(metadata)
            kind = message.WhichOneof("type") or ""
        if message.metadata.cacheable:
            self._kept[message.hash] = message
        if kind == "new_session":
            self.id = message.new_session.initialize.session_id or self.id
            self._hash = message.new_session.page_script_hash or self._hash
            self._runs += 1
        elif kind == "navigation":
            self._hash = message.navigation.page_script_hash or self._hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            self.timers.pop(message.stop_auto_rerun.fragment_id, None)
        elif kind == "delta":
            self._draw(message, run)
        elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._end(message.script_finished, run)
            return FINISHED
        return kind

    def _draw(self, message: ForwardMsg, run: Run) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            return
        seconds = time.perf_counter() - run.begun
        run.first_seconds = run.first_seconds or seconds
        run.elements += 1
        kind, place = message.delta.new_element.WhichOneof("type") or "", tuple(message.metadata.delta_path)
        proto = getattr(message.delta.new_element, kind) if kind else None
        self.elements[place] = Held(kind, proto, message.delta.fragment_id, self._runs)
        run.arrived.setdefault(place, (kind, seconds))
        if kind == "text":
            run.texts[place] = proto.body
        elif kind == "button":
            run.buttons[proto.label] = proto.id
        elif kind == "exception":
            run.problems.append(f"{proto.type}: {proto.message}")
        elif kind == "alert":
            (run.problems if "noted under the number" in proto.body else run.alerts).append(proto.body)

    def _end(self, status: int, run: Run) -> None:
        run.elapsed_seconds = time.perf_counter() - run.begun
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            run.problems.append("the script did not compile")
        if status == ForwardMsg.FINISHED_SUCCESSFULLY:  # a whole run: what it did not draw is gone
            self.elements = {place: held for place, held in self.elements.items() if held.run == self._runs}
            left = {held.fragment for held in self.elements.values()}
            self.timers = {fragment: seconds for fragment, seconds in self.timers.items() if fragment in left}

    # What is on the page

    def widgets(self, kind: str = "") -> list[Held]:
        """Return the widgets of the page, or those of one kind."""
        held = [each for each in self.elements.values() if each.kind in SLOTS and getattr(each.proto, "id", "")]
        return [each for each in held if not kind or each.kind == kind]

    def find(self, key: str, kind: str = "") -> Held:
        """Return the widget bound to this parameter of the address, or with this key.

        Raises:
            LookupError: there is none.
        """
        for held in self.widgets(kind):
            if getattr(held.proto, "query_param_key", "") == key or held.proto.id.endswith(f"-{key}"):
                return held
        raise LookupError(f"{key} is not among {[held.proto.id[-40:] for held in self.widgets(kind)]}")

    def options(self, key: str) -> list[str]:
        """Return what a list, pills or segments offer."""
        return [getattr(option, "content", option) for option in self.find(key).proto.options]

    def bodies(self) -> str:
        """Return all words on the page, as they were sent."""
        shown = [held.proto for held in self.elements.values() if held.kind in _BODIES]
        return "\n".join(getattr(proto, "body", "") or getattr(proto, "code_text", "") for proto in shown)


def _fill(entry: Any, name: str, slot: str, value: Any) -> None:
    entry.id = name
    if slot.endswith("array_value"):
        getattr(entry, slot).data.extend(value)
        getattr(entry, slot).SetInParent()
    elif slot == "file_uploader_state_value":
        entry.file_uploader_state_value.SetInParent()
        for file in value:
            info = entry.file_uploader_state_value.uploaded_file_info.add()
            info.file_id, info.name, info.size = file["file_id"], file["name"], file["size"]
            for part in ("file_id", "upload_url", "delete_url"):
                setattr(info.file_urls, part, file[part])
    else:
        setattr(entry, slot, value)


def _spelt(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)
