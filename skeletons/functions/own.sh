own() { # DIRECTORY MODE: it is there, and the daemon's
    problem=$({ mkdir -p "$1" && chmod "$2" "$1" && { [ "$(id -u)" != 0 ] || chown {{owner}} "$1"; }; } 2>&1) ||
        refuse "unable to make $1: $problem"
}
