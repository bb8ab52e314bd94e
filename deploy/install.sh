#!/bin/sh
# 离线安装，也用于升级：sh install.sh [安装目录]，缺省为 /srv/tracker。只用这个文件夹里的东西，不访问网络。
set -eu
target=${1:-/srv/tracker}
cd "$(dirname "$0")"
sha256sum --check --quiet SHA256SUMS

install_wheels() {
    "$target/bin/python" -m pip --isolated --disable-pip-version-check --no-cache-dir install \
        --quiet --no-index "$@"
}

"${PYTHON:-python3}" -m venv "$target"
install_wheels --find-links wheels --require-hashes -r requirements.lock
install_wheels --no-deps --force-reinstall wheels/tracker-*.whl
version=$("$target/bin/tracker" --version)
echo "已安装 tracker $version：$target"
