populate() { # DIRECTORY COMMAND: what COMMAND puts into DIRECTORY.new becomes DIRECTORY; whole or not at all
    rmdir "$1" 2>/dev/null
    [ ! -e "$1" ] || refuse "$1 is no empty directory inside a volume"
    { rm -rf "$1.new" && mkdir -p "$1.new" && chmod 700 "$1.new" && chown {{owner}} "$1.new"; } || refuse "unable to make $1.new"
    said=$("$2" "$1.new" 2>&1) || refuse "unable to fill $1: $(echo "$said" | grep -m 1 -i -e error -e fatal)"
    mv "$1.new" "$1"
}
