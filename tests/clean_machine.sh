#!/usr/bin/env bash
# Tries the README on a machine with nothing of ours on it: a new Debian 12 with Python (and venv), make
# and git, in which the last commit is cloned into a path with a space and run, as root and as an ordinary
# user, twice in a row each. Not part of CI: it needs root, debootstrap, a Debian mirror (the one this
# machine's apt uses) and some minutes.
#
#   tests/clean_machine.sh                        everything
#   USERS=ada STEPS="up down" tests/clean_machine.sh   a part of it
#   ROOT_FOLDER=/var/tmp/clean tests/clean_machine.sh  where the machine is made (and kept, to be used again)
set -euo pipefail

ROOT_FOLDER=${ROOT_FOLDER:-/var/tmp/backbeat-clean-machine}
USERS=${USERS:-root ada}
STEPS=${STEPS:-interrupted up status demo test down}
ROUNDS=${ROUNDS:-2}
SUITE=bookworm
repository=$(cd "$(dirname "$0")/.." && git rev-parse --show-toplevel)
machine=$ROOT_FOLDER/$SUITE

make_machine() {
  [ -f "$machine/.made" ] && return
  local mirror
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' |
    awk -v suite="$SUITE" '$1 == "Debian" && $2 == suite { print $3; exit }')
  [ -n "$mirror" ] || { echo "apt here knows no mirror of Debian $SUITE." >&2; exit 1; }
  rm -rf "$machine"
  mkdir -p "$machine"
  debootstrap --variant=minbase --include=python3,python3-venv,make,git,ca-certificates,curl \
    "$SUITE" "$machine" "$mirror" >"$ROOT_FOLDER/debootstrap.log" ||
    { tail "$ROOT_FOLDER/debootstrap.log" >&2; exit 1; }
  chroot "$machine" useradd --create-home --shell /bin/bash ada
  touch "$machine/.made"
}

# How this machine reaches its package registries goes along: that is no part of the project.
copy_network_settings() {
  cp /etc/resolv.conf /etc/hosts "$machine/etc/"
  cp /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/"
  local file
  for file in /etc/pip.conf /etc/npmrc; do
    if [ -f "$file" ]; then cp "$file" "$machine$file"; fi
  done
  : >"$machine/etc/backbeat-network"
  local name
  for name in $(compgen -e | grep -E '^(SSL_CERT_FILE|PIP_CERT|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE)$|_(proxy|PROXY)$'); do
    printf 'export %s=%q\n' "$name" "${!name}" >>"$machine/etc/backbeat-network"
  done
  if [ -f /etc/npmrc ]; then
    echo "export NPM_CONFIG_GLOBALCONFIG=/etc/npmrc" >>"$machine/etc/backbeat-network"
  fi
}

copy_commit() {
  git -C "$repository" bundle create --quiet "$machine/var/backbeat.bundle" HEAD
  chmod 644 "$machine/var/backbeat.bundle"
}

# Runs inside the machine, as one of its users.
story() {
  cat <<'STORY'
set -euo pipefail
. /etc/backbeat-network
folder="$HOME/a folder with a space"
rm -rf "$folder"
mkdir "$folder"
git -c advice.detachedHead=false clone --quiet /var/backbeat.bundle "$folder/backbeat"
cd "$folder/backbeat"
step() {
  local started=$SECONDS
  echo "--- $(id -un): $*"
  "$@"
  echo "--- $(id -un): $* took $((SECONDS - started)) s"
}
for round in $(seq "$ROUNDS"); do
  for name in $STEPS; do
    case $name in
      interrupted)
        # Ctrl-C while it installs, and while it starts: make up goes on from there.
        for seconds in 10 60; do
          step timeout --signal=INT "$seconds" make up || true
        done
        ;;
      up)
        step make up DETACH=1 | tee "$HOME/up.log"
        [ "${PIPESTATUS[0]}" = 0 ]
        request=$(grep -m 1 '^ *curl ' "$HOME/up.log")
        step bash -c "$request --fail --silent --show-error --output /dev/null"
        ;;
      *) step make "$name" ;;
    esac
  done
done
echo "--- $(id -un): all done"
STORY
}

# A namespace of its own for mounts and processes: what is left running can be counted, and ends with it.
run_as() {
  story >"$machine/var/story.sh"
  chmod 755 "$machine/var/story.sh"
  export machine USERS ROUNDS STEPS
  unshare --mount --pid --fork --kill-child --propagation private bash -s "$1" <<'INSIDE'
set -euo pipefail
mount -t proc proc "$machine/proc"
mount -t tmpfs tmpfs "$machine/dev"
for device in null zero full random urandom tty; do
  touch "$machine/dev/$device"
  mount --bind "/dev/$device" "$machine/dev/$device"
done
mkdir "$machine/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$machine/dev/shm"
ln -s /proc/self/fd "$machine/dev/fd"
home=$(chroot "$machine" getent passwd "$1" | cut -d: -f6)
chroot "$machine" setpriv --reuid "$1" --regid "$1" --init-groups env -i \
  HOME="$home" USER="$1" PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 \
  ROUNDS="$ROUNDS" STEPS="$STEPS" bash /var/story.sh </dev/null
left=$(chroot "$machine" sh -c 'for folder in /proc/[0-9]*; do
  tr "\0" " " <"$folder/cmdline" 2>/dev/null | grep -E "devstack|postgres|node" | grep -v "grep"; done' || true)
if [ -n "$left" ]; then
  printf 'Still running:\n%s\n' "$left"
  exit 1
fi
INSIDE
}

[ "$(id -u)" = 0 ] || { echo "tests/clean_machine.sh needs root: it makes a machine." >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing." >&2; exit 1; }
make_machine
copy_network_settings
copy_commit
for user in $USERS; do
  echo "=== as $user"
  run_as "$user"
done
echo "=== everything worked"
