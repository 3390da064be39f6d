linked() { # NAME LINK ADDRESS: the address that an engine gives for a link, or its name if that resolves
    address=${3:-$(env | sed -n "s/^$2_PORT_[0-9]*_TCP_ADDR=//p" | head -n 1)}
    if [ -n "$address" ]; then
        mine "$address" || echo "$address"
        return 0
    fi
    [ "${LINK_BY_NAME:-1}" != 0 ] && [ "$1" != "$(uname -n)" ] || return 0
    found=$(timeout 2 getent hosts "$1" 2>/dev/null | awk '{ print $1 }')
    for address in $found; do
        ! mine "$address" || return 0
    done
    [ -z "$found" ] || echo "$1"
}
