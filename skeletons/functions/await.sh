await() { # SERVICE: until it is ready, where it declares readiness, else up; half a minute at most
    what=-u
    [ ! -e "../$1/notification-fd" ] || what=-U
    left=30
    until s6-svok "../$1" 2>/dev/null; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || break
        sleep 1
    done
    s6-svwait "$what" -t "${left}000" "../$1" 2>/dev/null && return
    echo "{{name}}: $1 is not there yet" >&2
    exit 1
}
