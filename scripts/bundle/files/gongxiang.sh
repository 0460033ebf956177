#!/bin/sh
# The command line of Gongxiang, run by the Node of this bundle, or by that of the machine where the bundle has none for it.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) platform=linux-x64 ;;
  Linux-aarch64 | Linux-arm64) platform=linux-arm64 ;;
  *) platform=none ;;
esac
node="$here/runtime/$platform/bin/node"
if [ ! -x "$node" ]; then
  node=$(command -v node || true)
  if [ -z "$node" ] || ! "$node" -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 18) ? 0 : 1)'; then
    echo "gongxiang: 本安装包不含 $(uname -s)-$(uname -m) 的 Node,请安装 Node 22.18 或更新版本" >&2
    echo "gongxiang: no Node for $(uname -s)-$(uname -m) in this bundle; install Node 22.18 or newer" >&2
    exit 1
  fi
fi
exec "$node" --max-semi-space-size=16 "$here/app/gateway/cli/gongxiang.ts" "$@"
