#!/bin/sh
# A throw-away PostgreSQL in a folder of its own, reached by a socket in it: cluster.sh BIN FOLDER.
# Every test process holds a shared lock on FOLDER/users while it lives. The server is started again when it dies, and
# it ends, with the folder, a few seconds after the last user has gone, however that user ended.
bin=$1 dir=$2
mkdir -m 755 "$dir" || exit 0
: >"$dir/users"
chmod 666 "$dir/users"
serve() {
    "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_connections=400 >>"$dir/log" 2>&1 &
    server=$!
}
# Only the making of the cluster goes without fsync; the server runs with its defaults.
"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1 || exit 1
serve
unused=0
while :; do
    sleep 0.2
    kill -0 "$server" 2>/dev/null || serve
    if flock -n -x "$dir/users" true; then unused=$((unused + 1)); else unused=0; fi
    if [ "$unused" -gt 15 ]; then
        exec 9<"$dir/users"
        flock -n -x 9 && break
        exec 9<&-
    fi
done
kill -INT "$server"
wait "$server"
rm -rf "$dir"
