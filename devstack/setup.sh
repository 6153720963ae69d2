#!/bin/sh
# Makes .venv and devstack/node_modules, or with "python" .venv alone, each once for its lock file. An interrupted run is taken up
# again: what is finished says so in a stamp, written last. Needs Python 3.11+ with venv, nothing else.
set -eu
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1

stamp=.venv/.backbeat-installed
wanted=$(pwd; cat requirements/dev.txt requirements/stripe-openapi.txt pyproject.toml | cksum)

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

# uv takes a minute where pip takes ten. It does not know pip's settings: where only these lead to a registry, pip does it all.
install() {
  awk '/^[a-z0-9]/ { wanted = /^uv==/ } wanted' requirements/dev.txt >.venv/uv.txt
  .venv/bin/python -m pip install --quiet --require-hashes -r .venv/uv.txt || return 1
  .venv/bin/uv pip install --python .venv/bin/python --require-hashes -r requirements/dev.txt ||
    .venv/bin/python -m pip install --require-hashes -r requirements/dev.txt || return 1
  .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable . || return 1
  .venv/bin/python -m pip download --quiet --no-deps --require-hashes --only-binary=:all: \
    --python-version 3.14 --dest .venv/share/stripe-openapi -r requirements/stripe-openapi.txt
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
  install || { echo "The Python packages could not be installed (see above)." >&2; exit 1; }
  echo "$wanted" >"$stamp"
fi

[ "${1-}" = python ] || exec .venv/bin/python -m devstack.install
