"""The environment that makes Airflow's processes ours: no file of Airflow's is edited."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from leads.local.home import Home
from leads.local.secret_files import remembered_secrets, write_private
from leads.settings import REPOSITORY, Settings

USERS = {"admin": "admin", "viewer": "viewer", "op": "op"}  # user -> role
#: Airflow settings that the caller's environment may override.
TUNING = {
    # One small machine, one DAG, nobody else's load: prefer a short wait to an idle CPU.
    "WORKERS__MIN_HEARTBEAT_INTERVAL": 1,
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": 0.2,
    "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": 2,
    # After a power cut, tasks that were running are found dead within a minute, not five.
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": 60,
    "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": 30,
    "SCHEDULER__TRIGGER_TIMEOUT_CHECK_INTERVAL": 5,
    "DAG_PROCESSOR__PARSING_PROCESSES": 1,
    "DAG_PROCESSOR__REFRESH_INTERVAL": 5,
    "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": 10,
}


def airflow_environment(
    base: Mapping[str, str],
    *,
    home: Home,
    settings: Settings,
    ports: Mapping[str, int],
    metadata_uri: str,
    warehouse_uri: str,
    start_date: str,
    schedule: bool,
) -> dict[str, str]:
    """Everything a process of the stack finds in its environment.

    Args:
        base: the caller's own; connections, the settings of `TUNING`, and further Airflow settings
            in it stay.
        home: where keys, passwords and logs live.
        settings: parallelism and the rest.
        ports: settings key -> port.
        metadata_uri: SQLAlchemy URI of Airflow's own database.
        warehouse_uri: Airflow connection of the warehouse.
        start_date: local date (YYYY-MM-DD) of the first scheduled window.
        schedule: False keeps the scheduler from making scheduled runs.
    """
    keys = remembered_secrets(home.path / "keys.json", ("fernet", "jwt", "api"))
    base_url = f"http://127.0.0.1:{ports['api_port']}"
    airflow = {
        "CORE__DAGS_FOLDER": REPOSITORY / "dags",
        "CORE__PLUGINS_FOLDER": REPOSITORY / "plugins",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": settings.parallelism,
        "CORE__LOAD_EXAMPLES": False,
        "CORE__FERNET_KEY": _fernet(keys["fernet"]),
        "CORE__EXECUTION_API_SERVER_URL": f"{base_url}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{u}:{r}" for u, r in USERS.items()),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": home.passwords,
        "DATABASE__SQL_ALCHEMY_CONN": metadata_uri,
        "DATABASE__LOAD_DEFAULT_CONNECTIONS": False,
        "API_AUTH__JWT_SECRET": keys["jwt"],
        "API__SECRET_KEY": keys["api"],
        "API__HOST": "127.0.0.1",
        "API__PORT": ports["api_port"],
        "API__BASE_URL": base_url,
        "API__WORKERS": 1,
        "LOGGING__BASE_LOG_FOLDER": home.airflow / "logs",
        "LOGGING__WORKER_LOG_SERVER_PORT": ports["worker_log_port"],
        "LOGGING__TRIGGER_LOG_SERVER_PORT": ports["trigger_log_port"],
        "SCHEDULER__USE_JOB_SCHEDULE": schedule,
        "USAGE_DATA_COLLECTION__ENABLED": False,
    }
    # Airflow finds plugins/ by itself; a path of ours would hide it if it did not.
    environment = {name: value for name, value in base.items() if name != "PYTHONPATH"}
    environment = {f"AIRFLOW__{name}": str(value) for name, value in TUNING.items()} | environment
    environment |= {f"AIRFLOW__{name}": str(value) for name, value in airflow.items()}
    local = "127.0.0.1,localhost"
    no_proxy = base.get("no_proxy") or base.get("NO_PROXY")
    environment["NO_PROXY"] = environment["no_proxy"] = f"{no_proxy},{local}" if no_proxy else local
    return environment | {
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW_CONN_WAREHOUSE": warehouse_uri,
        "LEADS_HOME": str(home.path),
        "LEADS_START_DATE": start_date,
        **{f"LEADS_{name.upper()}": str(port) for name, port in ports.items()},
    }


def ensure_passwords(home: Home) -> dict[str, str]:
    """Passwords of the Airflow UI's users, made at the first call.

    Returns:
        user -> password.
    """
    known = remembered_secrets(home.path / "keys.json", [f"user_{user}" for user in USERS])
    if not home.passwords.exists():
        short = {user: known[f"user_{user}"][:20] for user in USERS}
        write_private(home.passwords, json.dumps(short))
    return dict(json.loads(home.passwords.read_text()))


def _fernet(secret: str) -> str:
    # A Fernet key is exactly 32 bytes in url-safe base64.
    return base64.urlsafe_b64encode(secret.encode()[:32]).decode()
