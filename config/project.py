"""The project folder: where everything of one team lies.

my-voc/
  config/   settings.yaml products.yaml taxonomy.yaml      yours to edit, fit for a repository
  secrets/  salt                                           0600; keep it: nothing replaces it
  data/     huisheng.db  erased.log  index/                written by us
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from config.products import save_products
from config.reading import read_yaml
from config.reference import settings_template
from config.secrets import create_salt
from feedback.errors import ConfigError
from feedback.taxonomy import Taxonomy

DEMO_MARK = ".demo"


@dataclass(frozen=True)
class Project:
    root: Path

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def settings(self) -> Path:
        return self.config / "settings.yaml"

    @property
    def products(self) -> Path:
        return self.config / "products.yaml"

    @property
    def taxonomy(self) -> Path:
        return self.config / "taxonomy.yaml"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def database(self) -> Path:
        return self.data / "huisheng.db"

    @property
    def index(self) -> Path:
        return self.data / "index"

    @property
    def is_demo(self) -> bool:
        """Only here is ``--now`` accepted: elsewhere it would write times that never were."""
        return (self.data / DEMO_MARK).exists()


def find(start: Path) -> Project:
    """The project in *start* or above it. Raises ConfigError."""
    start = start.resolve()
    for folder in (start, *start.parents):
        project = Project(folder)
        # Both files: settings.yaml alone is what many other tools call theirs. Not secrets/, which a clone lacks.
        if project.settings.is_file() and project.products.is_file():
            return project
    raise ConfigError(
        f"这里没有项目 there is no project in {start} or above",
        hint="huisheng init my-voc && cd my-voc，或 or -C DIR",
    )


def init(root: Path, *, demo: bool = False) -> Project:
    """Make a project folder. Raises ConfigError, touching nothing, where something else lies already."""
    project = Project(root.resolve())
    if project.settings.exists():
        raise ConfigError(f"这里已经是项目 {root} is a project already", hint=f"cd {root}")
    if root.exists() and not root.is_dir():
        raise ConfigError(f"已有同名文件 {root} is a file", hint="换个名字 choose another name")
    if root.exists() and any(root.iterdir()):
        raise ConfigError(f"文件夹不是空的 {root} is not empty", hint="换个名字 choose another name")
    try:
        for folder in (project.config, project.data):
            folder.mkdir(parents=True)
        create_salt(project.root)
        project.settings.write_text(settings_template(), encoding="utf-8")
        project.taxonomy.write_bytes(_default("taxonomy.yaml"))
        save_products(project.products, {})
        (project.root / ".gitignore").write_text("data/\nsecrets/\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"建不了项目 cannot make the project {root}: {error.strerror}",
            hint="检查路径和权限 check the path and permissions",
        ) from error
    if demo:
        (project.data / DEMO_MARK).touch()
    return project


def _default(name: str) -> bytes:
    return files(__package__).joinpath("defaults", name).read_bytes()


def load_taxonomy(path: Path | None = None, *, products: Iterable[str] = ()) -> Taxonomy:
    """The topics of a file, or the ones that come with the product. Raises ConfigError."""
    if path is None:
        path = Path(str(files(__package__).joinpath("defaults", "taxonomy.yaml")))
    if not path.is_file():
        raise ConfigError(f"找不到话题表 there is no topic table {path}", hint="config/taxonomy.yaml")
    return Taxonomy.parse(read_yaml(path), name=path.name, products=products)
