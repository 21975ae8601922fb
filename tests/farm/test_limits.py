from pipeline.farm.limits import CGROUP_LIMITS, Limits, machine_memory


def test_patience_grows_with_pictures_of_more_than_512_by_512():
    small, large = Limits.of_size(512, 512), Limits.of_size(1024, 1024)
    assert small == Limits()
    assert large.silent_seconds == 4 * small.silent_seconds and large.sample_seconds == 4 * small.sample_seconds


def test_a_containers_memory_counts_not_its_hosts(tmp_path, monkeypatch):
    whole = machine_memory()
    (tmp_path / "memory.max").write_text(f"{whole // 2}\n")
    monkeypatch.setattr("pipeline.farm.limits.CGROUP_LIMITS", (tmp_path / "none", tmp_path / "memory.max"))
    assert machine_memory() == whole // 2
    (tmp_path / "memory.max").write_text("max\n")
    assert machine_memory() == whole and len(CGROUP_LIMITS) == 2
