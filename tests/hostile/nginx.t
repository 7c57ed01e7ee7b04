#!/bin/bash
# The odd requests through nginx, which reads them its own way: every request that
# it sends on is one that the log sees, in the same order, and the other way round.
. tests/api/lib.sh

skip() {
	echo "1..0 # SKIP $1"
	exit 0
}

PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || skip "needs nginx (Debian: nginx-light)"

NGINX=
stop_nginx() {
	[ -z "$NGINX" ] || kill "$NGINX" 2>/dev/null
	[ -z "$NGINX" ] || wait "$NGINX" 2>/dev/null
	NGINX=
}
trap 'stop_nginx; clean_up' EXIT

free_port() {
	local port
	for port in $(shuf -i 20000-32000 -n 50); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# start_nginx BUFFERING: connections to the log are kept and used again, so that
# anything left over on one would be the next request's beginning
start_nginx() {
	PROXY=127.0.0.1:$(free_port)
	mkdir -p "$WORK/nginx"
	rm -f "$WORK/access"
	cat >"$WORK/nginx.conf" <<-END
		daemon off;
		worker_processes 1;
		pid $WORK/nginx/pid;
		error_log $WORK/nginx/error.log;
		events { worker_connections 512; }
		http {
			log_format sent '\$upstream_status';
			access_log $WORK/access sent;
			client_body_temp_path $WORK/nginx/body;
			proxy_temp_path $WORK/nginx/proxy;
			fastcgi_temp_path $WORK/nginx/fastcgi;
			uwsgi_temp_path $WORK/nginx/uwsgi;
			scgi_temp_path $WORK/nginx/scgi;
			client_header_timeout 300ms;
			client_body_timeout 300ms;
			keepalive_timeout 30ms;
			keepalive_requests 10000;
			client_max_body_size 16m;
			large_client_header_buffers 8 64k;
			ignore_invalid_headers off;
			underscores_in_headers on;
			merge_slashes off;
			upstream log {
				server ${URL#http://};
				keepalive 4;
				keepalive_timeout 400ms;
			}
			server {
				listen $PROXY;
				location / {
					proxy_pass http://log;
					proxy_http_version 1.1;
					proxy_set_header Connection "";
					proxy_request_buffering $1;
					proxy_next_upstream off;
					proxy_ignore_client_abort on;
				}
			}
		}
	END
	nginx -c "$WORK/nginx.conf" 2>"$WORK/nginx/error.log" &
	NGINX=$!
	local i
	for i in $(seq 1 100); do
		curl -s -o /dev/null "http://$PROXY/checkpoint" && return 0
		sleep 0.05
	done
	sed 's/^/# /' "$WORK/nginx/error.log"
	return 1
}

new_log
publisher lab
dataset lab/marker "$(sha256 marker)" | envelope lab >"$WORK/marker"
[ "${HW_HOSTILE:-}" = long ] && ways="on off" || ways=off
for buffering in $ways; do
	rm -rf "$WORK/data" "$WORK/key" "$WORK/key.state"
	"$SIGNER" keygen --origin "$ORIGIN" --key "$WORK/key" >/dev/null
	start_daemon --headers-ms 1000 --body-ms 1000 --log-level debug || exit 1
	ok "nginx starts, request buffering $buffering" start_nginx $buffering
	"$HW_BUILD/tests/hostile/odd" --to "${URL#http://}" \
		--through "$PROXY" --sent "$WORK/access" \
		--marker "$WORK/marker" --deadline-ms 300 >"$WORK/odd"
	outcome=$?
	sed -n "s/^ok [0-9]* - /&buffering $buffering: /p
		s/^not ok [0-9]* - /&buffering $buffering: /p; /^#/p" "$WORK/odd" |
		awk -v n="$TESTS" '/^ok/ { $2 = ++n } /^not/ { $3 = ++n } 1'
	TESTS=$((TESTS + $(grep -c '^\(not \)\?ok ' "$WORK/odd")))
	FAILURES=$((FAILURES + outcome))
	stop_nginx
	echo "# $(wc -l <"$WORK/access") at nginx, $(grep -vc '^-$' \
		"$WORK/access") sent on"
	stop_daemon
done
done_testing
