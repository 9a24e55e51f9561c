#!/bin/sh
# Makes dist/playout-VERSION-offline-ARCH.tar: all that a host without a network needs to install the sign.
#   PYTHON                    interpreter with hatchling; of the same minor version as the host's python3
#   BUNDLE_DEBS               further Debian packages to take in
#   BUNDLE_WITHOUT_DEBS=1     leave the Debian packages out (the host must have them)
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
VERSION=$($PYTHON -c 'import playout; print(playout.__version__)')
MINOR=$($PYTHON -c 'import sys; print("%d.%d" % sys.version_info[:2])')
ARCH=$(dpkg --print-architecture 2>/dev/null || uname -m)
NAME=playout-$VERSION-offline-$ARCH
# python3 for the programs; fonts for Lao, Chinese and whatever else an operator adds to fontset.toml; what SDL loads to
# drive HDMI without a desktop.
DEBS="python3 python3-venv fonts-noto-core fonts-noto-cjk libgbm1 libdrm2 libegl1 libgles2 libgl1-mesa-dri"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
OUT=$WORK/$NAME
mkdir -p "$OUT/wheels" "$OUT/debs" "$OUT/doc"

$PYTHON -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$OUT/wheels" .
$PYTHON -m pip download --quiet --require-hashes --only-binary :all: --dest "$OUT/wheels" -r requirements.lock
cp requirements.lock "$OUT/"
echo "playout==$VERSION --hash=sha256:$(sha256sum "$OUT"/wheels/playout-"$VERSION"-*.whl | cut -d' ' -f1)" >"$OUT/playout.lock"

# What is missing on a Debian that has nothing but its packages of priority required and important: apt is asked, once
# with no package installed and once with those.
fetch_debs() {
    command -v apt-get >/dev/null || { echo "apt-get is not here" >&2; return 1; }
    : >"$WORK/nothing"
    important=$(apt-cache dumpavail | awk '/^Package:/ { name = $2 } /^Priority: (required|important)/ { print name }' | sort -u)
    base=$(apt_on "$WORK/nothing" --simulate install $important | awk '/^Inst/ { print $2 }')
    apt-cache show --no-all-versions $base | sed 's/^Package: .*/&\nStatus: install ok installed/' >"$WORK/base"
    mkdir -p "$WORK/archives/partial"
    apt_on "$WORK/base" --download-only install $DEBS ${BUNDLE_DEBS:-} && mv "$WORK"/archives/*.deb "$OUT/debs/"
}
apt_on() {
    status=$1; shift
    apt-get -qq --yes -o Dir::State::status="$status" -o Dir::Cache::archives="$WORK/archives" -o Dir::Cache::pkgcache= \
        -o Dir::Cache::srcpkgcache= -o Debug::NoLocking=1 -o APT::Install-Recommends=no -o APT::Sandbox::User=root "$@"
}
if [ "${BUNDLE_WITHOUT_DEBS:-}" = 1 ]; then
    echo "without Debian packages; the host must have: $DEBS" >&2
    rmdir "$OUT/debs"
elif ! fetch_debs; then
    echo "missing: the Debian packages $DEBS; build on a Debian host with its package lists, or BUNDLE_WITHOUT_DEBS=1" >&2
    exit 1
fi

cp config/install.sh config/playout.toml LICENSE "$OUT/"
cp -r config/systemd "$OUT/systemd"
cp README.md docs/*.md "$OUT/doc/"
printf 'VERSION=%s\nMINOR=%s\n' "$VERSION" "$MINOR" >"$OUT/release"
(cd "$OUT" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + | sort -k2 >SHA256SUMS)

mkdir -p dist
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" -cf "dist/$NAME.tar" -C "$WORK" "$NAME"
ls -l "dist/$NAME.tar"
