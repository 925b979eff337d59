#!/bin/bash
# Makes the cluster's own authority and the node's certificate, where they are not there yet; in Elasticsearch's image.
set -euo pipefail
cd /usr/share/elasticsearch
certs=config/certs

if [ ! -f "$certs/ca/ca.crt" ]; then
  rm -f "$certs/ca.zip"
  bin/elasticsearch-certutil ca --silent --pem -out "$certs/ca.zip"
  unzip -o -q "$certs/ca.zip" -d "$certs"
fi
if [ ! -f "$certs/elasticsearch/elasticsearch.crt" ]; then
  rm -f "$certs/node.zip"
  bin/elasticsearch-certutil cert --silent --pem -out "$certs/node.zip" --name elasticsearch \
    --dns elasticsearch,localhost --ip 127.0.0.1 --ca-cert "$certs/ca/ca.crt" --ca-key "$certs/ca/ca.key"
  unzip -o -q "$certs/node.zip" -d "$certs"
fi
# Elasticsearch and Kibana run as users of the group 0.
chown -R root:root "$certs"
find "$certs" -type d -exec chmod 750 {} +
find "$certs" -type f -exec chmod 640 {} +
chmod 600 "$certs/ca/ca.key"
