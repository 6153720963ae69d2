#!/bin/sh
# Makes .venv and devstack/node_modules, each once for its lock file. An interrupted run is taken up
# again: what is finished says so in a stamp, written last. Needs Python 3.11+ with venv, nothing else.
set -eu
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1

stamp=.venv/.backbeat-installed
wanted=$(pwd; cat requirements/dev.txt pyproject.toml | cksum)

find_python() {
  for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "Backbeat needs Python 3.11 or newer (set PYTHON to name one)." >&2
  exit 1
}

# Shows how far pip is: a line that renews itself on a terminal, every 25th package elsewhere.
show_progress() {
  total=$(grep -c '^[a-z0-9].*==' requirements/dev.txt)
  if [ -t 1 ]; then terminal=1; else terminal=0; fi
  awk -v total="$total" -v terminal="$terminal" '
    /^Collecting / {
      count++
      if (terminal) printf "\r  %d of %d  %-40.40s", count, total, $2
      else if (count % 25 == 0) printf "  %d of %d\n", count, total
      fflush()
    }
    /^Installing collected/ { printf "%s  installing\n", terminal ? "\r" : ""; fflush() }'
}

# A link leads to the .venv of another checkout, which is not ours to make anew.
if [ -L .venv ]; then
  [ -x .venv/bin/python ] || { echo ".venv is a link, and no Python is behind it: remove it." >&2; exit 1; }
elif [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  # A folder that was moved, or left half made, has no working pip.
  if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || [ ! -f "$stamp" ] ||
    [ "$(head -n 1 "$stamp")" != "$(pwd)" ]; then
    python=$(find_python)
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv
  fi
  echo "Installing the Python packages of requirements/dev.txt ..."
  log=.venv/setup.log
  rm -f .venv/outcome
  {
    if .venv/bin/python -m pip install --progress-bar off --require-hashes -r requirements/dev.txt &&
      .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .; then
      echo ok >.venv/outcome
    else
      echo failed >.venv/outcome
    fi
  } 2>&1 | tee "$log" | show_progress
  if [ "$(cat .venv/outcome)" != ok ]; then
    tail -n 20 "$log" >&2
    exit 1
  fi
  echo "$wanted" >"$stamp"
fi

exec .venv/bin/python -m devstack.install
