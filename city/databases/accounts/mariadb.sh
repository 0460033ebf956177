#!/bin/sh
# The account with which the departments read: it can do nothing else. Run once, by the image, when the volume is new.
set -eu
mariadb --user=root --password="$MARIADB_ROOT_PASSWORD" <<END
CREATE USER 'reader'@'%' IDENTIFIED BY '$READER_PASSWORD';
GRANT SELECT ON *.* TO 'reader'@'%';
END
