#!/bin/sh
# The account of the gateway in the governance store. What it may do there, `gongxiang index prepare --grant-to gateway`
# says: read and add, and take nothing of the record away. Run once, by the image, when the volume is new.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$GATEWAY_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'END'
CREATE ROLE gateway LOGIN PASSWORD :'password';
END
