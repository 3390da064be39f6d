put() { # FILE MODE: what comes in becomes FILE; whole or not at all
    problem=$({ fresh "$1" "$2" && cat >"$1.new" && mv -f "$1.new" "$1"; } 2>&1) ||
        refuse "unable to write $1: $problem"
}
