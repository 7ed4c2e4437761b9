"""Secrets: from the environment or from files only, never shown, never in YAML."""

import os
import secrets as randomness
from pathlib import Path

from pydantic import SecretStr

from feedback.errors import ConfigError

SALT_BYTES = 32


def secret(root: Path, name: str) -> SecretStr | None:
    """``HUISHENG__SECRETS__NAME``, else the file named by ``HUISHENG__SECRETS__NAME_FILE``, else ``secrets/name``."""
    variable = f"HUISHENG__SECRETS__{name.upper()}"
    if value := os.environ.get(variable):
        return SecretStr(value.strip())
    path = Path(os.environ.get(f"{variable}_FILE") or root / "secrets" / name)
    if not path.is_file():
        return None
    try:
        return SecretStr(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"读不了密文文件 cannot read the secret file {path.name}",
            hint="检查权限 check its owner and mode",
        ) from error


def create_salt(root: Path) -> None:
    """Write a new salt, readable by its owner only; an existing one stays."""
    folder = root / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "salt"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(randomness.token_hex(SALT_BYTES) + "\n")


def read_salt(root: Path) -> bytes:
    """Raises ConfigError when there is none, or when it is no salt: authors could not be recognised."""
    found = secret(root, "salt")
    if found is None:
        raise ConfigError(
            "找不到盐 the salt is missing: secrets/salt",
            hint="放回原来的文件 put the original file back; a new project: huisheng init DIR",
        )
    try:
        salt = bytes.fromhex(found.get_secret_value())
    except ValueError as error:
        raise ConfigError(
            "盐文件损坏 secrets/salt is damaged: not hexadecimal",
            hint="放回原来的文件 put the original file back",
        ) from error
    if len(salt) < SALT_BYTES:
        raise ConfigError(f"盐太短 the salt has {len(salt)} bytes", hint=f"至少 at least {SALT_BYTES}")
    return salt


def exposed(root: Path) -> list[Path]:
    """Files of ``secrets/`` that others than their owner may read: `doctor` shows them."""
    files = sorted((root / "secrets").glob("*"))
    return [path for path in files if path.is_file() and path.stat().st_mode & 0o077]
