#!/bin/sh
# Verifies every file of this bundle against SHA256SUMS, then starts the gateway with the words that follow.
#   ./install.sh            verify, then `gongxiang start`
#   ./install.sh --verify   verify alone
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
notes=$(mktemp -d)
trap 'rm -rf "$notes"' EXIT
if command -v sha256sum >/dev/null 2>&1; then sum='sha256sum'; else sum='shasum -a 256'; fi

if ! (cd "$here" && $sum -c SHA256SUMS) >"$notes/sums" 2>&1; then
  grep -v ': OK$' "$notes/sums" | head -20 >&2
  echo 'gongxiang: 文件与 SHA256SUMS 不符,未启动;请重新取得安装包' >&2
  echo 'gongxiang: files differ from SHA256SUMS, so nothing is started; get the bundle again' >&2
  exit 1
fi
# A file that nobody listed could be loaded all the same.
(cd "$here" && find . \( -type f -o -type l \) ! -path './.gongxiang/*' ! -name SHA256SUMS) |
  sed 's|^\./||' | LC_ALL=C sort >"$notes/present"
cut -c67- "$here/SHA256SUMS" | LC_ALL=C sort >"$notes/listed"
if [ -n "$(LC_ALL=C comm -23 "$notes/present" "$notes/listed")" ]; then
  LC_ALL=C comm -23 "$notes/present" "$notes/listed" | head -20 >&2
  echo 'gongxiang: 有清单以外的文件,未启动' >&2
  echo 'gongxiang: there are files that the list does not have, so nothing is started' >&2
  exit 1
fi
echo "gongxiang: $(wc -l <"$notes/listed" | tr -d ' ') 个文件校验无误 files verified"

if [ "${1:-}" = '--verify' ]; then exit 0; fi
rm -rf "$notes"
if [ $# -eq 0 ]; then set -- start; fi
exec "$here/gongxiang" "$@"
