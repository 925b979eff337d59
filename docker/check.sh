#!/bin/sh
# Looks whether Elasticsearch can run on this machine; says what to do where it cannot. Runs before the cluster does,
# and by hand: sh docker/check.sh
least=262144
map_count=$(cat "${PROC:-/proc}/sys/vm/max_map_count" 2>/dev/null)
failed=0

if [ -n "$map_count" ] && [ "$map_count" -lt "$least" ]; then
  failed=1
  cat >&2 <<END
vm.max_map_count is $map_count on this machine, and Elasticsearch needs $least or more (its makers advise 1048576).
  Linux, now:            sudo sysctl -w vm.max_map_count=1048576
  Linux, for good:       echo vm.max_map_count=1048576 | sudo tee /etc/sysctl.d/99-elasticsearch.conf
  Docker in WSL 2, now:  wsl -d docker-desktop -u root sysctl -w vm.max_map_count=1048576
Then start again: docker compose up -d
END
fi

for name in ELASTIC_PASSWORD KIBANA_PASSWORD; do
  eval "password=\${$name-not-asked-for}"
  case $password in
    *[!A-Za-z0-9_-]* | ? | ?? | ??? | ???? | ????? | "")
      failed=1
      echo "$name has to be six or more letters, digits, _ and -: set it in docker/.env." >&2
      ;;
  esac
done

if [ -e "${CERTS:-/usr/share/elasticsearch/config/certs}/ca/ca.crt" ]; then
  cat >&2 <<END
This is not the first start: the user elastic keeps the password that it has. If ELASTIC_PASSWORD in docker/.env is
another one now, elasticsearch stays unhealthy. Put the old one back, or set the new one:
  docker compose exec elasticsearch bin/elasticsearch-reset-password -u elastic -i --url https://localhost:9200
END
fi

exit $failed
