#!/bin/sh
# The account with which the departments read: it can do nothing else. Run once, by the image, when the volume is new.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$READER_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'END'
CREATE ROLE reader LOGIN PASSWORD :'password';
GRANT pg_read_all_data TO reader;
END
