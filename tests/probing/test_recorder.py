import json
from pathlib import Path

from kombo_fakes import Delivery
from kombo_fakes.probing.model import Reply
from kombo_fakes.probing.reports.recorder import Recorder


def test_an_archive_has_its_name_when_it_is_complete(tmp_path: Path) -> None:
    delivery = Delivery.of({"id": "1"}, "a secret")
    with Recorder(str(tmp_path), "http://127.0.0.1/hook?token=t0ken") as recorder:
        recorder.keep("valid", delivery, Reply(204))
        recorder.keep("again", delivery, Reply(None, trouble="no answer"))
        assert not (tmp_path / "probe.har").exists()
    entries = json.loads((tmp_path / "probe.har").read_bytes())["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [204, 0]
    assert entries[0]["request"]["postData"]["text"] == '{"id":"1"}'
    assert "t0ken" not in (tmp_path / "probe.har").read_text()
    assert (
        sorted(path.suffix for path in tmp_path.iterdir())
        == [".body"] * 2 + [".har"] + [".json"] * 2
    )
