#!/bin/sh
# Installs the sign from this folder, without a network.
#   sh install.sh                 as root: packages, users, units, /etc/playout, /opt/playout
#   sh install.sh --no-debs       as root, leaving the host's packages alone
#   sh install.sh --prefix DIR    a trial: only the programs, anywhere, by anybody
# A configuration that is there is kept. Installing a newer version beside the old one and going back are both safe:
# each version has a folder of its own, and PREFIX/bin points to the one in use.
set -eu
cd "$(dirname "$0")"
PREFIX=/opt/playout DEBS=yes
while [ $# -gt 0 ]; do
    case $1 in
    --prefix) PREFIX=${2:?--prefix needs a folder}; shift 2 ;;
    --no-debs) DEBS=no; shift ;;
    *) sed -n '2,5s/^# //p' install.sh; exit 2 ;;
    esac
done
. ./release

sha256sum --check --quiet SHA256SUMS || { echo "this copy is damaged; fetch it again" >&2; exit 1; }
SYSTEM=no
if [ "$PREFIX" = /opt/playout ]; then
    [ "$(id -u)" = 0 ] || { echo "be root, or give --prefix DIR for a trial" >&2; exit 1; }
    SYSTEM=yes
fi

if [ $SYSTEM = yes ] && [ $DEBS = yes ] && [ -d debs ]; then
    dpkg --install --refuse-downgrade --skip-same-version debs/*.deb
fi
if [ $SYSTEM = yes ]; then # the host's own: another that root has may be closed to the users of the units
    PYTHON=/usr/bin/python$MINOR
else
    PYTHON=$(command -v "python$MINOR") || PYTHON=python$MINOR
fi
command -v "$PYTHON" >/dev/null || { echo "$PYTHON is missing; it comes with the package python3" >&2; exit 1; }

mkdir -p "$PREFIX"
PREFIX=$(cd "$PREFIX" && pwd)
rm -rf "${PREFIX:?}/$VERSION"
"$PYTHON" -m venv "$PREFIX/$VERSION"
PIP_CONFIG_FILE=/dev/null "$PREFIX/$VERSION/bin/python" -m pip --isolated install --quiet --disable-pip-version-check \
    --no-index --find-links wheels --require-hashes -r requirements.lock -r playout.lock
"$PREFIX/$VERSION/bin/playout" version >/dev/null
mkdir -p "$PREFIX/share/doc"
cp doc/* "$PREFIX/share/doc/"
ln -sfn "$VERSION/bin" "$PREFIX/bin.new"
mv -T "$PREFIX/bin.new" "$PREFIX/bin"

if [ $SYSTEM = no ]; then
    echo "playout $VERSION is in $PREFIX; try: $PREFIX/bin/playout run --config $PWD/playout.toml --state DIR"
    exit 0
fi

mkdir -p /etc/playout /etc/sysusers.d /etc/tmpfiles.d /etc/systemd/system
cp systemd/*.service systemd/*.target /etc/systemd/system/
cp systemd/sysusers.conf /etc/sysusers.d/playout.conf
cp systemd/tmpfiles.conf /etc/tmpfiles.d/playout.conf
if [ ! -e /etc/playout/playout.toml ]; then
    cp playout.toml /etc/playout/playout.toml
elif ! cmp -s playout.toml /etc/playout/playout.toml; then
    cp playout.toml /etc/playout/playout.toml.new
    echo "kept /etc/playout/playout.toml; this version's is beside it as playout.toml.new"
fi
systemd-sysusers /etc/sysusers.d/playout.conf
systemd-tmpfiles --create /etc/tmpfiles.d/playout.conf
for user in playout-player playout-control playout-media; do
    runuser -u $user -- "$PREFIX/bin/playout" version >/dev/null ||
        { echo "$user cannot run $PREFIX/bin/playout; open the folders above it to others" >&2; exit 1; }
done
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi

cat <<END
playout $VERSION is installed. Next:
  1. edit /etc/playout/playout.toml
  2. runuser -u playout-control -- $PREFIX/bin/playout check
  3. runuser -u playout-control -- $PREFIX/bin/playout import FOLDER    (else the shipped programme)
  4. systemctl enable playout.target playout-media playout-control playout-player@SCREEN   (each SCREEN of the file)
  5. systemctl start playout.target         after an upgrade: systemctl restart playout.target
How to operate it: $PREFIX/share/doc/operating.md
END
