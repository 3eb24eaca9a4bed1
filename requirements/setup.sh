#!/bin/sh
# Brings a checkout to the point where it can run ("runtime"), be a centre ("server") or be tested ("dev"). Called by the
# Makefile.
# Run again it does nothing but look: .venv keeps the checksums of what was installed.
set -eu

usage='usage: sh requirements/setup.sh runtime|server|dev'
what=${1:?$usage}
cd "$(dirname "$0")/.."
venv=.venv

say() { printf '%s\n' "setup: $*"; }
fail() {
    printf '%s\n' "setup: $*" >&2
    exit 1
}

# --- packages of the system (Debian and its kin) ---

may_install() { # without asking anybody; sudo is what that takes
    command -v apt-get >/dev/null || return 1
    sudo=
    [ "$(id -u)" != 0 ] || return 0
    sudo=sudo
    sudo -n true 2>/dev/null
}

install_packages() { # PACKAGE...
    command -v apt-get >/dev/null || fail "these Debian packages are needed, or your system's like: $*"
    if may_install; then
        :
    elif [ -t 0 ] && command -v sudo >/dev/null && say "packages of the system are needed: $*" && sudo true; then
        : # it has just asked for the password
    else
        fail "this account may not install packages of the system. Ask an administrator to run
  apt-get install --no-install-recommends $*
and call make again."
    fi
    say "installing packages of the system: $*"
    log=$(mktemp)
    # A broken list of some other origin must not stop us here: the install below is what counts.
    $sudo apt-get -qq update >"$log" 2>&1 || true
    if ! $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends "$@" >>"$log" 2>&1; then
        cat "$log" >&2
        fail "the packages could not be installed"
    fi
    rm "$log"
}

# Asks for the library itself rather than the package: Ubuntu gives some of them other names.
missing_libraries() { # reads "SONAME PACKAGE" lines, prints the packages whose library is not there
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)
    while read -r soname package; do
        case $known in
        *"$soname "*) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

missing_programs() { # reads "PROGRAM PACKAGE" lines, prints the packages whose program is not there
    while read -r program package; do
        command -v "$program" >/dev/null || printf '%s ' "$package"
    done
}

window_packages() {
    missing_libraries <<-END
		libGL.so.1 libgl1
		libEGL.so.1 libegl1
		libxkbcommon.so.0 libxkbcommon0
		libglib-2.0.so.0 libglib2.0-0
		libfontconfig.so.1 libfontconfig1
		libfreetype.so.6 libfreetype6
		libdbus-1.so.3 libdbus-1-3
		libxkbcommon-x11.so.0 libxkbcommon-x11-0
		libxcb-cursor.so.0 libxcb-cursor0
		libxcb-icccm.so.4 libxcb-icccm4
		libxcb-keysyms.so.1 libxcb-keysyms1
		libxcb-shape.so.0 libxcb-shape0
	END
}

test_packages() {
    missing_programs <<-END
		Xvfb xvfb
		dbus-run-session dbus-daemon
		gnome-keyring-daemon gnome-keyring
	END
    # Debian keeps programs of servers off the PATH.
    ls /usr/sbin/nginx >/dev/null 2>&1 || command -v nginx >/dev/null || echo nginx
}

database_packages() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || echo postgresql
}

can_make_venv() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }

venv_package() { # Debian keeps this part of Python in a package of its own
    if has_venv || can_make_venv; then return; fi
    "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

system_packages() {
    [ "$(uname -s)" = Linux ] || return 0
    missing=$(
        venv_package
        [ "$what" = server ] || window_packages
        [ "$what" = runtime ] || database_packages
        [ "$what" != dev ] || test_packages
    )
    # shellcheck disable=SC2086 # one word a package
    [ -z "$missing" ] || install_packages $missing
}

# --- Python ---

# PYTHON names one to be tried first. The system's own comes before those of a version manager, which are often built
# without optimisation and half as slow again: but only if it can make a virtual environment, or may be given what it
# lacks.
find_python() {
    for python in ${PYTHON:-} /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        if can_make_venv || may_install; then return; fi
        found=${found:-$python}
    done
    python=${found:-}
    [ -n "$python" ] || fail "CareCenter needs Python 3.11 or newer"
}

# A virtual environment whose Python has gone (an upgraded system) is none.
has_venv() { "$venv/bin/python" -c 'import pip' 2>/dev/null; }

create_venv() {
    if has_venv; then return; fi
    say "creating $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
}

checksum() { cat "requirements/$1.txt" pyproject.toml requirements/setup.sh | cksum; }

installed() { [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$(checksum "$1")" ]; }

install_python_packages() {
    # Everything of "runtime" is part of "dev", and a centre needs no more.
    packages=$what
    [ "$what" != server ] || packages=runtime
    if installed "$packages" || { [ "$packages" = runtime ] && installed dev; }; then return; fi
    say "installing the Python packages of requirements/$packages.txt"
    pip="$venv/bin/python -m pip --disable-pip-version-check --quiet"
    # Not compiled: Python does that with what is used, when it is first used, and a third of it never is.
    $pip install --no-compile --require-hashes --no-deps --only-binary :all: -r "requirements/$packages.txt"
    $pip install --no-deps --no-build-isolation --no-index --editable .
    checksum "$packages" >"$venv/.installed-$packages"
}

# Search by meaning is an extra: nothing stops without it.
install_meaning() {
    if installed meaning; then return; fi
    case $(uname -sm) in
    "Linux x86_64" | "Linux aarch64" | "Darwin arm64") ;;
    *)
        say "search by meaning is left out: its package does not exist for $(uname -sm)"
        return
        ;;
    esac
    say "installing the Python packages of requirements/meaning.txt"
    if "$venv/bin/python" -m pip --disable-pip-version-check --quiet install --no-compile \
        --require-hashes --no-deps --only-binary :all: -r requirements/meaning.txt; then
        checksum meaning >"$venv/.installed-meaning"
    else
        say "search by meaning is left out: its package could not be had"
    fi
}

compile_catalogues() {
    find translations -name '*.po' 2>/dev/null | while read -r catalogue; do
        if [ -z "$(find "${catalogue%.po}.mo" -newer "$catalogue" 2>/dev/null)" ]; then echo stale; fi
    done | grep -q stale || return 0
    say "compiling the translations"
    "$venv/bin/python" translations/strings.py compile
}

case $what in runtime | server | dev) ;; *) fail "$usage" ;; esac
has_venv || find_python
system_packages
create_venv
install_python_packages
install_meaning
compile_catalogues
