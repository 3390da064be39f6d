copy() { # FROM FILE MODE: whole or not at all
    problem=$({ fresh "$2" "$3" && cat "$1" >"$2.new" && mv -f "$2.new" "$2"; } 2>&1) && return
    rm -f "$2.new" 2>/dev/null
    refuse "unable to copy $1 to $2: $problem"
}
