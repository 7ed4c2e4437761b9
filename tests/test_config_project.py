"""The project folder and its secrets: made once, found from anywhere inside, never over something else."""

import stat
from pathlib import Path

import pytest
import yaml

from config.products import load_products
from config.project import find, init, load_taxonomy
from config.reading import read_yaml
from config.secrets import create_salt, exposed, read_salt, secret
from config.settings import Settings, load
from feedback.errors import ConfigError


@pytest.fixture
def project(tmp_path: Path):
    return init(tmp_path / "my-voc")


def test_a_new_project_is_complete_and_valid(project):
    assert load(project.settings).settings == Settings()
    assert load_products(project.products) == {}
    assert len(load_taxonomy(project.taxonomy).leaves) > 50
    assert len(read_salt(project.root)) == 32
    assert project.data.is_dir()
    assert not project.is_demo


def test_every_commented_setting_of_a_new_project_holds_its_default(project):
    lines = project.settings.read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("#") for line in lines if line)
    uncommented = "\n".join(line.removeprefix("# ") for line in lines[1:])
    assert len(yaml.safe_load(uncommented)["crawl"]) > 5
    project.settings.write_text(uncommented, encoding="utf-8")
    assert load(project.settings).settings == Settings()


def test_a_project_is_found_from_inside(project):
    assert find(project.root) == project
    assert find(project.data) == project


def test_a_project_without_its_secrets_is_still_found(project):
    (project.root / "secrets" / "salt").unlink()
    (project.root / "secrets").rmdir()
    assert find(project.root) == project
    with pytest.raises(ConfigError, match="secrets/salt"):
        read_salt(project.root)


def test_the_settings_of_another_tool_are_no_project(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.yaml").write_text("default: {}\n")
    with pytest.raises(ConfigError, match="there is no project") as refused:
        find(tmp_path)
    assert "huisheng init" in refused.value.hint


def test_data_and_secrets_stay_out_of_a_repository(project):
    assert (project.root / ".gitignore").read_text().split() == ["data/", "secrets/"]


def test_a_demo_project_is_marked(tmp_path):
    assert init(tmp_path / "demo", demo=True).is_demo


def test_init_takes_an_empty_folder(tmp_path):
    assert init(tmp_path).settings.is_file()


def test_init_touches_no_project(project):
    salt = read_salt(project.root)
    with pytest.raises(ConfigError, match="is a project already"):
        init(project.root)
    assert read_salt(project.root) == salt


def test_init_touches_no_other_folder(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ConfigError, match="is not empty"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_init_touches_no_file(tmp_path):
    (tmp_path / "voc").write_text("mine")
    with pytest.raises(ConfigError, match="is a file"):
        init(tmp_path / "voc")
    with pytest.raises(ConfigError, match="cannot make the project"):
        init(tmp_path / "voc" / "inside")
    assert (tmp_path / "voc").read_text() == "mine"


def test_the_taxonomy_that_comes_with_the_product_is_whole():
    taxonomy = load_taxonomy()
    assert taxonomy.by_id["crash_launch"].path == "stability/crash_launch"
    assert all(leaf.triggers for leaf in taxonomy.leaves)


def test_a_missing_or_faulty_taxonomy_is_named(tmp_path):
    path = tmp_path / "taxonomy.yaml"
    with pytest.raises(ConfigError, match="taxonomy"):
        load_taxonomy(path)
    path.write_text("top:\n- id: a\n  name: A\n  leaves:\n  - {id: b, name: B}\n  - {id: b, name: C}\n")
    with pytest.raises(ConfigError, match="appears twice"):
        load_taxonomy(path)


def test_an_empty_yaml_file_is_an_empty_mapping(tmp_path):
    (tmp_path / "a.yaml").write_text("# nothing yet\n")
    assert read_yaml(tmp_path / "a.yaml") == {}


def test_an_unreadable_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"a\.yaml"):
        read_yaml(tmp_path / "a.yaml")


def test_the_salt_is_readable_by_its_owner_only(project):
    assert stat.S_IMODE((project.root / "secrets" / "salt").stat().st_mode) == 0o600
    assert stat.S_IMODE((project.root / "secrets").stat().st_mode) == 0o700
    assert exposed(project.root) == []


def test_a_secret_that_others_may_read_is_noticed(project):
    path = project.root / "secrets" / "salt"
    path.chmod(0o640)
    assert exposed(project.root) == [path]


def test_a_salt_is_made_once(tmp_path):
    create_salt(tmp_path)
    first = read_salt(tmp_path)
    create_salt(tmp_path)
    assert read_salt(tmp_path) == first


def test_two_projects_have_two_salts(tmp_path):
    assert read_salt(init(tmp_path / "a").root) != read_salt(init(tmp_path / "b").root)


def test_a_secret_may_come_from_the_environment_or_a_file_it_names(project, tmp_path, monkeypatch):
    (tmp_path / "mounted").write_text("22" * 32 + "\n")
    monkeypatch.setenv("HUISHENG__SECRETS__SALT_FILE", str(tmp_path / "mounted"))
    assert read_salt(project.root) == bytes([0x22] * 32)
    monkeypatch.setenv("HUISHENG__SECRETS__SALT", "33" * 32)
    assert read_salt(project.root) == bytes([0x33] * 32)


def test_a_secret_does_not_show_itself(project, monkeypatch):
    monkeypatch.setenv("HUISHENG__SECRETS__WEIBO", "abc123")
    found = secret(project.root, "weibo")
    assert found is not None
    assert "abc123" not in f"{found!r} {found}"
    assert found.get_secret_value() == "abc123"


def test_a_secret_nobody_set_is_none(project):
    assert secret(project.root, "weibo") is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [("zz" * 32, "damaged"), ("ab" * 8, "has 8 bytes"), ("", "has 0 bytes")],
    ids=["damaged", "short", "empty"],
)
def test_a_wrong_salt_is_refused_without_being_shown(project, content, reason):
    (project.root / "secrets" / "salt").write_text(content)
    with pytest.raises(ConfigError, match=reason) as refused:
        read_salt(project.root)
    assert not content or content not in str(refused.value)
