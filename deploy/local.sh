#!/bin/sh
# A centre to try things with, on this computer alone: PostgreSQL, a certificate of its own, the service. What it
# keeps lies in FOLDER (build/centre) and is there again the next time. Ctrl+C stops all of it.
# usage: sh deploy/local.sh [FOLDER [PORT]]
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build/centre} port=${2:-8164}
mkdir -p "$(dirname "$folder")"
umask 077
server="$PWD/.venv/bin/carecenter-server"

fail() {
    printf '%s\n' "server: $*" >&2
    exit 1
}

programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || programs=$(dirname "$(command -v initdb)") || fail "PostgreSQL is not installed"
mkdir -p "$folder/tls"
folder=$(cd "$folder" && pwd)
sockets=$(mktemp -d) # a socket's path must be short
data=$folder/data
as_owner=

# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    as_owner="runuser -u postgres --"
    chmod 711 "$folder"
    mkdir -p "$data"
    chown postgres "$data" "$sockets"
    $as_owner test -w "$data" || fail "the user postgres must be able to reach $folder"
fi

# Started in a folder that everybody may look at: this one may not be.
postgres() { (cd / && $as_owner "$programs/$@"); }

stop() {
    trap - EXIT
    postgres pg_ctl stop --silent --pgdata "$data" --mode fast || true
    rm -rf "$sockets"
}

start() {
    [ -f "$data/PG_VERSION" ] ||
        postgres initdb --pgdata "$data" --username carecenter --auth trust --encoding UTF8 --locale C.UTF-8 \
            --no-instructions >/dev/null
    trap stop EXIT
    trap 'exit 130' INT TERM
    postgres pg_ctl start --silent --wait --pgdata "$data" --log "$data/log" \
        --options "-c listen_addresses= -c unix_socket_directories=$sockets" ||
        fail "PostgreSQL did not start; see $data/log"
}

has_database() {
    [ -n "$(psql -h "$sockets" -U carecenter -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = 'carecenter'")" ]
}

certificate() {
    cd "$folder/tls"
    if ! openssl x509 -checkend 86400 -noout -in chain.pem >/dev/null 2>&1; then
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "/CN=Local CareCenter" \
            -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout authority.key -out authority.pem 2>/dev/null
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
            -keyout key.pem -out request.pem 2>/dev/null
        printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1" "basicConstraints=critical,CA:FALSE" >extensions
        openssl x509 -req -days 365 -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial \
            -extfile extensions -out chain.pem 2>/dev/null
        rm request.pem extensions authority.key # nobody needs another certificate of this authority
    fi
    cd "$OLDPWD"
}

start
certificate
CARECENTER_DATABASE="postgresql+psycopg://carecenter@/carecenter?host=$sockets"
export CARECENTER_DATABASE
if ! has_database; then
    psql -q -h "$sockets" -U carecenter -d postgres -c "CREATE DATABASE carecenter"
    psql -q -h "$sockets" -U carecenter -d carecenter -f deploy/postgresql/roles.sql
fi
[ -s "$folder/password" ] || openssl rand -hex 8 >"$folder/password"
"$server" init --name admin --password-stdin <"$folder/password" >/dev/null || "$server" migrate

cat <<END

Type in the desk, in Settings or at its first start:
  Server              https://localhost:$port
  Trusted certificate $folder/tls/authority.pem
  Name                admin
  Password            $(cat "$folder/password")

More people:  CARECENTER_DATABASE='$CARECENTER_DATABASE' .venv/bin/carecenter-server account add --help

END
"$server" serve --listen "127.0.0.1:$port" --tls-cert "$folder/tls/chain.pem" --tls-key "$folder/tls/key.pem" &
service=$!
# The shell waits for the service, so that PostgreSQL stops after it and not under it.
trap 'kill -TERM $service 2>/dev/null; wait $service || true; exit 0' INT TERM
wait $service
